import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { type FamilyName, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import type { AttributeSet } from "../../src/bgp/attribute-set.ts";
import { concatOctets, uint32 } from "../../src/bgp/codec/octets.ts";
import { encodeAttribute, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { LocRib } from "../../src/bgp/loc-rib.ts";
import type { EstablishedPeer } from "../../src/bgp/route-source.ts";
import { RunQueue } from "../../src/bgp/run-queue.ts";
import { hex } from "./codec/octets.ts";
import { announcement, LOCAL, type RouteFacts, ribPeer, type TestPeer } from "./loc-rib-model.ts";

const SLICE_ROUTES = 10;
const PEER: TestPeer = {
  address: "192.0.2.9",
  as: 65001,
  bgpId: 9,
  isFourOctetAs: true,
  hasPathIds: false,
  peerType: "global",
};
const FACTS: RouteFacts = {
  origin: 0,
  path: [65001],
  hasOwnNextHop: false,
  med: 0,
  localPref: undefined,
  originatorId: undefined,
  clusterList: [],
};

/** `count` /24s, each in an UPDATE of its own attributes. */
function announceTo(peer: ReturnType<typeof ribPeer>, count: number): void {
  for (let i = 0; i < count; i++)
    peer.apply(announcement(IPV4_UNICAST, PEER, { ...FACTS, med: i }, [Uint8Array.of(24, 10, 0, i)]));
}

/** A Loc-RIB, one slice of which runs at a time; `slice` gives the UPDATEs that it told, undefined: nothing is due. */
function slicedLocRib(families: readonly FamilyName[] = ["ipv4-unicast"]) {
  const deferred: (() => void)[] = [];
  const clock = {
    now: () => 0,
    monotonic: () => 0,
    setTimer: () => ({ cancel: () => {} }),
    defer: (callback: () => void) => void deferred.push(callback),
  };
  let told: Uint8Array[] = [];
  const observer = {
    peerUp: () => {},
    received: () => {},
    update: (_peer: EstablishedPeer, _rib: string, pdu: Uint8Array) => void told.push(pdu),
    peerDown: () => {},
  };
  const queue = new RunQueue(clock, 1);
  const environment = { clock, random: () => 0.5, queue, observer, sliceRoutes: SLICE_ROUTES };
  const locRib = new LocRib({ tableName: "global", families }, LOCAL, environment);
  const slice = (): readonly Uint8Array[] | undefined => {
    const callback = deferred.shift();
    if (callback === undefined) return undefined;
    told = [];
    callback();
    return told;
  };
  const slices = () => {
    const all: number[] = [];
    for (let pdus = slice(); pdus !== undefined; pdus = slice()) all.push(pdus.length);
    return all;
  };
  return { locRib, slice, slices };
}

test("routes that were there before come in slices, and those of a neighbour that is gone leave in slices", () => {
  const { locRib, slices } = slicedLocRib();
  const peer = ribPeer(PEER, [IPV4_UNICAST]);
  announceTo(peer, 35);
  locRib.open([peer]);
  // A destination and its candidate: five such a slice. The last one has End-of-RIB, too.
  expect(slices()).toEqual([5, 5, 5, 5, 5, 5, 6]);
  locRib.removePeer(peer);
  // Withdrawals go together. The last slice finds that nothing is left.
  expect(slices()).toEqual([1, 1, 1, 1, 0]);
  expect(locRib.statistics().adjRibInRoutes).toBe(0);
});

test("a destination with many candidates is looked at once for all changes, and others get their turn then", () => {
  const { locRib, slices } = slicedLocRib();
  const peer = ribPeer({ ...PEER, hasPathIds: true }, [IPV4_UNICAST]);
  locRib.open([]);
  slices();
  locRib.addPeer(peer);
  // Each is better than the one before.
  for (let id = 0; id < 45; id++) {
    const nlri = concatOctets([uint32(id), Uint8Array.of(24, 10, 0, 0)]);
    peer.apply(announcement(IPV4_UNICAST, PEER, { ...FACTS, med: 100 - id }, [nlri]));
  }
  const other = ribPeer({ ...PEER, address: "192.0.2.10", bgpId: 1 }, [IPV4_UNICAST]);
  locRib.addPeer(other);
  other.apply(announcement(IPV4_UNICAST, PEER, FACTS, [Uint8Array.of(24, 10, 0, 1)]));
  // 45 candidates, ten of which a slice pays for: the other destination has to wait for it.
  expect(slices()).toEqual([1, 0, 0, 0, 1]);
});

test("a family that changes all the time does not keep others waiting", () => {
  const { locRib, slice, slices } = slicedLocRib(["ipv4-unicast", "ipv6-unicast"]);
  const peer = ribPeer(PEER, [IPV4_UNICAST, IPV6_UNICAST]);
  locRib.open([peer]);
  slices();
  peer.apply(announcement(IPV6_UNICAST, PEER, FACTS, [Uint8Array.of(16, 0x20, 1)]));
  for (let round = 0; round < 2; round++) {
    // More than a slice can do.
    for (let i = 0; i < 2 * SLICE_ROUTES; i++)
      peer.apply(announcement(IPV4_UNICAST, PEER, { ...FACTS, med: round }, [Uint8Array.of(24, 10, round, i)]));
    slice();
  }
  expect(locRib.statistics().adjRibInByFamily).toEqual([
    { family: IPV4_UNICAST, routes: 9 },
    { family: IPV6_UNICAST, routes: 1 },
  ]);
});

test("nothing is kept of attributes that no route has any more", async () => {
  const { locRib, slices } = slicedLocRib();
  const peer = ribPeer(PEER, [IPV4_UNICAST]);
  locRib.open([peer]);
  announceTo(peer, 2);
  slices();
  const sets = [0, 1].map((route) => new WeakRef(peer.rib(IPV4_UNICAST)?.setOf(route) as AttributeSet));
  peer.apply(encodeUpdate({ withdrawn: Uint8Array.of(24, 10, 0, 0) }));
  slices();
  setFlagsFromString("--expose-gc");
  const collectGarbage = runInNewContext("gc") as () => void;
  // What a WeakRef has told lives until the end of the turn.
  await new Promise((resolve) => setTimeout(resolve));
  collectGarbage();
  expect(sets.map((set) => set.deref() !== undefined)).toEqual([false, true]);
});

test.each([
  { segments: 64, told: 65_448, why: "fits" },
  { segments: 65, told: undefined, why: "is too long for an UPDATE" },
  { segments: 120, told: undefined, why: "is too long for an attribute" },
])("an AS_PATH of $segments segments with AS numbers of two octets: with four it $why", ({ segments, told }) => {
  const { locRib, slices } = slicedLocRib();
  const peer = ribPeer({ ...PEER, isFourOctetAs: false }, [IPV4_UNICAST]);
  locRib.open([peer]);
  const segment = concatOctets([Uint8Array.of(2, 255), new Uint8Array(2 * 255).fill(1)]);
  const asPath = encodeAttribute(0x40, 2, concatOctets(Array.from({ length: segments }, () => segment)));
  const attributes = concatOctets([hex("400101 00"), asPath, hex("400304 c6336401")]);
  peer.apply(encodeUpdate({ attributes, nlri: hex("080a") }));
  slices();
  expect(Array.from(locRib.dump(IPV4_UNICAST), (pdu) => pdu.length)).toEqual(told === undefined ? [] : [told]);
  expect(peer.routes).toBe(1);
});
