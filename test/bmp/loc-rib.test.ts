import { setImmediate as nextTurn } from "node:timers/promises";
import { describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import type { Clock } from "../../src/bgp/clock.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import type { LocRibConfig } from "../../src/bgp/config.ts";
import { LocRib } from "../../src/bgp/loc-rib.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import { type BmpMessage, decodeMessage } from "../../src/bmp/codec/message.ts";
import type { MonitorConfig, RouteMode } from "../../src/bmp/config.ts";
import type { OutgoingMessage } from "../../src/bmp/outgoing-message.ts";
import { PeerMessages } from "../../src/bmp/peer-messages.ts";
import { Selection } from "../../src/bmp/selection.ts";
import { announcement, LOCAL, ribPeer } from "../bgp/loc-rib-model.ts";
import { toHex } from "../bgp/route-model.ts";
import { SAMPLE_ROUTES } from "../bgp/sample-routes.ts";
import { session } from "./engine-fixture.ts";
import { FakeSocket } from "./fake-socket.ts";
import { testResources } from "./test-resources.ts";

const NEIGHBOR = {
  address: "192.0.2.9",
  as: 65001,
  bgpId: 9,
  isFourOctetAs: false,
  hasPathIds: false,
  peerType: "global" as const,
};
const FACTS = {
  origin: 0,
  path: [65001, 70_002],
  hasOwnNextHop: false,
  med: undefined,
  localPref: undefined,
  originatorId: undefined,
  clusterList: [],
};
/** 2026-01-01T00:00:00.000250Z */
const NOW = Date.UTC(2026, 0, 1) + 0.25;
/** Type 3, no flag, no distinguisher, no address, our AS number and BGP Identifier. */
const PEER = `0300 0000000000000000 ${"00".repeat(16)} 0000fdf2 c00002fe`;
const AT_NOW = "6955b900 000000fa";

const octets = (text: string): string => text.replaceAll(" ", "");

/** A Loc-RIB with the route of one neighbour that has AS numbers of two octets, and the UPDATEs told. */
function locRibOf(tableName: string, families: LocRibConfig["families"] = ["ipv4-unicast"]) {
  const deferred: (() => void)[] = [];
  const clock: Clock = {
    now: () => NOW,
    monotonic: () => 0,
    setTimer: () => ({ cancel: () => {} }),
    defer: (callback) => deferred.push(callback),
  };
  const told: Uint8Array[] = [];
  const observer = {
    peerUp: () => {},
    received: () => {},
    update: (_peer: EstablishedPeer, _rib: string, pdu: Uint8Array) => told.push(pdu),
    peerDown: () => {},
  };
  const queue = new RunQueue(clock, 8);
  const environment = { clock, random: () => 0.5, queue, observer, sliceRoutes: 10 };
  const locRib = new LocRib({ tableName, families }, LOCAL, environment);
  const peer = ribPeer(NEIGHBOR, [IPV4_UNICAST]);
  const route = SAMPLE_ROUTES["ipv4-unicast"].find(({ key }) => key === "192.0.2.0/24");
  if (route === undefined) throw new Error("no such route");
  peer.apply(announcement(IPV4_UNICAST, NEIGHBOR, FACTS, [route.nlri]));
  locRib.open([peer]);
  for (let callback = deferred.shift(); callback !== undefined; callback = deferred.shift()) callback();
  return { locRib, told, peer };
}

function bytesOf(message: OutgoingMessage): string {
  if (message.kind !== "encoded") throw new Error(message.kind);
  return toHex(message.bytes);
}

test("Peer Up, Peer Down and Statistics Report of a Loc-RIB, octet by octet (RFC 9069 5.1 to 5.3, 5.6)", () => {
  const { locRib } = locRibOf("blå");
  const messages = new PeerMessages(locRib);
  const open = `${"ff".repeat(16)} 002d 01 04 fdf2 0000 c00002fe 10 020e 0104 00010001 0600 4104 0000fdf2`;
  const name = "0003 0004 626cc3a5";
  expect(bytesOf(messages.peerUp())).toBe(
    octets(`03 000000a6 03 ${PEER} ${AT_NOW} ${"00".repeat(16)} 0000 0000 ${open} ${open} ${name}`),
  );
  expect(bytesOf(messages.peerDown({ kind: "local-system-closed" }, NOW))).toBe(
    octets(`03 00000039 02 ${PEER} ${AT_NOW} 06 ${name}`),
  );
  expect(bytesOf(messages.statisticsReport(locRib.statistics(), NOW, () => false))).toBe(
    octets(`03 0000004f 01 ${PEER} ${AT_NOW} 00000002 0008 0008 0000000000000001 000a 000b 0001 01 0000000000000001`),
  );
});

test("routes have AS numbers of four octets, whatever the neighbour has (RFC 9069 5.4.1)", () => {
  const { locRib, told } = locRibOf("global");
  const [route, endOfRib] = told;
  const update = `${"ff".repeat(16)} 0033 02 0000 0018 400101 00 40020a 0202 0000fde9 00011172 400304 c6336401 18 c00002`;
  expect(toHex(route as Uint8Array)).toBe(octets(update));
  expect(endOfRib).toEqual(encodeEndOfRib(IPV4_UNICAST));
  const live = new PeerMessages(locRib).liveRoute("loc-rib", route as Uint8Array, NOW);
  if (live.kind !== "route") throw new Error(live.kind);
  expect(toHex(live.header)).toContain(octets(PEER));
  expect(live.timestampUs).toBe(NOW * 1000);
});

test("of a neighbour's routes after policy only those are told who ask for them", () => {
  const { peer } = locRibOf("global");
  const selected = (rib?: "adj-rib-in-post") => {
    const monitor = rib && { public: [{ family: "any" as const, rib }], vpnInstances: [], peers: [] };
    return new Selection(monitor, () => undefined).of(peer)?.map((routes) => routes.rib);
  };
  expect([selected(), selected("adj-rib-in-post")]).toEqual([["adj-rib-in-pre"], ["adj-rib-in-post"]]);
  const messages = new PeerMessages(peer);
  const flagsOf = (message: OutgoingMessage) => message.kind === "route" && message.header[7];
  const pdu = encodeEndOfRib(IPV4_UNICAST);
  const report = messages.statisticsReport(peer.statistics(), NOW, () => false);
  if (report.kind !== "encoded") throw new Error(report.kind);
  // CLUSTER_LIST loops, and routes after policy (RFC 9972 3.2).
  const decoded = decodeMessage(report.bytes);
  const statistics = decoded.kind === "statistics-report" ? decoded.statistics : [];
  expect(statistics.filter(({ type }) => [3, 20, 21].includes(type))).toEqual([
    { kind: "counter", type: 3, value: 0 },
    { kind: "gauge", type: 20, value: 1 },
    { kind: "family-gauge", type: 21, afi: 1, safi: 1, value: 1 },
  ]);
  // A, and L.
  expect(flagsOf(messages.liveRoute("adj-rib-in-pre", pdu, NOW))).toBe(0x20);
  expect(flagsOf(messages.liveRoute("adj-rib-in-post", pdu, NOW))).toBe(0x60);
});

describe("a collector that is told a part of a Loc-RIB", () => {
  const { fixture } = testResources();
  const of = (...families: readonly RouteMode["family"][]): MonitorConfig => ({
    public: families.map((family) => ({ family, rib: "loc-rib" })),
    vpnInstances: [],
    peers: [],
  });
  const [ipv4, ipv6] = [IPV4_UNICAST, IPV6_UNICAST].map(encodeEndOfRib);

  /** What it is told of the Loc-RIB, and the F flag of that. */
  const summary = (messages: readonly BmpMessage[]) =>
    messages.flatMap((message) => {
      if (!("peer" in message)) return [];
      const { kind, peer } = message;
      return [[kind === "route-monitoring" ? message.update : kind, peer.isFiltered]];
    });

  async function collector(first: MonitorConfig | undefined) {
    const { locRib, told } = locRibOf("global", ["ipv4-unicast", "ipv6-unicast"]);
    const socket = new FakeSocket();
    const made = fixture({ routes: () => ({ establishedPeers: () => [locRib] }), dial: () => socket.asSocket });
    const select = (monitor: MonitorConfig | undefined) =>
      made.start(session(1, monitor === undefined ? {} : { monitor }));
    select(first);
    socket.emit("connect");
    let seen = 0;
    const next = async () => {
      for (let turn = 0; turn < 50; turn++) {
        await nextTurn();
        socket.deliver();
      }
      const messages = socket.view.messages.slice(seen);
      seen += messages.length;
      return messages;
    };
    return { made, locRib, select, next, route: new Uint8Array(told[0] as Uint8Array) };
  }

  test("sees that by the F flag in all messages (RFC 9069 4.2)", async () => {
    const { made, locRib, next, route } = await collector(of("ipv4-unicast"));
    expect(summary(await next())).toEqual([
      ["peer-up", true],
      [route, true],
      [ipv4, true],
    ]);
    made.engine.update(locRib, "loc-rib", route, NOW);
    made.engine.update(locRib, "loc-rib", ipv6 as Uint8Array, NOW);
    made.clock.advance(3_600_000);
    expect(summary(await next())).toEqual([
      [route, true],
      ["statistics-report", true],
    ]);
    made.engine.peerDown(locRib, { kind: "local-system-closed" });
    expect(summary(await next())).toEqual([["peer-down", true]]);
  });

  test("sees another Loc-RIB when that changes (RFC 9069 6.1.3)", async () => {
    const { select, next, route } = await collector(undefined);
    const whole = [
      [route, false],
      [ipv4, false],
      [ipv6, false],
    ];
    expect(summary(await next())).toEqual([["peer-up", false], ...whole]);
    select(of("ipv6-unicast"));
    const bounced = await next();
    expect(summary(bounced)).toEqual([
      ["peer-down", false],
      ["peer-up", true],
      [ipv6, true],
    ]);
    expect(bounced[0]).toMatchObject({ reason: { kind: "local-system-closed" }, tableName: "global" });
    select(of("any"));
    expect(summary(await next())).toEqual([["peer-down", true], ["peer-up", false], ...whole]);
  });

  test("is told that it is down when it is not told of it any more, with reason 6 (RFC 9069 5.3)", async () => {
    const { select, next } = await collector(undefined);
    await next();
    select({ vpnInstances: [], peers: [] });
    expect(await next()).toMatchObject([{ kind: "peer-down", reason: { kind: "local-system-closed" } }]);
  });
});
