import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { BgpError } from "../../src/bgp/codec/bgp-error.ts";
import { GRACEFUL_RESTART_AWARE } from "../../src/bgp/codec/capability.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import {
  encodeAttribute,
  encodeEndOfRib,
  encodeMpReach,
  encodeMpUnreach,
  encodeUpdate,
} from "../../src/bgp/codec/update.ts";
import { RibPeer } from "../../src/bgp/established-peer.ts";
import type { PeerStatistics } from "../../src/bgp/route-source.ts";
import { hex, thrownBy, update } from "./codec/octets.ts";
import { applyToModel, type RouteModel, routeKey, toHex } from "./route-model.ts";
import { SAMPLE_ROUTES, type SampleRoute } from "./sample-routes.ts";

const MANDATORY = "400101 00 400200 400304 0a000001";
const EMPTY = new Uint8Array(0);
const L3VPN = ADDRESS_FAMILIES.find(({ name }) => name === "l3vpn-ipv4-unicast") as AddressFamily;
const UNICAST = [IPV4_UNICAST, IPV6_UNICAST];

/** Us: AS 4,200,000,000, 192.0.2.2. */
const LOCAL = { as: 0xfa56ea00, bgpId: 0xc0000202 };

function peerWith({
  families = ADDRESS_FAMILIES,
  isRestartAware = false,
  isFourOctetAs = true,
  remoteAs = 65001,
  isOurs = true,
  pathIds = new Set<AddressFamily>() as ReadonlySet<AddressFamily>,
} = {}): RibPeer {
  const facts = {
    peerType: "global" as const,
    distinguisher: 0n,
    ribs: ["adj-rib-in-pre"] as const,
    onDemandRibs: isOurs ? (["adj-rib-in-post"] as const) : [],
    address: "192.0.2.1",
    remoteAs,
    remoteBgpId: 1,
    localAddress: "192.0.2.2",
    localPort: 179,
    remotePort: 1024,
    sentOpen: EMPTY,
    receivedOpen: EMPTY,
    establishedAt: 0,
    isFourOctetAs,
    isExtendedMessage: true,
    families,
    pathIdFamilies: [...pathIds],
    labels: () => ({ adminLabels: [] }),
  };
  const capabilities = isRestartAware ? [GRACEFUL_RESTART_AWARE] : [];
  return new RibPeer(facts, { as: remoteAs, capabilities }, isOurs ? LOCAL : undefined, 7);
}

function modelOf(pdus: Iterable<Uint8Array>, pathIds: ReadonlySet<AddressFamily>): RouteModel {
  const model: RouteModel = new Map();
  for (const pdu of pdus) applyToModel(model, pdu, { pathIds });
  return model;
}

function dumpOf(peer: RibPeer): Uint8Array[] {
  return peer.families.flatMap((family) => Array.from(peer.dump(family), (pdu) => new Uint8Array(pdu)));
}

function sorted(model: RouteModel): [string, string][] {
  return [...model].sort(([a], [b]) => (a < b ? -1 : 1));
}

test("a valid UPDATE is passed on as received", () => {
  const pdu = update({ withdrawn: "080a", attributes: MANDATORY, nlri: "18c00002" });
  const peer = peerWith({ families: UNICAST });
  expect(peer.apply(pdu)).toEqual([pdu]);
  expect(peer.statistics()).toEqual({
    duplicateAnnouncements: 0,
    duplicateWithdrawals: 1,
    asPathLoops: 0,
    originatorIdLoops: 0,
    clusterListLoops: 0,
    treatedAsWithdraw: 0,
    prefixesTreatedAsWithdraw: 0,
    duplicateUpdates: 0,
    adjRibInRoutes: 1,
    adjRibInByFamily: [
      { family: IPV4_UNICAST, routes: 1 },
      { family: IPV6_UNICAST, routes: 0 },
    ],
    postPolicyAdjRibIn: {
      routes: 1,
      byFamily: [
        { family: IPV4_UNICAST, routes: 1 },
        { family: IPV6_UNICAST, routes: 0 },
      ],
    },
  });
});

