import { expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import type { Clock } from "../../src/bgp/clock.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import { LocRib } from "../../src/bgp/loc-rib.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import type { OutgoingMessage } from "../../src/bmp/outgoing-message.ts";
import { PeerMessages } from "../../src/bmp/peer-messages.ts";
import { Selection } from "../../src/bmp/selection.ts";
import { announcement, LOCAL, ribPeer } from "../bgp/loc-rib-model.ts";
import { toHex } from "../bgp/route-model.ts";
import { SAMPLE_ROUTES } from "../bgp/sample-routes.ts";

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
function locRibOf(tableName: string) {
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
  const locRib = new LocRib({ tableName, families: ["ipv4-unicast"] }, LOCAL, environment);
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
  const messages = new PeerMessages(locRibOf("blå").locRib);
  const open = `${"ff".repeat(16)} 002d 01 04 fdf2 0000 c00002fe 10 020e 0104 00010001 0600 4104 0000fdf2`;
  const name = "0003 0004 626cc3a5";
  expect(bytesOf(messages.peerUp())).toBe(
    octets(`03 000000a6 03 ${PEER} ${AT_NOW} ${"00".repeat(16)} 0000 0000 ${open} ${open} ${name}`),
  );
  expect(bytesOf(messages.peerDown({ kind: "local-system-closed" }, NOW))).toBe(
    octets(`03 00000039 02 ${PEER} ${AT_NOW} 06 ${name}`),
  );
  expect(bytesOf(messages.statisticsReport(NOW, () => false))).toBe(
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
  // A, and L.
  expect(flagsOf(messages.liveRoute("adj-rib-in-pre", pdu, NOW))).toBe(0x20);
  expect(flagsOf(messages.liveRoute("adj-rib-in-post", pdu, NOW))).toBe(0x60);
});
