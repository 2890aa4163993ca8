import { afterEach, describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, type AddressFamily } from "../../src/bgp/address-family.ts";
import { encodeAttribute, encodeMpReach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { encodeInitiation } from "../../src/bmp/codec/initiation.ts";
import { encodeStatisticsReport } from "../../src/bmp/codec/statistics-report.ts";
import { announcePdu, CEASE } from "../bmp/bgp-pdus.ts";
import { INITIATION, OTHER_ROUTER, peerDown, peerHeader, peerUp, RelayLab, ROUTER, route, until } from "./relay-lab.ts";

const PEER = peerHeader(1);
const IPV4_FLOWSPEC = ADDRESS_FAMILIES.find(({ name }) => name === "ipv4-flowspec") as AddressFamily;
const SMALL = { initiationMs: 100, messageBytes: 512, sliceBytes: 256, holdOffMs: 150, problemLogMs: 3_600_000 };

let lab: RelayLab;
afterEach(() => lab.stop());

function start(changes: Parameters<RelayLab["configureRouter"]>[0] = {}, options = {}): void {
  lab = new RelayLab({ limits: { ...SMALL, ...options } });
  lab.configureRouter(changes);
}

/** A message of a router with some octets replaced. */
function with_(message: Uint8Array, at: number, ...octets: readonly number[]): Uint8Array {
  const changed = new Uint8Array(message);
  changed.set(octets, at);
  return changed;
}

/** The announcement of a flow specification, whose NLRI is no plain prefix. */
const FLOW = encodeUpdate({
  attributes: Buffer.concat([
    encodeMpReach(IPV4_FLOWSPEC, new Uint8Array(0), Uint8Array.of(3, 3, 0x81, 6)),
    encodeAttribute(0x40, 1, Uint8Array.of(0)),
    encodeAttribute(0x40, 2, new Uint8Array(0)),
  ]),
});

/** Where an octet of the body of a Route Monitoring is: behind the headers and the BGP marker. */
const BGP_LENGTH = 6 + 42 + 16;
const BGP_TYPE = BGP_LENGTH + 2;
const ORIGIN = 6 + 42 + 19 + 4 + 3;

describe("messages that cannot be taken are counted and left out; the connection goes on", () => {
  const statistics = encodeStatisticsReport({
    kind: "statistics-report",
    peer: PEER,
    statistics: [{ kind: "counter", type: 1, value: 3 }],
  });
  test.each<[string, Uint8Array, string]>([
    ["a Route Monitoring of a peer that is not up", route(peerHeader(2), announcePdu(1, 1)), "unknown-peer"],
    ["a Peer Down of one", peerDown(peerHeader(2)), "unknown-peer"],
    ["a peer of an unknown type", peerUp({ ...PEER, peerType: 9 }), "malformed"],
    ["a Route Monitoring without a per-peer header", Uint8Array.of(3, 0, 0, 0, 6, 0), "malformed"],
    ["one whose BGP message is cut short", with_(route(PEER, announcePdu(1, 1)), BGP_LENGTH, 1, 0), "malformed"],
    ["one with octets behind its UPDATE", with_(route(PEER, announcePdu(1, 1)), BGP_LENGTH, 0, 40), "malformed"],
    ["one with a BGP message that is no UPDATE", route(PEER, CEASE), "malformed"],
    ["one of an unknown BGP type", with_(route(PEER, announcePdu(1, 1)), BGP_TYPE, 99), "unusable-update"],
    ["one whose marker is not all ones", with_(route(PEER, announcePdu(1, 1)), 6 + 42, 0), "unusable-update"],
    ["one whose attributes exceed it", with_(route(PEER, announcePdu(1, 1)), 6 + 42 + 19 + 2, 9), "unusable-update"],
    [
      "one with ORIGIN 9, whose routes are withdrawn",
      with_(route(PEER, announcePdu(7, 1)), ORIGIN, 9),
      "treat-as-withdraw",
    ],
    ["a Peer Up cut short in its OPEN", with_(peerUp(peerHeader(3)), 6 + 42 + 20 + 16, 0x0f, 0xff), "malformed"],
    ["a Statistics Report with another number of statistics", with_(statistics, 6 + 42, 0, 0, 0, 9), "malformed"],
    ["a Statistics Report with a counter of another length", with_(statistics, 6 + 42 + 6, 0, 3), "malformed"],
  ])("%s", async (_, message, kind) => {
    start();
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION, peerUp(PEER), route(PEER, announcePdu(7, 1))]);
    await collector.messages(3);
    socket.write(message);
    socket.write(route(PEER, announcePdu(8, 2)));
    const last = await collector.until(({ tables }) => tables["0 0 192.0.2.1 in-pre"]?.[8] === 2);
    const isWithdrawn = kind === "treat-as-withdraw";
    expect(last.tables).toEqual({ "0 0 192.0.2.1 in-pre": isWithdrawn ? { 8: 2 } : { 7: 1, 8: 2 } });
    const none = { malformed: 0, "unknown-peer": 0, "treat-as-withdraw": 0, "unusable-update": 0 };
    expect(lab.state().problems).toEqual({ ...none, [kind]: 1 });
    expect(lab.state().operState).toBe("connected");
    expect(lab.logLines.filter(({ message: text }) => text.startsWith("message of a router"))).toHaveLength(1);
  });

  test("a message of an unknown type is only counted", async () => {
    start();
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION, Uint8Array.of(3, 0, 0, 0, 8, 77, 1, 2), peerUp(PEER)]);
    await collector.messages(2);
    expect(lab.state().receivedMessages).toMatchObject({ unknown: 1, peerUp: 1 });
    expect(socket.destroyed).toBe(false);
  });

  test("however many there are, one is logged in a while", async () => {
    start();
    const bad = route(peerHeader(2), announcePdu(1, 1));
    await lab.connect([INITIATION, ...Array.from({ length: 500 }, () => bad)]);
    await until(() => lab.state().problems["unknown-peer"] === 500);
    expect(lab.logLines.filter(({ message }) => message.startsWith("message of a router"))).toHaveLength(1);
  });
});

