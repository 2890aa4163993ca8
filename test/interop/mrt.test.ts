import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { concatOctets, uint32 } from "../../src/bgp/codec/octets.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeUpdate } from "../../src/bgp/codec/update.ts";
import { abridgedNextHop, attributes, message, peerIndexTable, rib, stateChange } from "../mrt/mrt-writer.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, SERVER_AS, SERVER_ROUTER_ID, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import { gobgp, gobgpdConf, startGobgpd } from "./harness/gobgp.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { feedState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { COLLECTOR_V4, enterPrivateNetwork, FRR_V4, SERVER_V4 } from "./harness/private-network.ts";
import { PEER_UP } from "./harness/recording-sink.ts";
import { scratchFolder } from "./harness/scratch.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const folder = scratchFolder("mrt");
const inFolder = (name: string): string => join(folder, name);

/** Files that nobody has to have. */
const REAL_FILES = (process.env["BMPCONFD_MRT_FILES"] ?? "").split(":").filter((path) => path !== "");

let server: ServerProcess;
let client: NetconfClient;
let pmbmpd: Pmbmpd;
let capture: Capture;

const mrt = (...feeds: string[]): string => `<mrt xmlns="urn:bmpconfd:yang:mrt">${feeds.join("")}</mrt>`;
const feed = (name: string, file: string, more = ""): string =>
  `<feed><name>${name}</name><file>${file}</file>${more}</feed>`;
const noFeed = (name: string): string => mrt(`<feed nc:operation="delete"><name>${name}</name></feed>`);

/** A table in lines, "peer|prefix|Path Identifier or -|AS path|next hop", as bgpdump reads it. The newest announcement counts. */
async function bgpdumpTable(path: string): Promise<string[]> {
  const { code, stdout, stderr } = await runToEnd("bgpdump", "bgpdump", ["-m", path]);
  if (code !== 0) throw new Error(`bgpdump ended with ${code}: ${stderr}`);
  const table = new Map<string, string>();
  for (const line of stdout.split("\n")) {
    const [type = "", , kind, peer, as, prefix, ...rest] = line.split("|");
    // What FRR originates itself has no neighbour.
    if (as === "0") continue;
    const pathId = type.endsWith("_AP") ? rest.shift() : "-";
    const [asPath, , nextHop] = rest;
    const key = `${peer}|${prefix}|${pathId}`;
    if (kind === "A" || kind === "B") table.set(key, `${key}|${asPath}|${nextHop}`);
    else if (kind === "W") table.delete(key);
  }
  return [...table.values()].sort();
}

/** The same, as pmbmpd has learned it from us. */
function collectedTable(): string[] {
  const table = new Map<string, string>();
  for (const event of pmbmpd.events()) {
    const { peer_ip, ip_prefix, as_path_id = "-", as_path = "", bgp_nexthop, log_type, bmp_msg_type } = event;
    if (bmp_msg_type === "peer_down")
      for (const key of table.keys()) if (key.startsWith(`${peer_ip}|`)) table.delete(key);
    if (typeof ip_prefix !== "string") continue;
    const key = `${peer_ip}|${ip_prefix}|${String(as_path_id)}`;
    if (log_type === "update") table.set(key, `${key}|${String(as_path)}|${String(bgp_nexthop)}`);
    else table.delete(key);
  }
  return [...table.values()].sort();
}

async function expectCollected(expected: readonly string[]): Promise<void> {
  const text = JSON.stringify(expected);
  await eventually("the collector has it", () => JSON.stringify(collectedTable()) === text, 20).catch(() => {});
  expect(collectedTable()).toEqual(expected);
}

/** Has the feed's file loaded and replayed, and compares what the collector has with what bgpdump reads. */
async function expectAsBgpdump(name: string, { unpacked = name, peer = "" } = {}): Promise<string[]> {
  const expected = (await bgpdumpTable(inFolder(unpacked))).filter((route) => route.startsWith(peer));
  const wanted = peer === "" ? "" : `<peer>${peer}</peer>`;
  await client.configure(mrt(feed("lab", name, `<replay-speed>maximum</replay-speed>${wanted}`)));
  await eventually("done", async () => (await feedState(client, "lab"))?.["oper-state"] === "done", 20).catch(() => {});
  expect(await feedState(client, "lab")).toMatchObject({ "oper-state": "done", routes: String(expected.length) });
  await expectCollected(expected);
  await client.configure(noFeed("lab"));
  await expectCollected([]);
  return expected;
}

/** FRR writes all that GoBGP tells it, and its tables. */
async function recordDaemons(): Promise<void> {
  const frr = new Frr(SERVER_AS, ["198.51.100.0/24", "2001:db8:1::/48"]);
  const conf = gobgpdConf({
    local: { as: SERVER_AS, routerId: SERVER_ROUTER_ID, address: SERVER_V4 },
    neighbor: { as: FRR_AS, address: FRR_V4 },
  });
  const gobgpd = await startGobgpd(conf, FRR_V4);
  await frr.start();
  await frr.dump("all", inFolder("frr-all"));
  const add = (...route: string[]) => gobgp("global", "rib", ...route);
  await add("add", "203.0.113.0/24", "nexthop", SERVER_V4, "aspath", "64500,64501");
  await add("add", "203.0.114.0/24", "nexthop", SERVER_V4, "aspath", "64500,64501");
  await add("add", "203.0.115.0/24", "nexthop", SERVER_V4);
  await add("add", "-a", "ipv6", "2001:db8:9::/48", "nexthop", "2001:db8::1");
  await eventually("FRR has the routes", async () => (await frr.show("ip bgp")).includes("203.0.115.0/24"), 20);
  await add("del", "203.0.114.0/24");
  await eventually("FRR has lost one", async () => !(await frr.show("ip bgp")).includes("203.0.114.0/24"), 20);
  await frr.dump("routes-mrt", inFolder("frr-routes"));
  const isWritten = (name: string) => existsSync(inFolder(name)) && statSync(inFolder(name)).size > 0;
  for (const name of ["frr-all", "frr-routes"]) await eventually(name, () => isWritten(name), 20);
  // Before the end of its session is in it.
  copyFileSync(inFolder("frr-all"), inFolder("frr-updates"));
  await frr.stop();
  await gobgpd.stop("SIGTERM");
}

const SESSION = { peer: "192.0.2.1", peerAs: 65011, local: "192.0.2.254", localAs: 65010 };
const prefixOf = (number: number): string => `10.${number >> 8}.${number & 255}.0/24`;

/** What this project's tests write: tables of two peers, and messages of one of them that change them. */
function writtenByUs(): Uint8Array {
  const records = [
    peerIndexTable([
      { address: "192.0.2.1", as: 65011, bgpId: 0x0a000001 },
      { address: "2001:db8::2", as: 4_200_000_002, bgpId: 0x0a000002 },
    ]),
  ];
  for (let number = 0; number < 3000; number++) {
    const entry = { peer: 0, attributes: attributes([65011, 64500 + (number % 7)], "192.0.2.1") };
    records.push(rib(IPV4_UNICAST, prefixOf(number), [entry]));
  }
  const v6 = concatOctets([attributes([4_200_000_002]), abridgedNextHop("2001:db8::2")]);
  records.push(rib(IPV6_UNICAST, "2001:db8:1::/48", [{ peer: 1, attributes: v6 }]));
  records.push(stateChange(SESSION, 5, 6));
  const nlri = (from: number): Uint8Array => encodePrefixes(IPV4_UNICAST, [prefixOf(from), prefixOf(from + 1)]);
  const again = encodeUpdate({ attributes: attributes([65011, 64999], "192.0.2.1"), nlri: nlri(10) });
  records.push(message(SESSION, again, { microseconds: 250 }));
  records.push(message(SESSION, encodeUpdate({ withdrawn: nlri(20) })));
  return concatOctets(records);
}

/** Several paths to a destination: in a table, and announced and withdrawn by messages. */
function pathsWrittenByUs(): Uint8Array {
  const path = (pathId: number, ...asPath: number[]) => ({
    peer: 0,
    pathId,
    attributes: attributes(asPath, "192.0.2.1"),
  });
  const nlri = (pathId: number, prefix: string): Uint8Array =>
    concatOctets([uint32(pathId), encodePrefixes(IPV4_UNICAST, [prefix])]);
  const announced = encodeUpdate({ attributes: attributes([65011], "192.0.2.1"), nlri: nlri(9, "10.1.0.0/16") });
  return concatOctets([
    peerIndexTable([{ address: "192.0.2.1", as: 65011, bgpId: 0x0a000001 }]),
    rib(IPV4_UNICAST, "10.0.0.0/8", [path(7, 65011, 64500), path(8, 65011, 64501)]),
    rib(IPV4_UNICAST, "10.1.0.0/16", [path(7, 65011)]),
    message(SESSION, announced, { subtype: 9 }),
    message(SESSION, encodeUpdate({ withdrawn: nlri(8, "10.0.0.0/8") }), { subtype: 9 }),
  ]);
}

beforeAll(async () => {
  await recordDaemons();
  const ours = writtenByUs();
  writeFileSync(inFolder("ours"), ours);
  writeFileSync(inFolder("paths"), pathsWrittenByUs());
  // More than one block of bzip2.
  writeFileSync(inFolder("long"), concatOctets(Array.from({ length: 12 }, () => ours)));
  for (const [command, packed] of [
    ["gzip", "packed-one"],
    ["bzip2", "packed-two"],
  ] as const) {
    writeFileSync(inFolder(packed), execFileSync(command, ["-c", inFolder("long")], { maxBuffer: 2 ** 26 }));
  }
  symlinkSync("/etc/passwd", inFolder("outside"));
  [pmbmpd, capture] = await Promise.all([Pmbmpd.listen(COLLECTOR_V4), Capture.start(11019)]);
  server = await ServerProcess.start({ bgp: ["127.0.0.1:0"], args: ["--mrt", folder] });
  client = await server.connect();
  await client.configure(bmp(session(COLLECTOR_V4)));
}, 90_000);
afterAll(cleanUp);

describe("what daemons have written comes to collectors as bgpdump reads it", () => {
  test("FRR: dump bgp routes-mrt", async () => {
    const table = await expectAsBgpdump("frr-routes");
    expect(table.length).toBeGreaterThan(2);
  });

  test("FRR: dump bgp all", async () => {
    const table = await expectAsBgpdump("frr-updates");
    expect(table.length).toBeGreaterThan(2);
  });

  test("our own, as it is and packed, whatever its name", async () => {
    const table = await expectAsBgpdump("ours");
    expect(table.length).toBe(3000 + 1 - 2);
    expect(await expectAsBgpdump("packed-one", { unpacked: "long" })).toEqual(table);
    expect(await expectAsBgpdump("packed-two", { unpacked: "long" })).toEqual(table);
  });

  test("our own, with several paths", async () => {
    expect(await expectAsBgpdump("paths")).toEqual([
      "192.0.2.1|10.0.0.0/8|7|65011 64500|192.0.2.1",
      "192.0.2.1|10.1.0.0/16|7|65011|192.0.2.1",
      "192.0.2.1|10.1.0.0/16|9|65011|192.0.2.1",
    ]);
  });

  test("of one peer only", async () => {
    expect(await expectAsBgpdump("ours", { peer: "2001:db8::2" })).toHaveLength(1);
  });
});

test("ncclient has a file loaded, and is refused what cannot be read", async () => {
  const script = join(import.meta.dirname, "ncclient-mrt.py");
  const files = ["ours", "none", "outside", "../ours"];
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD, ...files];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const path = "/mrt:mrt/mrt:feed[mrt:name='tables']/mrt:file";
  const advice = "Put an MRT file into the folder that --mrt names, or name another.";
  expect(JSON.parse(stdout)).toEqual({
    missing: ["operation-failed", path, `The feed tables cannot read 'none': there is no such file. ${advice}`],
    outside: [
      "operation-failed",
      path,
      `The feed tables cannot read 'outside': it is not in the folder for MRT files. ${advice}`,
    ],
    climbing: ["invalid-value", path, "The path of an MRT file must not have '.' or '..' in it."],
    none: {},
    good: null,
    state: {
      "oper-state": "done",
      "peer-distinguisher": expect.stringMatching(/^[0-9]+$/),
      "file-size": String(statSync(inFolder("ours")).size),
      "octets-read": String(statSync(inFolder("ours")).size),
      records: "3005",
      "skipped-records": "3002",
      peers: "2",
      routes: "2999",
      "malformed-routes": "0",
      "replayed-until": "2026-01-01T00:00:00.000+00:00",
    },
    removed: [null, {}],
  });
});

