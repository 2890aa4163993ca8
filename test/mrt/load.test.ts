import { describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { addPathSend, EXTENDED_MESSAGE, fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { concatOctets, uint32 } from "../../src/bgp/codec/octets.ts";
import { decodeOpen } from "../../src/bgp/codec/open.ts";
import { encodeAttribute } from "../../src/bgp/codec/update.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { describeUpdate } from "../../src/lab/describe-update.ts";
import { labLimits } from "../../src/lab/limits.ts";
import { applyToModel, type RouteModel, routeKey, toHex } from "../bgp/route-model.ts";
import { SAMPLE_ROUTES } from "../bgp/sample-routes.ts";
import { FeedLab } from "./feed-lab.ts";
import {
  abridgedNextHop,
  attributes,
  EPOCH_S,
  message,
  peerIndexTable,
  record,
  rib,
  ribGeneric,
  type WrittenPeer,
} from "./mrt-writer.ts";

const ONE: WrittenPeer = { address: "192.0.2.1", as: 65001, bgpId: 0x0a000001 };
const TWO: WrittenPeer = { address: "2001:db8::2", as: 4_200_000_002, bgpId: 0x0a000002 };
const LOCAL: WrittenPeer = { address: "0.0.0.0", as: 0 };

const A = attributes([65001, 64500], "192.0.2.1");
const B = attributes([65001, 64501], "192.0.2.1");
const V6 = concatOctets([attributes([4_200_000_002]), abridgedNextHop("2001:db8::2")]);

const TABLES = [
  peerIndexTable([LOCAL, ONE, TWO]),
  rib(IPV4_UNICAST, "10.0.0.0/8", [{ peer: 1, attributes: A }]),
  rib(IPV4_UNICAST, "10.1.0.0/16", [
    { peer: 0, attributes: attributes([], "0.0.0.0") },
    { peer: 1, attributes: B },
  ]),
  rib(IPV4_UNICAST, "10.2.0.0/16", [{ peer: 1, attributes: A }]),
  rib(IPV6_UNICAST, "2001:db8:1::/48", [{ peer: 2, attributes: V6 }]),
];

const TOLD = [
  "192.0.2.1 up: ipv4-unicast",
  "192.0.2.1 at unknown: announce 10.2.0.0/16 10.0.0.0/8, next hop 192.0.2.1, AS path 65001 64500",
  "192.0.2.1 at unknown: announce 10.1.0.0/16, next hop 192.0.2.1, AS path 65001 64501",
  "192.0.2.1 at unknown: End-of-RIB ipv4-unicast",
  "2001:db8::2 up: ipv6-unicast",
  "2001:db8::2 at unknown: announce 2001:db8:1::/48, next hop 2001:db8::2, AS path 4200000002",
  "2001:db8::2 at unknown: End-of-RIB ipv6-unicast",
];

test("a table dump is told peer by peer, prefixes that share attributes together", async () => {
  const lab = new FeedLab();
  const state = await lab.run(TABLES);
  expect(lab.take()).toEqual(TOLD);
  expect([...lab.feeds.establishedPeers()]).toEqual(lab.peers);
  expect(state).toEqual({
    name: "lab",
    operState: "done",
    distinguisher: 0xa511_46d3_8077_0000n,
    fileBytes: concatOctets(TABLES).length,
    bytesRead: concatOctets(TABLES).length,
    records: 5,
    skippedRecords: 0,
    routes: 4,
    invalidRoutes: 0,
    peers: 2,
    replayedUntil: undefined,
    lastError: undefined,
  });
  expect(lab.logged.at(-1)).toMatch(/^info MRT feed done .*"records":5,"routes":4,"peers":2/);
});

test("peers are local instances, with OPENs that lead to such sessions", async () => {
  const lab = new FeedLab();
  await lab.run(TABLES);
  const [one, two] = lab.peers as [EstablishedPeer, EstablishedPeer];
  expect(one).toMatchObject({
    peerType: "local",
    distinguisher: 0xa511_46d3_8077_0000n,
    address: "192.0.2.1",
    remoteAs: 65001,
    remoteBgpId: 0x0a000001,
    localAddress: "0.0.0.0",
    localPort: 0,
    remotePort: 0,
    establishedAt: EPOCH_S * 1000,
    isFourOctetAs: true,
    ribs: ["adj-rib-in-pre"],
  });
  expect(two).toMatchObject({ localAddress: "::", remoteAs: 4_200_000_002, distinguisher: one.distinguisher });
  expect(one.labels()).toEqual({ description: "MRT feed lab", adminLabels: [] });
  expect(one.isEndOfRib(IPV4_UNICAST, "adj-rib-in-pre")).toBe(true);
  expect(decodeOpen(one.receivedOpen)).toEqual({
    as: 65001,
    bgpId: 0x0a000001,
    holdTimeS: 0,
    capabilities: [multiprotocol(IPV4_UNICAST), { code: 64, value: new Uint8Array(2) }, fourOctetAs(65001)],
  });
  expect(decodeOpen(two.receivedOpen).capabilities).toContainEqual(fourOctetAs(4_200_000_002));
  expect(decodeOpen(one.sentOpen)).toMatchObject({ as: 64496, bgpId: 0xc00002fe });
  // Its neighbour is in the path of each of its routes: that is no loop.
  expect(one.statistics?.()).toMatchObject({ asPathLoops: 0, adjRibInRoutes: 3 });
});

test("the tables can be read again", async () => {
  const lab = new FeedLab();
  await lab.run(TABLES);
  const [one] = lab.peers as [EstablishedPeer];
  const dumped = [...one.dump(IPV4_UNICAST, "adj-rib-in-pre")];
  const words = (pdu: Uint8Array) => describeUpdate(pdu, true, labLimits);
  // The newest route comes first, which is now the one that was told last.
  expect(dumped.map(words)).toEqual([
    "announce 10.0.0.0/8 10.2.0.0/16, next hop 192.0.2.1, AS path 65001 64500",
    "announce 10.1.0.0/16, next hop 192.0.2.1, AS path 65001 64501",
  ]);
});

describe("which peers", () => {
  test("those that are selected, by any form of their address", async () => {
    const lab = new FeedLab();
    const state = await lab.run(TABLES, { peers: ["2001:DB8:0::2"] });
    expect(lab.take()).toEqual(TOLD.slice(4));
    expect(state).toMatchObject({ operState: "done", records: 5, skippedRecords: 3 });
  });

  test("none: the file is of no use", async () => {
    const lab = new FeedLab();
    expect(await lab.run(TABLES, { peers: ["192.0.2.9"] })).toMatchObject({
      operState: "failed",
      lastError:
        "file: no route and no BGP message of a peer that is wanted in 5 records. Name another file, or other peers.",
    });
  });

  test("one without routes is not told: the file does not say that it was up", async () => {
    const lab = new FeedLab();
    await lab.run(TABLES.slice(0, 2));
    expect(lab.take().filter((event) => event.includes(" up"))).toEqual(["192.0.2.1 up: ipv4-unicast"]);
  });

  test("two with one address have distinguishers of their own, as have two feeds", async () => {
    const lab = new FeedLab();
    const twin = { ...ONE, as: 65009 };
    const both = [1, 3].map((peer) => ({ peer, attributes: A }));
    await lab.run([peerIndexTable([LOCAL, ONE, TWO, twin]), rib(IPV4_UNICAST, "10.0.0.0/8", both)]);
    lab.set({ name: "other", peers: ["192.0.2.1"] });
    await lab.until(() => lab.state("other").operState === "done");
    const { distinguisher } = lab.state("other");
    expect(lab.peers.map((peer) => peer.distinguisher)).toEqual([
      0xa511_46d3_8077_0000n,
      0xa511_46d3_8077_0001n,
      distinguisher,
      distinguisher + 1n,
    ]);
    expect(distinguisher).not.toBe(0xa511_46d3_8077_0000n);
  });
});

test("several paths to a destination (RFC 8050)", async () => {
  const lab = new FeedLab();
  const paths = [
    { peer: 0, attributes: A, pathId: 7 },
    { peer: 0, attributes: B, pathId: 8 },
  ];
  await lab.run([peerIndexTable([ONE]), rib(IPV4_UNICAST, "10.0.0.0/8", paths)]);
  expect(lab.take().slice(1)).toEqual([
    "192.0.2.1 at unknown: announce 10.0.0.0/8 (path 7), next hop 192.0.2.1, AS path 65001 64500",
    "192.0.2.1 at unknown: announce 10.0.0.0/8 (path 8), next hop 192.0.2.1, AS path 65001 64501",
    "192.0.2.1 at unknown: End-of-RIB ipv4-unicast",
  ]);
  const [peer] = lab.peers as [EstablishedPeer];
  expect(decodeOpen(peer.receivedOpen).capabilities).toContainEqual(addPathSend([IPV4_UNICAST]));
  expect(decodeOpen(peer.sentOpen).capabilities).toContainEqual({ code: 69, value: Uint8Array.of(0, 1, 1, 1) });
});

test.each([false, true])(
  "what observers are told of all families is what the file has; paths: %s",
  async (hasPaths) => {
    const lab = new FeedLab();
    const expected: RouteModel = new Map();
    const records = [peerIndexTable([ONE])];
    for (const family of ADDRESS_FAMILIES) {
      // Flow specifications have no next hop; of the others a length of 4 or 16 will do, or with a distinguisher 12 or 24.
      const nextHop = new Uint8Array(nextHopBytes(family.name)).fill(1);
      const own = attributes([65001, 64500 + family.safi]);
      const abridged = encodeAttribute(0x80, 14, concatOctets([Uint8Array.of(nextHop.length), nextHop]));
      const isClassic = family === IPV4_UNICAST && !hasPaths;
      const written = isClassic ? A : concatOctets([own, abridged]);
      SAMPLE_ROUTES[family.name].forEach(({ key, nlri }, id) => {
        const whole = hasPaths ? concatOctets([uint32(id), nlri]) : nlri;
        records.push(ribGeneric(family, whole, [{ peer: 0, attributes: written }], hasPaths));
        const path = hasPaths ? toHex(uint32(id)) : "";
        const text = isClassic ? `- ${toHex(A)}` : `${toHex(nextHop)} ${toHex(own)}`;
        expected.set(routeKey(family, `${path} ${key}`), `${text} ${toHex(whole)}`);
      });
    }
    expect(await lab.run(records)).toMatchObject({ operState: "done", invalidRoutes: 0, skippedRecords: 0 });
    const [peer] = lab.peers as [EstablishedPeer];
    const model: RouteModel = new Map();
    const pathIds = new Set(hasPaths ? ADDRESS_FAMILIES : []);
    for (const pdu of lab.updates.get(peer) ?? []) applyToModel(model, pdu, { isExternal: false, pathIds });
    expect(Object.fromEntries(model)).toEqual(Object.fromEntries(expected));
    expect(lab.state().routes).toBe(model.size);
  },
);

function nextHopBytes(name: string): number {
  if (name.includes("flowspec")) return 0;
  if (name === "l3vpn-ipv4-unicast") return 12;
  if (name === "l3vpn-ipv6-unicast") return 24;
  return name.includes("ipv6") ? 16 : 4;
}

describe("routes that no neighbour could have announced", () => {
  test("are left out and counted, whether their UPDATE would withdraw them or end the session", async () => {
    const lab = new FeedLab();
    const noOrigin = encodeAttribute(0x40, 2, new Uint8Array(0));
    const unknownWellKnown = concatOctets([A, encodeAttribute(0x40, 99, new Uint8Array(0))]);
    const state = await lab.run([
      ...TABLES.slice(0, 2),
      rib(IPV4_UNICAST, "10.8.0.0/16", [{ peer: 1, attributes: noOrigin }]),
      rib(IPV4_UNICAST, "10.9.0.0/16", [{ peer: 1, attributes: unknownWellKnown }]),
    ]);
    expect(state).toMatchObject({ operState: "done", routes: 1, invalidRoutes: 2 });
    expect(lab.logged.join()).toContain('malformed routes were left out {"feed":"lab","routes":2}');
    expect(lab.take().at(-2)).toBe("192.0.2.1 at unknown: withdraw 10.8.0.0/16");
  });

  test("attributes of more than 4096 octets need extended messages (RFC 8654)", async () => {
    const lab = new FeedLab();
    const long = concatOctets([A, encodeAttribute(0xc0, 32, new Uint8Array(12 * 1000))]);
    const state = await lab.run([
      ...TABLES.slice(0, 2),
      rib(IPV4_UNICAST, "10.8.0.0/16", [{ peer: 1, attributes: long }]),
    ]);
    expect(state).toMatchObject({ operState: "done", routes: 2, invalidRoutes: 0 });
    const [peer] = lab.peers as [EstablishedPeer];
    expect(decodeOpen(peer.receivedOpen).capabilities).toContainEqual(EXTENDED_MESSAGE);
    expect(lab.updates.get(peer)?.map((pdu) => pdu.length > 4096)).toEqual([false, true, false]);
  });
});

describe("a damaged file fails as a whole: nobody is told anything", () => {
  const GET_AGAIN = "Get the file again, or have it end before this record.";
  const place = concatOctets(TABLES).length;
  const table = concatOctets([Uint8Array.of(0, 0, 0, 0, 33), new Uint8Array(5)]);
  const tooLong = concatOctets([A, encodeAttribute(0xc0, 200, new Uint8Array(65_450))]);
  const withPaths = rib(IPV4_UNICAST, "10.0.0.0/8", [{ peer: 1, attributes: A, pathId: 1 }]);
  test.each<[string, readonly Uint8Array[], string]>([
    [
      "cut off",
      [...TABLES, TABLES[1]?.subarray(0, 20) as Uint8Array],
      `record 6 at octet ${place}: the file ends after 20 octets of it`,
    ],
    ["no MRT", [...TABLES, new Uint8Array(12).fill(255)], `record 6 at octet ${place}: there is no type 65535`],
    ["a bad prefix", [...TABLES, record(13, 2, table)], `record 6 at octet ${place}: malformed ipv4-unicast NLRI`],
    ["no index", TABLES.slice(1), "record 1 at octet 0: routes before the PEER_INDEX_TABLE that says whose they are"],
    [
      "a peer that is not there",
      [...TABLES, rib(IPV4_UNICAST, "10.0.0.0/8", [{ peer: 3, attributes: A }])],
      `record 6 at octet ${place}: Peer Index 3 where there are 3 peers`,
    ],
    [
      "routes that fit into no message",
      [...TABLES, rib(IPV4_UNICAST, "10.0.0.0/8", [{ peer: 1, attributes: tooLong }])],
      `record 6 at octet ${place}: a route of ${tooLong.length + 2} octets fits into no BGP message`,
    ],
    [
      "Path Identifiers here and there",
      [...TABLES, withPaths],
      `record 6 at octet ${place}: 192.0.2.1 has ipv4-unicast routes with Path Identifiers and without`,
    ],
  ])("%s", async (_, records, error) => {
    const advice = GET_AGAIN;
    const lab = new FeedLab();
    expect(await lab.run(records)).toMatchObject({
      operState: "failed",
      lastError: `file: ${error}. ${advice}`,
      peers: 0,
    });
    expect(lab.take()).toEqual([]);
    expect(lab.logged.at(-1)).toContain("error MRT feed failed");
  });

  test("nothing in it", async () => {
    const lab = new FeedLab();
    const lastError =
      "file: no route and no BGP message of a peer that is wanted in 0 records. Name another file, or other peers.";
    expect(await lab.run([])).toMatchObject({ operState: "failed", lastError });
  });

  test("no file", async () => {
    const lab = new FeedLab();
    expect(await lab.run(TABLES, { file: "none" })).toMatchObject({
      operState: "failed",
      lastError: "none: there is no such file",
    });
  });
});

describe("what is bounded", () => {
  test.each<[string, object, string]>([
    [
      "the octets of a record",
      { recordBytes: 20 },
      "record 1 at octet 0: 59 octets where at most 20 are taken. Get the file again, or have it end before this record.",
    ],
    [
      "peers",
      { peersPerFeed: 1 },
      "record 1 at octet 0: more than 1 peers. Select fewer peers with the leaf-list peer.",
    ],
    ["routes", { routesPerFeed: 3 }, "more than 3 routes. Select fewer peers with the leaf-list peer."],
    [
      "attributes and NLRI",
      { tableBytes: 50 },
      "attributes and NLRI take more than 50 octets. Select fewer peers with the leaf-list peer.",
    ],
  ])("%s", async (_, limits, error) => {
    const lab = new FeedLab(limits);
    // Nor is what was loaded kept.
    expect(await lab.run(TABLES)).toMatchObject({ operState: "failed", lastError: `file: ${error}`, routes: 0 });
    expect(lab.take()).toEqual([]);
  });

  test("routes of messages, too: its peers go down", async () => {
    const lab = new FeedLab({ routesPerFeed: 3 });
    const session = { peer: "192.0.2.1", peerAs: 65001, local: "192.0.2.254", localAs: 65000 };
    const nlri = Uint8Array.of(8, 10, 8, 11, 8, 12, 8, 13);
    const body = concatOctets([Uint8Array.of(0, 0, 0, A.length), A, nlri]);
    const pdu = concatOctets([new Uint8Array(16).fill(255), Uint8Array.of(0, 19 + body.length, 2), body]);
    expect(await lab.run([message(session, pdu)])).toMatchObject({
      operState: "failed",
      lastError: "file: more than 3 routes. Select fewer peers with the leaf-list peer.",
      peers: 0,
    });
    expect(lab.take().at(-1)).toBe("192.0.2.1 down: remote-closed");
  });
});

describe("configuration", () => {
  test("a feed that is removed: its peers were deconfigured", async () => {
    const lab = new FeedLab();
    await lab.run(TABLES);
    lab.take();
    lab.feeds.removeFeed("lab");
    expect(lab.take()).toEqual(["192.0.2.1 down: deconfigured", "2001:db8::2 down: deconfigured"]);
    expect([...lab.feeds.feedStates()]).toEqual([]);
    lab.feeds.removeFeed("lab");
    expect(lab.take()).toEqual([]);
  });

  test("one that is disabled says so, and begins when it is enabled", async () => {
    const lab = new FeedLab();
    lab.write("file", ...TABLES);
    lab.set({ enabled: false });
    expect(lab.state()).toMatchObject({ operState: "disabled", fileBytes: 0, peers: 0 });
    await lab.run(TABLES);
    expect(lab.take()).toEqual(TOLD);
    lab.set({ enabled: false });
    expect(lab.take()).toEqual(["192.0.2.1 down: deconfigured", "2001:db8::2 down: deconfigured"]);
  });

  test("one that changes begins anew, and what was under way ends", async () => {
    const lab = new FeedLab();
    lab.write("file", ...TABLES);
    lab.set();
    await lab.run(TABLES);
    expect(lab.take()).toEqual(TOLD);
  });
});

test("a record of many routes, or peers, is taken in several slices", async () => {
  const lab = new FeedLab({ sliceMs: 0 });
  const peers = Array.from({ length: 2000 }, (_, i) => ({ address: `10.0.${i >> 8}.${i & 255}`, as: 65001 }));
  const routes = Array.from({ length: 2000 }, (_, pathId) => ({ peer: 0, pathId, attributes: A }));
  lab.write("file", peerIndexTable(peers), rib(IPV4_UNICAST, "10.0.0.0/8", routes));
  lab.set();
  const seen = new Set<string>();
  while (lab.state().operState === "loading" && lab.peers.length === 0) {
    seen.add(`${lab.state().records} ${lab.state().routes}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  expect([...seen]).toEqual(["0 0", ...Array.from({ length: 8 }, (_, i) => `1 ${i * 256 - Math.sign(i)}`), "2 2000"]);
});

test("a feed that is removed while its file is read has nobody come up", async () => {
  const lab = new FeedLab();
  lab.write("file", ...TABLES);
  lab.set();
  // What is left is a last read, which finds that the file has ended.
  while (lab.state().records < TABLES.length) await new Promise((resolve) => setImmediate(resolve));
  lab.feeds.removeFeed("lab");
  lab.take();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(lab.take()).toEqual([]);
});

test("feeds take turns of the event loop, however fast they are", async () => {
  const lab = new FeedLab({ sliceMs: 0, readBytes: 16 });
  lab.write("file", ...TABLES);
  for (const name of ["one", "two"]) lab.set({ name });
  const seen: string[] = [];
  while (lab.state("one").operState !== "done" || lab.state("two").operState !== "done") {
    seen.push(`${lab.state("one").records} ${lab.state("two").records}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
  // Neither was done before the other had begun.
  expect(seen.some((both) => /^[1-4] [1-4]$/.test(both))).toBe(true);
});

test("progress is logged while a file is read", async () => {
  const lab = new FeedLab({ sliceMs: 0, progressMs: 0 });
  await lab.run(TABLES);
  expect(lab.logged.some((line) => line.startsWith('info MRT feed loading {"feed":"lab"'))).toBe(true);
});