describe("a stream that is no BMP ends the connection", () => {
  test.each<[string, Uint8Array, string]>([
    ["another version", Uint8Array.of(2, 0, 0, 0, 6, 4), "not BMP: BMP version 2"],
    ["an impossible length", Uint8Array.of(3, 0, 0, 0, 5, 4), "not BMP: message length 5"],
    ["a message beyond `messageBytes`", Uint8Array.of(3, 0, 0, 2, 1, 4), "not BMP: message of 513 octets"],
    ["no Initiation first", peerUp(PEER), "not BMP: begins with a message of type 3"],
    ["an Initiation that is cut short", Uint8Array.of(3, 0, 0, 0, 9, 4, 0, 2, 0), "not BMP: TLV: 3 of 4 octets"],
  ])("%s", async (_, bytes, reason) => {
    start();
    const socket = await lab.connect([bytes]);
    await until(() => socket.destroyed);
    expect(lab.state()).toMatchObject({ operState: "waiting", lastError: reason });
  });

  test("later on, too, and the collectors are told", async () => {
    start();
    const collector = await lab.collector();
    const socket = await lab.connect();
    await collector.messages(1);
    socket.write("GET / HTTP/1.1\r\n\r\n");
    await until(() => collector.connections[0]?.isClosed === true);
    expect(collector.connections[0]?.messages.at(-1)).toEqual({
      kind: "termination",
      reason: 1,
      strings: ["the router is gone: not BMP: BMP version 71"],
    });
  });
});

describe("who may connect", () => {
  test("only routers that are configured: others are reset and counted", async () => {
    start();
    const socket = await lab.connect([INITIATION], OTHER_ROUTER);
    await until(() => socket.destroyed);
    expect(lab.relay.refusedConnections).toBe(1);
    expect(lab.state()).toMatchObject({ connections: 0, refusedConnections: 0 });
  });

  test("not one that is disabled", async () => {
    start({ enabled: false });
    const socket = await lab.connect();
    await until(() => socket.destroyed);
    expect(lab.state()).toMatchObject({ operState: "disabled", connections: 0, refusedConnections: 1 });
  });

  test("an address that is written otherwise is the same", async () => {
    start({ address: "::ffff:127.0.0.21" });
    await lab.connect();
    await until(() => lab.state("127.0.0.21").operState === "connected");
  });

  test("`uninitiatedConnections` at a time without an Initiation, each for `initiationMs`", async () => {
    start({}, { uninitiatedConnections: 2, initiationMs: 300 });
    const waiting = [await lab.connect([]), await lab.connect([])];
    const further = await lab.connect([]);
    await until(() => further.destroyed);
    expect(lab.state().refusedConnections).toBe(1);
    expect(waiting.map(({ destroyed }) => destroyed)).toEqual([false, false]);
    await until(() => waiting.every(({ destroyed }) => destroyed));
    expect(lab.state().lastError).toBe("no Initiation within 0.3 s");
    await lab.connect();
    await until(() => lab.state().operState === "connected");
  });
});

