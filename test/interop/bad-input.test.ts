import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, session } from "./harness/configuration.ts";
import { type NetconfClient, Refusal, type RefusedBecause } from "./harness/netconf-client.ts";
import { enterPrivateNetwork, REFERENCE_COLLECTOR } from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const NAME_OF_31 = "a".repeat(31);
const NAME_OF_32 = "a".repeat(32);

let server: ServerProcess;
let client: NetconfClient;
let before: string;

beforeAll(async () => {
  server = await ServerProcess.start();
  client = await server.connect();
  await client.configure(bgp() + bmp(session(REFERENCE_COLLECTOR, { enabled: false })) + vpnInstance(NAME_OF_31));
});
afterAll(cleanUp);

beforeEach(async () => {
  before = data(await client.getConfig("running"));
});
/** Nothing has changed, neither in running nor in candidate. */
afterEach(async () => {
  expect(data(await client.getConfig("running"))).toBe(before);
  expect(data(await client.getConfig("candidate"))).toBe(before);
});

/** A reply less its message-id. */
const data = (reply: string): string => /<data[\s\S]*<\/data>/.exec(reply)?.[0] ?? "";

const vpnInstance = (name: string): string =>
  `<vpn-instances xmlns="urn:bmpconfd:yang:vpn-instance"><vpn-instance><name>${name}</name><device>lo</device></vpn-instance></vpn-instances>`;

/** A session whose key leaves are as given, in the key's order. */
const keyed = (vpn: string, address: string, alias: string, more = ""): string =>
  `<bmp-session><vpn-instance>${vpn}</vpn-instance><address>${address}</address><alias>${alias}</alias>${more}</bmp-session>`;

/** How the server refuses `config`: at edit-config or, for what only the whole tells, at commit. */
async function refusal(config: string): Promise<readonly RefusedBecause[]> {
  try {
    await client.editConfig(config);
    await client.commit();
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    await client.rpc("<discard-changes/>");
    return thrown.errors;
  }
  throw new Error(`accepted: ${config}`);
}

interface Case {
  readonly what: string;
  readonly config: string;
  /** Tag and, where RFC 7950 section 15 or the model names one, app-tag. */
  readonly because: Partial<RefusedBecause>;
  /** What the path looks like; absent where nothing that a path could name is there. */
  readonly at?: RegExp;
}

const ADDRESS = /bmp-session(\[[^\]]*\])*(\/\w+:address)?$/;