test("treat-as-withdraw: the observer is told withdrawals, and it is counted (RFC 7606 2)", () => {
  const peer = peerWith({ families: UNICAST });
  peer.apply(update({ attributes: MANDATORY, nlri: "18c00002" }));
  peer.apply(update({ attributes: `800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8 ${MANDATORY}` }));
  expect(peer.routes).toBe(2);
  const malformed = update({
    withdrawn: "080a",
    attributes: `800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8 800f08 0002 01 2020010db9 400101 09 400200 400304 0a000001`,
    nlri: "18c00002",
  });
  expect(peer.apply(malformed)).toEqual([
    update({ withdrawn: "080a 18c00002" }),
    update({ attributes: "800f08 0002 01 2020010db9" }),
    update({ attributes: "800f08 0002 01 2020010db8" }),
  ]);
  expect(peer.routes).toBe(0);
  // 10.0.0.0/8 and 2001:db9::/32 were withdrawn, and not there.
  expect(peer.statistics()).toMatchObject({
    treatedAsWithdraw: 1,
    prefixesTreatedAsWithdraw: 2,
    duplicateWithdrawals: 2,
    duplicateUpdates: 0,
  });
});

describe("a loop is counted, and the routes are kept, for RIBs before policy have them", () => {
  const originator = "800904 c0000202";
  test.each([
    ["none", {}, "400200", [0, 0]],
    ["our AS in AS_SEQUENCE (RFC 4271 9.1.2)", {}, "40020a 0202 00000001 fa56ea00", [1, 0]],
    ["our AS in AS_SET", {}, "400210 0201 00000001 0102 00000002 fa56ea00", [1, 0]],
    ["an AS that differs in one octet", {}, "400206 0201 fa56ea01", [0, 0]],
    ["our AS as a member of a confederation (RFC 5065)", { remoteAs: LOCAL.as }, "400206 0301 fa56ea00", [0, 0]],
    ["our AS beyond a confederation", { remoteAs: LOCAL.as }, "40020c 0301 00000001 0201 fa56ea00", [1, 0]],
    [
      "from a 2-octet speaker, in AS4_PATH (RFC 6793)",
      { isFourOctetAs: false },
      "400204 0201 5ba0 c01106 0201 fa56ea00",
      [1, 0],
    ],
    ["from a 2-octet speaker, none", { isFourOctetAs: false }, "400204 0201 ea00", [0, 0]],
    ["our ORIGINATOR_ID (RFC 4456 8)", { remoteAs: LOCAL.as }, `400200 ${originator}`, [0, 1]],
    ["another ORIGINATOR_ID", { remoteAs: LOCAL.as }, "400200 800904 c0000203", [0, 0]],
    ["our ORIGINATOR_ID from another AS, which is discarded", {}, `400200 ${originator}`, [0, 0]],
    ["both: counted once", { remoteAs: LOCAL.as }, `400206 0201 fa56ea00 ${originator}`, [1, 0]],
  ] as const)("%s", (_what, options, path, loops) => {
    const peer = peerWith(options);
    peer.apply(update({ attributes: `400101 00 ${path} 400304 0a000001`, nlri: "18c00002" }));
    const { asPathLoops, originatorIdLoops, adjRibInRoutes } = peer.statistics();
    expect([asPathLoops, originatorIdLoops]).toEqual(loops);
    expect(adjRibInRoutes).toBe(1);
  });

  test("not without routes", () => {
    const peer = peerWith();
    peer.apply(update({ withdrawn: "18c00002", attributes: "400101 00 400206 0201 fa56ea00 400304 0a000001" }));
    expect(peer.statistics()).toMatchObject({ asPathLoops: 0, duplicateWithdrawals: 1 });
  });
});