test("a feed begins anew with the server", async () => {
  await client.configure(mrt(feed("lab", "frr-routes")));
  await expectCollected(await bgpdumpTable(inFolder("frr-routes")));
  const { dataDir } = server;
  await server.stop();
  server = await ServerProcess.start({ dataDir, bgp: ["127.0.0.1:0"], args: ["--mrt", folder] });
  client = await server.connect();
  await eventually("done", async () => (await feedState(client, "lab"))?.["oper-state"] === "done");
  await expectCollected(await bgpdumpTable(inFolder("frr-routes")));
});

test("what collectors got was sound: tshark and pmbmpd have no objections", async () => {
  await capture.stop();
  const objections = await capture.packets("bmp", "_ws.malformed || _ws.expert.severity == 8388608", ["bmp.type"]);
  // This version of tshark takes the String of a Peer Up for BGP.
  expect(objections.filter((packet) => !packet["bmp.type"].includes(String(PEER_UP)))).toEqual([]);
  expect(await capture.packets("bmp", "bmp.type == 0", ["frame.number"])).not.toEqual([]);
  expect(pmbmpd.complaints()).toEqual([]);
});

test.each(REAL_FILES)("as many routes as bgpdump reads: %s", { timeout: 600_000 }, async (path) => {
  copyFileSync(path, inFolder("real"));
  await client.configure(mrt(feed("lab", "real", "<replay-speed>maximum</replay-speed>")));
  const isDone = async () => (await feedState(client, "lab"))?.["oper-state"] === "done";
  await eventually("done", isDone, 300);
  const routes = (await bgpdumpTable(path)).length;
  expect(await feedState(client, "lab")).toMatchObject({ routes: String(routes), "malformed-routes": "0" });
  await client.configure(noFeed("lab"));
});