const CASES: readonly Case[] = [
  {
    what: "an address that is none",
    config: bmp(keyed("_public_", "collector.example.net", "")),
    because: { tag: "invalid-value" },
    at: ADDRESS,
  },
  {
    what: "an IPv6 address with two gaps",
    config: bmp(keyed("_public_", "2001:db8::1::2", "")),
    because: { tag: "invalid-value" },
    at: ADDRESS,
  },
  {
    what: "an IPv4 address out of range",
    config: bmp(keyed("_public_", "10.99.0.256", "")),
    because: { tag: "invalid-value" },
    at: ADDRESS,
  },
  {
    what: "an address with a zone",
    config: bmp(keyed("_public_", "2001:db8::1%lo", "")),
    because: { tag: "invalid-value" },
    at: ADDRESS,
  },
  {
    what: "a link-local address",
    config: bmp(session("fe80::1")),
    because: {
      tag: "operation-failed",
      appTag: "must-violation",
      message: "A link-local address cannot name a monitoring server.",
    },
    at: ADDRESS,
  },
  {
    what: "a multicast address",
    config: bmp(session("ff02::1")),
    because: { tag: "operation-failed", appTag: "must-violation" },
    at: ADDRESS,
  },
  {
    what: "the unspecified address",
    config: bmp(session("::")),
    because: { tag: "operation-failed", appTag: "must-violation" },
    at: ADDRESS,
  },
  {
    what: "an element in place of a key's text",
    config: bmp(keyed("_public_", "<ip>10.99.0.9</ip>", "")),
    because: { tag: "invalid-value" },
    at: /bmp-session$/,
  },
  {
    what: "a session without its address",
    config: bmp("<bmp-session><vpn-instance>_public_</vpn-instance><alias/></bmp-session>"),
    because: { tag: "missing-element" },
    at: /bmp-session$/,
  },
  {
    what: "an alias of 32 characters",
    config: bmp(keyed("_public_", "10.99.0.9", NAME_OF_32)),
    because: { tag: "invalid-value" },
    at: /bmp-session/,
  },
  {
    what: "port 0",
    config: bmp(keyed("_public_", "10.99.0.9", "", "<port>0</port>")),
    because: { tag: "invalid-value" },
    at: /bmp-session\[.*10\.99\.0\.9.*\/\w+:port$/,
  },
  {
    what: "port 65536",
    config: bmp(keyed("_public_", "10.99.0.9", "", "<port>65536</port>")),
    because: { tag: "invalid-value" },
    at: /\/\w+:port$/,
  },
  {
    what: "a port that is no number",
    config: bmp(keyed("_public_", "10.99.0.9", "", "<port>bmp</port>")),
    because: { tag: "invalid-value" },
    at: /\/\w+:port$/,
  },
  {
    what: "a statistics interval of 14 s",
    config: bmp("<statistics-interval>14</statistics-interval>"),
    because: { tag: "invalid-value", message: "The statistics interval is 15 to 65535 seconds." },
    at: /\/\w+:statistics-interval$/,
  },
  {
    what: "a source address of the other family",
    config: bmp(session("10.99.0.9", { "source-address": "fd00:bbbb::1" })),
    because: { tag: "operation-failed", appTag: "must-violation" },
    at: /\/\w+:source-address$/,
  },
  {
    what: "_public_ as the name of a VPN instance",
    config: vpnInstance("_public_"),
    because: { tag: "invalid-value" },
    at: /vpn-instance/,
  },
  {
    what: "a VPN instance name of 32 characters",
    config: vpnInstance(NAME_OF_32),
    because: { tag: "invalid-value" },
    at: /vpn-instance/,
  },
  {
    what: "an unknown VPN instance",
    config: bmp(keyed("nowhere", "10.99.0.9", "")),
    because: { tag: "data-missing", appTag: "instance-required" },
    at: /bmp-session(\[.*\])?(\/\w+:vpn-instance)?$/,
  },
  {
    what: "a VPN instance in other letters than its own",
    config: bmp(keyed(NAME_OF_31.toUpperCase(), "10.99.0.9", "")),
    because: { tag: "data-missing", appTag: "instance-required" },
    at: /bmp-session(\[.*\])?(\/\w+:vpn-instance)?$/,
  },
  {
    what: "one session twice in a request, in two text forms of its address",
    config: bmp(keyed("_public_", "2001:db8:2::1", "") + keyed("_public_", "2001:DB8:2:0::1", "")),
    because: { tag: "bad-element" },
    at: /bmp-session/,
  },
  {
    what: "create of a session that exists, in another text form of its address",
    config: bmp(
      `<bmp-session nc:operation="create"><vpn-instance>_public_</vpn-instance><address>2001:DB8:1:0:0::1</address><alias/></bmp-session>`,
    ),
    because: { tag: "data-exists" },
    at: /bmp-session\[.*2001:db8:1::1/,
  },
  {
    what: "delete of a session that does not exist",
    config: bmp(
      `<bmp-session nc:operation="delete"><vpn-instance>_public_</vpn-instance><address>10.99.0.9</address><alias/></bmp-session>`,
    ),
    because: { tag: "data-missing" },
    at: /bmp-session\[.*10\.99\.0\.9/,
  },
  {
    what: "a leaf the model does not have",
    config: bmp("<no-such-leaf>1</no-such-leaf>"),
    because: { tag: "unknown-element" },
    at: /bmp/,
  },
  {
    what: "a namespace the server does not have",
    config: '<bmp xmlns="urn:example:other"/>',
    because: { tag: "unknown-namespace" },
  },
];

describe("refused, with the error of RFC 6241 and RFC 7950, and without effect:", () => {
  test.each(CASES)("$what", async ({ config, because, at }) => {
    const [first] = await refusal(config);
    expect(first).toMatchObject({ type: "application", ...because });
    if (at === undefined) expect(first).not.toHaveProperty("path");
    else expect(first?.path).toMatch(at);
    expect(first?.message).not.toBe("");
  });
});

test("the same, when the target is running", async () => {
  const wrong = bmp(keyed("_public_", "10.99.0.9", "", "<port>0</port>"));
  await expect(client.editConfig(wrong, "running")).rejects.toMatchObject({ errors: [{ tag: "invalid-value" }] });
  const dangling = bmp(keyed("nowhere", "10.99.0.9", ""));
  await expect(client.editConfig(dangling, "running")).rejects.toMatchObject({ errors: [{ tag: "data-missing" }] });
});

test("a good part of a refused request has no effect either", async () => {
  const [first] = await refusal(bmp(session("10.99.0.9") + keyed("_public_", "10.99.0.10", "", "<port>0</port>")));
  expect(first).toMatchObject({ tag: "invalid-value" });
});

test("names of 31 characters, port 65535 and a VPN instance by its name are accepted", async () => {
  await client.editConfig(bmp(keyed(NAME_OF_31, "10.99.0.9", NAME_OF_31, "<port>65535</port>")));
  await client.rpc("<validate><source><candidate/></source></validate>");
  expect(await client.getConfig("candidate")).toContain(`<alias>${NAME_OF_31}</alias>`);
  await client.rpc("<discard-changes/>");
});