test("attribute discard: the observer is told the UPDATE without it (RFC 7606 2)", () => {
  const peer = peerWith({ families: UNICAST });
  expect(peer.apply(update({ attributes: `400504 00000064 ${MANDATORY}`, nlri: "18c00002" }))).toEqual([
    update({ attributes: MANDATORY, nlri: "18c00002" }),
  ]);
  expect(dumpOf(peer)).toEqual([update({ attributes: MANDATORY, nlri: "18c00002" })]);
});

test("families that were not negotiated are left out", () => {
  const reach = "800e1a 0002 01 10 20010db8000000000000000000000001 00 2020010db8";
  const ipv4 = peerWith({ families: [IPV4_UNICAST] });
  expect(ipv4.apply(update({ attributes: `${reach} ${MANDATORY}` }))).toEqual([]);
  expect(ipv4.apply(update({ attributes: `${reach} ${MANDATORY}`, nlri: "080a" }))).toEqual([
    update({ attributes: MANDATORY, nlri: "080a" }),
  ]);
  expect(ipv4.apply(encodeEndOfRib(IPV6_UNICAST))).toEqual([]);
  const ipv6 = peerWith({ families: [IPV6_UNICAST] });
  expect(ipv6.apply(update({ attributes: MANDATORY, nlri: "080a" }))).toEqual([]);
  expect(ipv6.apply(update({ withdrawn: "080b", attributes: `${reach} ${MANDATORY}`, nlri: "080a" }))).toEqual([
    update({ attributes: `${reach} ${MANDATORY}` }),
  ]);
  expect([ipv4.routes, ipv6.routes]).toEqual([1, 1]);
  expect(() => ipv6.dump(IPV4_UNICAST)).toThrow("ipv4-unicast was not negotiated");
});

test("an UPDATE that ends the session changes nothing", () => {
  const peer = peerWith({ families: UNICAST });
  peer.apply(update({ attributes: MANDATORY, nlri: "080a" }));
  const error = thrownBy(() => peer.apply(update({ withdrawn: "080a", attributes: `${MANDATORY} 800f02 0002` })));
  expect(error).toBeInstanceOf(BgpError);
  expect(peer.routes).toBe(1);
});

describe("End-of-RIB (RFC 4724 2)", () => {
  test("received", () => {
    const peer = peerWith({ families: UNICAST, isRestartAware: true });
    expect(peer.inferEndOfRib()).toEqual([]);
    expect(peer.isEndOfRib(IPV4_UNICAST)).toBe(false);
    expect(peer.apply(encodeEndOfRib(IPV4_UNICAST))).toEqual([encodeEndOfRib(IPV4_UNICAST)]);
    expect([peer.isEndOfRib(IPV4_UNICAST), peer.isEndOfRib(IPV6_UNICAST)]).toEqual([true, false]);
  });

  test("inferred, once, for a neighbour that does not know graceful restart", () => {
    const peer = peerWith({ families: UNICAST });
    peer.apply(encodeEndOfRib(IPV6_UNICAST));
    expect(peer.inferEndOfRib()).toEqual([encodeEndOfRib(IPV4_UNICAST)]);
    expect(peer.inferEndOfRib()).toEqual([]);
    expect([peer.isEndOfRib(IPV4_UNICAST), peer.isEndOfRib(IPV6_UNICAST)]).toEqual([true, true]);
  });
});

interface Route {
  readonly family: AddressFamily;
  readonly routes: readonly SampleRoute[];
}

/** Sample routes of `family`, each with one of two Path Identifiers if it has any. */
function routesOf(family: AddressFamily, hasPathIds: boolean): fc.Arbitrary<Route> {
  const ids = hasPathIds ? [hex("00000000"), hex("00000a01")] : [EMPTY];
  const samples = SAMPLE_ROUTES[family.name].flatMap(({ key, nlri }) =>
    ids.map((id) => ({ key: `${toHex(id)} ${key}`, nlri: concatOctets([id, nlri]) })),
  );
  return fc.uniqueArray(fc.constantFrom(...samples), { maxLength: 6 }).map((routes) => ({ family, routes }));
}

