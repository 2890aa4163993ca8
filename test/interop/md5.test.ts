import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { COLLECTOR_V4, enterPrivateNetwork, FRR_V4, SERVER_V4 } from "./harness/private-network.ts";
import { bmpconfd, ServerProcess } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const KEY = "correct-horse";
const MONITOR = ["watcher", "opera glass"] as const;

let server: ServerProcess;
let client: NetconfClient;

beforeAll(async () => {
  const dataDir = await ServerProcess.newDataDir();
  const [name, password] = MONITOR;
  await bmpconfd(["user", "add", name, "--password-stdin", "--group", "monitor", "--data", dataDir], password);
  server = await ServerProcess.start({ dataDir });
  client = await server.connect();
  await new Frr(SERVER_AS, ["198.51.100.0/24"], { password: KEY }).start();
});
afterAll(cleanUp);

const frrIs = async (state: string): Promise<boolean> =>
  (await client.get('<bgp xmlns="urn:bmpconfd:yang:bgp"/>')).includes(`<fsm-state>${state}</fsm-state>`);

test.each(["active", "passive"])("FRR with a password is a neighbour with the same tcp-md5 only (%s)", async (mode) => {
  const frr = (leaves: Record<string, string>) =>
    client.configure(bgp(neighbor(FRR_V4, FRR_AS, { "connection-mode": mode, "local-address": SERVER_V4, ...leaves })));
  await frr({ "tcp-md5": KEY });
  await eventually("established", () => frrIs("established"));
  await frr({ "tcp-md5": "another" });
  expect(await frrIs("established")).toBe(false);
  await new Promise((resolve) => setTimeout(resolve, 3000));
  expect(await frrIs("established")).toBe(false);
  await frr({ "tcp-md5": KEY });
  await eventually("established again", () => frrIs("established"));
});

test("each segment to FRR is signed", async () => {
  const capture = await Capture.start(179);
  await client.rpc(
    `<action xmlns="urn:ietf:params:xml:ns:yang:1"><bgp xmlns="urn:bmpconfd:yang:bgp"><neighbor><address>${FRR_V4}</address>` +
      "<reset/></neighbor></bgp></action>",
  );
  await eventually("established", () => frrIs("established"));
  await capture.stop();
  expect(await capture.packets("bgp", "tcp.options.md5", ["frame.number"])).not.toEqual([]);
  expect(await capture.packets("bgp", "tcp && !tcp.options.md5", ["frame.number"])).toEqual([]);
});

test("a collector without the key is not reached, and the state gives the hint", async () => {
  await Pmbmpd.listen(COLLECTOR_V4);
  await client.configure(bmp(session(COLLECTOR_V4, { "tcp-md5": KEY, "connect-timeout": 1 })));
  await eventually("given up", async () => (await sessionState(client, COLLECTOR_V4))?.["last-error"] !== undefined);
  expect((await sessionState(client, COLLECTOR_V4))?.["last-error"]).toBe(
    "no connection within 1 s; does the server have the same tcp-md5 key?",
  );
});

test("a key is shown to administrators only", async () => {
  const [name, password] = MONITOR;
  const monitor = await connectWithLibrary(server.netconfPort, name, { password });
  const [all, shown] = [await client.getConfig(), await monitor.getConfig()];
  expect(all.match(/<tcp-md5>/g)).toHaveLength(2);
  expect(shown).toContain("<bmp-session>");
  expect(shown).not.toContain("tcp-md5");
});

test.each([
  ["", "tcp-md5", "A TCP MD5 key has 1 to 80 characters."],
  ["x".repeat(81), "tcp-md5", "A TCP MD5 key has 1 to 80 characters."],
  ["schlüssel", "tcp-md5", "A TCP MD5 key holds printable ASCII characters only."],
])("the key %j is refused", async (key, leaf, message) => {
  for (const config of [bmp(session(COLLECTOR_V4, { [leaf]: key })), bgp(neighbor(FRR_V4, FRR_AS, { [leaf]: key }))])
    await expect(client.editConfig(config)).rejects.toMatchObject({
      errors: [
        { tag: "invalid-value", path: expect.stringContaining(leaf), message: expect.stringContaining(message) },
      ],
    });
});