describe("what a router may make us keep", () => {
  const routes = (count: number) => Array.from({ length: count }, (_, index) => route(PEER, announcePdu(index, index)));
  test.each<[string, object, object, readonly Uint8Array[], RegExp]>([
    ["maximum-prefixes", { maximumPrefixes: 3 }, {}, routes(4), /^4 routes where 3 are allowed$/],
    ["maximum-peers", { maximumPeers: 1 }, {}, [peerUp(peerHeader(2))], /^2 peers where 1 are allowed$/],
    ["`attributeBytes`", {}, { attributeBytes: 100 }, routes(5), /^\d+ octets of attributes$/],
    ["`nlriMemoryBytes`", {}, { nlriMemoryBytes: 1000 }, [route(PEER, FLOW)], /^65536 octets of memory for NLRI$/],
  ])("%s: beyond, the connection ends, and none is taken for a while", async (_, changes, limits, messages, error) => {
    start(changes, limits);
    const collector = await lab.collector();
    const socket = await lab.connect([INITIATION]);
    await collector.messages(1);
    for (const message of [peerUp(PEER), ...messages]) socket.write(message);
    await until(() => socket.destroyed);
    expect(lab.state().lastError).toMatch(error);
    expect(lab.state()).toMatchObject({ operState: "waiting", peerCount: 0, routes: 0 });
    await until(() => collector.connections[0]?.isClosed === true);
    expect(collector.connections[0]?.messages.at(-1)).toMatchObject({ kind: "termination", reason: 2 });
    const early = await lab.connect();
    await until(() => early.destroyed);
    expect(lab.state().refusedConnections).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, SMALL.holdOffMs));
    await lab.connect();
    await until(() => lab.state().operState === "connected");
  });

  test("a change of the router's limits is tried at once, and a smaller one takes effect at once", async () => {
    start({ maximumPrefixes: 3 }, { holdOffMs: 3_600_000 });
    const socket = await lab.connect([INITIATION, peerUp(PEER), ...routes(4)]);
    await until(() => socket.destroyed);
    lab.configureRouter({ maximumPrefixes: 4 });
    await lab.connect([INITIATION, peerUp(PEER), ...routes(4)]);
    await until(() => lab.state().routes === 4);
    lab.configureRouter({ maximumPrefixes: 3 });
    expect(lab.state()).toMatchObject({ operState: "waiting", lastError: "4 routes where 3 are allowed" });
  });

  test("routes that are withdrawn, and peers that are down, do not count any more", async () => {
    start({ maximumPrefixes: 4, maximumPeers: 2 });
    const other = peerHeader(2);
    await lab.connect([
      INITIATION,
      peerUp(PEER),
      ...routes(4),
      peerDown(PEER),
      peerUp(other),
      peerUp(PEER),
      ...routes(4),
    ]);
    await until(() => lab.state().receivedMessages.routeMonitoring === 8);
    expect(lab.state()).toMatchObject({ operState: "connected", peerCount: 2, routes: 4 });
  });
});

test("a router that floods does not hold up another one", async () => {
  lab = new RelayLab({ limits: { sliceBytes: 1024, slicesPerTurn: 1 } });
  lab.configureRouter({ maximumPrefixes: 1_000_000 });
  lab.configureRouter({ address: OTHER_ROUTER });
  const flooding = await lab.connect([INITIATION, peerUp(PEER)]);
  const quiet = await lab.connect([INITIATION, peerUp(PEER)], OTHER_ROUTER);
  await until(() => lab.state(OTHER_ROUTER).peerCount === 1);
  const flood = Buffer.concat(Array.from({ length: 15_000 }, (_, index) => route(PEER, announcePdu(index, index))));
  flooding.write(flood);
  await until(() => lab.state().routes > 0);
  quiet.write(route(PEER, announcePdu(1, 1)));
  await until(() => lab.state(OTHER_ROUTER).routes === 1);
  expect(lab.state(ROUTER).receivedMessages.routeMonitoring).toBeLessThan(15_000);
  await until(() => lab.state(ROUTER).receivedMessages.routeMonitoring === 15_000);
});

test("a repeated Initiation is of the same connection", async () => {
  start();
  await lab.connect([encodeInitiation({ kind: "initiation", sysName: "before", strings: [] }), INITIATION]);
  await until(() => lab.state().receivedMessages.initiation === 2);
  expect(lab.state()).toMatchObject({ sysName: "r1.example", connections: 1 });
});