function stepWith(pathIds: ReadonlySet<AddressFamily>) {
  const of = (family: AddressFamily): fc.Arbitrary<Route> => routesOf(family, pathIds.has(family));
  return fc.record({
    withdrawn: of(IPV4_UNICAST),
    nlri: of(IPV4_UNICAST),
    unreach: fc.option(fc.oneof(...ADDRESS_FAMILIES.map(of))),
    reach: fc.option(fc.oneof(...ADDRESS_FAMILIES.map(of))),
    med: fc.nat(2),
    fault: fc.constantFrom("none", "none", "none", "treat-as-withdraw", "attribute-discard"),
  });
}

type Step = ReturnType<typeof stepWith> extends fc.Arbitrary<infer T> ? T : never;

const isAnnouncing = ({ nlri, reach }: Step): boolean => nlri.routes.length + (reach?.routes.length ?? 0) > 0;
const octetsOf = ({ routes }: Route): Uint8Array => concatOctets(routes.map(({ nlri }) => nlri));

/** Octets of a next hop, as each form of NLRI has it; others take any address. */
const NEXT_HOP_BYTES = { prefix: [4, 16], "labeled-prefix": [4, 32], "vpn-prefix": [12, 24], flow: [0, 0] } as const;

function nextHopOf({ afi, form }: AddressFamily): Uint8Array {
  const octets = form in NEXT_HOP_BYTES ? NEXT_HOP_BYTES[form as keyof typeof NEXT_HOP_BYTES][afi === 1 ? 0 : 1] : 4;
  return new Uint8Array(octets).fill(1);
}

function attributesOf({ med }: Step): Uint8Array {
  return concatOctets([hex(MANDATORY), encodeAttribute(0x80, 4, Uint8Array.of(0, 0, 0, med))]);
}

function pduOf(update: Step): Uint8Array {
  const { withdrawn, nlri, unreach, reach, fault } = update;
  const attributes = [
    ...(reach === null ? [] : [encodeMpReach(reach.family, nextHopOf(reach.family), octetsOf(reach))]),
    ...(unreach === null ? [] : [encodeMpUnreach(unreach.family, octetsOf(unreach))]),
    ...(isAnnouncing(update) ? [attributesOf(update)] : []),
    ...(isAnnouncing(update) && fault === "treat-as-withdraw" ? [hex("c00803 000000")] : []),
    ...(fault === "attribute-discard" ? [hex("400601 00")] : []),
  ];
  return encodeUpdate({
    withdrawn: octetsOf(withdrawn),
    attributes: concatOctets(attributes),
    nlri: octetsOf(nlri),
  });
}

type Counts = Pick<
  PeerStatistics,
  | "duplicateAnnouncements"
  | "duplicateWithdrawals"
  | "treatedAsWithdraw"
  | "prefixesTreatedAsWithdraw"
  | "duplicateUpdates"
>;

/** What the UPDATE means, told from what it was made of. Returns what it adds to the statistics. */
function applyStep(model: RouteModel, update: Step): Counts {
  const { withdrawn, nlri, unreach, reach, fault } = update;
  const seen = { same: 0, absent: 0, faulty: 0, changed: 0 };
  const isWithdrawn = fault === "treat-as-withdraw" && isAnnouncing(update);
  const text = toHex(attributesOf(update));
  for (const field of [withdrawn, unreach])
    for (const { key } of field?.routes ?? [])
      seen[model.delete(routeKey((field as Route).family, key)) ? "changed" : "absent"]++;
  const announce = ({ family, routes }: Route, nextHop: string): void => {
    for (const route of routes) {
      const key = routeKey(family, route.key);
      const value = `${nextHop} ${text} ${toHex(route.nlri)}`;
      if (isWithdrawn) seen.faulty++;
      else seen[model.get(key) === value ? "same" : "changed"]++;
      if (isWithdrawn) model.delete(key);
      else model.set(key, value);
    }
  };
  announce(nlri, "-");
  if (reach !== null) announce(reach, toHex(nextHopOf(reach.family)));
  return {
    duplicateAnnouncements: seen.same,
    duplicateWithdrawals: seen.absent,
    treatedAsWithdraw: isWithdrawn ? 1 : 0,
    prefixesTreatedAsWithdraw: seen.faulty,
    duplicateUpdates: !isWithdrawn && seen.changed === 0 && seen.same + seen.absent > 0 ? 1 : 0,
  };
}

function sumOf(all: readonly Counts[]): Counts {
  const sum = (of: keyof Counts): number => all.reduce((total, counts) => total + counts[of], 0);
  return {
    duplicateAnnouncements: sum("duplicateAnnouncements"),
    duplicateWithdrawals: sum("duplicateWithdrawals"),
    treatedAsWithdraw: sum("treatedAsWithdraw"),
    prefixesTreatedAsWithdraw: sum("prefixesTreatedAsWithdraw"),
    duplicateUpdates: sum("duplicateUpdates"),
  };
}

const SESSIONS = [
  ["no family has several paths", new Set<AddressFamily>()],
  ["each family has several paths", new Set(ADDRESS_FAMILIES)],
] as const;

test.each(SESSIONS)("%s: the table, its dump, the statistics and the observer's stream agree", (_, pathIds) => {
  fc.assert(
    fc.property(fc.array(stepWith(pathIds), { maxLength: 30 }), (steps) => {
      const peer = peerWith({ pathIds });
      const expected: RouteModel = new Map();
      const observed: Uint8Array[] = [];
      const counts: Counts[] = [];
      for (const update of steps) {
        observed.push(...peer.apply(pduOf(update)));
        counts.push(applyStep(expected, update));
      }
      expect(peer.statistics()).toMatchObject(sumOf(counts));
      expect(sorted(modelOf(observed, pathIds))).toEqual(sorted(expected));
      expect(sorted(modelOf(dumpOf(peer), pathIds))).toEqual(sorted(expected));
      expect(peer.routes).toBe(expected.size);
    }),
    { numRuns: 500 },
  );
});

test.each(SESSIONS)("%s: a dump interrupted by UPDATEs, and then those, give the table at the end", (_, pathIds) => {
  const fewer = fc.array(stepWith(pathIds), { maxLength: 8 });
  fc.assert(
    fc.property(fewer, fc.array(fewer, { maxLength: 4 }), (before, bursts) => {
      const peer = peerWith({ pathIds });
      const expected: RouteModel = new Map();
      const run = (steps: readonly Step[]): Uint8Array[] =>
        steps.flatMap((update) => {
          applyStep(expected, update);
          return [...peer.apply(pduOf(update))];
        });
      run(before);
      const reader: Uint8Array[] = [];
      const later: Uint8Array[] = [];
      // A second reader takes over from the first at some place of each table, and ends later than it.
      const other: Uint8Array[] = [];
      for (const family of peer.families) {
        const dump = peer.dump(family);
        let fork: typeof dump | undefined;
        for (let next = dump.next(); next.done !== true; next = dump.next()) {
          reader.push(next.value);
          if (fork === undefined) other.push(next.value);
          fork ??= dump.fork();
          later.push(...run(bursts.pop() ?? []));
        }
        if (fork !== undefined) other.push(...fork);
      }
      expect(sorted(modelOf([...reader, ...later], pathIds))).toEqual(sorted(expected));
      expect(sorted(modelOf([...other, ...later], pathIds))).toEqual(sorted(expected));
    }),
    { numRuns: 300 },
  );
});

describe("after policy there are only routes that may be used (RFC 4271 9.1.2)", () => {
  const OTHERS = "400101 00 400206 0201 0000fde9 400304 0a000001";
  /** Ours, in an AS_SEQUENCE. */
  const LOOP = "400101 00 40020a 0202 0000fde9 fa56ea00 400304 0a000001";
  const OWN_NEXT_HOP = "400101 00 400206 0201 0000fde9 400304 c0000202";

  const postOf = (peer: RibPeer, family = IPV4_UNICAST): Uint8Array[] =>
    Array.from(peer.dump(family, "adj-rib-in-post"), (pdu) => new Uint8Array(pdu));

  test("an UPDATE whose routes may be used is told as received", () => {
    const peer = peerWith({ families: UNICAST });
    const pdu = update({ withdrawn: "080a", attributes: OTHERS, nlri: "18c00002" });
    peer.apply(pdu);
    expect(peer.postPolicyUpdates).toEqual([pdu]);
    expect(postOf(peer)).toEqual(dumpOf(peer));
  });

  test.each([
    ["our AS number in AS_PATH", LOOP],
    ["our address as NEXT_HOP", OWN_NEXT_HOP],
  ])("%s: the routes are withdrawn, and not in the table", (_why, attributes) => {
    const peer = peerWith({ families: UNICAST });
    peer.apply(update({ attributes: OTHERS, nlri: "18c00002 080b" }));
    peer.apply(update({ withdrawn: "080b", attributes, nlri: "18c00002 080a" }));
    expect(peer.postPolicyUpdates).toEqual([update({ withdrawn: "080b 18c00002 080a" })]);
    expect(postOf(peer)).toEqual([]);
    expect(peer.statistics().adjRibInRoutes).toBe(2);
    peer.apply(update({ attributes: OTHERS, nlri: "18c00002" }));
    expect(postOf(peer)).toEqual([update({ attributes: OTHERS, nlri: "18c00002" })]);
  });

  test.each([
    ["our BGP Identifier as ORIGINATOR_ID", "800904 c0000202"],
    ["our BGP Identifier in CLUSTER_LIST", "800a08 00000007 c0000202"],
  ])("of a neighbour in our AS: %s", (_why, attribute) => {
    const peer = peerWith({ families: UNICAST, remoteAs: LOCAL.as });
    peer.apply(update({ attributes: `${MANDATORY} ${attribute}`, nlri: "18c00002" }));
    expect(peer.postPolicyUpdates).toEqual([update({ withdrawn: "18c00002" })]);
    expect(postOf(peer)).toEqual([]);
  });

  test("of another router's neighbour that is not ours to say", () => {
    const peer = peerWith({ families: UNICAST, isOurs: false });
    const pdu = update({ attributes: `400101 00 40020a 0202 0000fde9 00000000 400304 c0000202`, nlri: "18c00002" });
    expect(peer.apply(pdu)).toEqual([pdu]);
    expect(peer.statistics()).toMatchObject({ asPathLoops: 0, adjRibInRoutes: 1 });
    expect(peer.rib(IPV4_UNICAST)?.usableSize).toBe(1);
  });

  test("routes of MP_REACH_NLRI have a next hop of their own", () => {
    const peer = peerWith({ families: [IPV4_UNICAST, L3VPN] });
    const reach = (nextHop: string) =>
      `800e20 0001 80 0c 0000000000000000 ${nextHop} 00 70 000641 0000fde900000001 c00002`;
    const nlri = "70 000641 0000fde900000001 c00002";
    peer.apply(update({ attributes: `${reach("c0000202")} ${OTHERS}`, nlri: "080a" }));
    expect(peer.postPolicyUpdates).toEqual([
      update({ attributes: OTHERS, nlri: "080a" }),
      update({ attributes: `800f12 0001 80 ${nlri}` }),
    ]);
    expect([postOf(peer).length, postOf(peer, L3VPN).length]).toEqual([1, 0]);
    peer.apply(update({ attributes: `${reach("c0000203")} ${OWN_NEXT_HOP}`, nlri: "080a" }));
    expect(peer.postPolicyUpdates).toEqual([
      update({ withdrawn: "080a", attributes: `${reach("c0000203")} ${OWN_NEXT_HOP}` }),
    ]);
    expect([postOf(peer).length, postOf(peer, L3VPN).length]).toEqual([0, 1]);
  });
});
