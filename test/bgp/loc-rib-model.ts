import ipaddr from "ipaddr.js";
import { type AddressFamily, IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { concatOctets, uint16, uint32 } from "../../src/bgp/codec/octets.ts";
import { encodeAttribute, encodeMpReach, encodeUpdate } from "../../src/bgp/codec/update.ts";
import { RibPeer } from "../../src/bgp/established-peer.ts";
import type { PeerType } from "../../src/bgp/route-source.ts";
import { type RouteModel, routeKey, toHex } from "./route-model.ts";
import type { SampleRoute } from "./sample-routes.ts";

/** Us: AS 65010, 192.0.2.254. */
export const LOCAL = { as: 65010, bgpId: 0xc00002fe };
const OWN_ADDRESS = { ipv4: "192.0.2.254", ipv6: "2001:db8::254" };
const AS_TRANS = 23456;
const EMPTY = new Uint8Array(0);

/** A path segment: sets are written as lists in the list. */
export type Hop = number | readonly number[];

/** What a neighbour says of a route, before it is encoded. */
export interface RouteFacts {
  readonly origin: number;
  readonly path: readonly Hop[];
  readonly hasOwnNextHop: boolean;
  /** An IPv4 address, if it is not the usual one. */
  readonly nextHop?: string;
  readonly med: number | undefined;
  readonly localPref: number | undefined;
  readonly originatorId: number | undefined;
  readonly clusterList: readonly number[];
}

export interface TestPeer {
  readonly address: string;
  readonly as: number;
  readonly bgpId: number;
  readonly isFourOctetAs: boolean;
  readonly hasPathIds: boolean;
  readonly peerType: PeerType;
}

export const isExternal = ({ as }: TestPeer): boolean => as !== LOCAL.as;

export function ribPeer(
  { address, as, bgpId, isFourOctetAs, hasPathIds, peerType }: TestPeer,
  families: readonly AddressFamily[],
): RibPeer {
  const facts = {
    peerType,
    distinguisher: 0n,
    address,
    remoteAs: as,
    remoteBgpId: bgpId,
    localAddress: address.includes(":") ? OWN_ADDRESS.ipv6 : OWN_ADDRESS.ipv4,
    localPort: 179,
    remotePort: 1024,
    sentOpen: EMPTY,
    receivedOpen: EMPTY,
    establishedAt: 0,
    isFourOctetAs,
    isExtendedMessage: true,
    families,
    ribs: ["adj-rib-in-pre"] as const,
    onDemandRibs: ["adj-rib-in-post"] as const,
    pathIdFamilies: hasPathIds ? families : [],
    labels: () => ({ adminLabels: [] }),
  };
  return new RibPeer(facts, { as, capabilities: [] }, LOCAL, 7);
}

/** Of a form that takes any address, it is one of IPv4. */
const hasIpv4NextHop = ({ afi, form }: AddressFamily): boolean =>
  afi === 1 || !["prefix", "labeled-prefix", "vpn-prefix"].includes(form);

/** The next hop of a family: an address, of 4 octets where both are possible, behind what the family has before it. */
function nextHopOf(family: AddressFamily, { hasOwnNextHop, nextHop = "198.51.100.1" }: RouteFacts): Uint8Array {
  if (family.form === "flow") return EMPTY;
  const isIpv4 = hasIpv4NextHop(family);
  // A neighbour knows us by one address: of the other family none is ours.
  const own = isIpv4 ? OWN_ADDRESS.ipv4 : OWN_ADDRESS.ipv6;
  const other = isIpv4 ? nextHop : "2001:db8::1";
  const address = Uint8Array.from(ipaddr.parse(hasOwnNextHop ? own : other).toByteArray());
  const isVpn = family.form === "vpn-prefix";
  return isVpn ? concatOctets([new Uint8Array(8), address]) : address;
}

function isNextHopOurs(family: AddressFamily, peer: TestPeer, { hasOwnNextHop }: RouteFacts): boolean {
  if (!hasOwnNextHop || family.form === "flow") return false;
  const isIpv4 = hasIpv4NextHop(family);
  return isIpv4 !== peer.address.includes(":");
}

function encodePath(path: readonly Hop[], encode: (as: number) => Uint8Array): Uint8Array {
  const segments: Uint8Array[] = [];
  for (let at = 0; at < path.length; ) {
    const hop = path[at];
    if (typeof hop !== "number") {
      const set = hop as readonly number[];
      segments.push(Uint8Array.of(1, set.length), ...set.map(encode));
      at++;
      continue;
    }
    let end = at;
    while (typeof path[end] === "number") end++;
    segments.push(Uint8Array.of(2, end - at), ...(path.slice(at, end) as number[]).map(encode));
    at = end;
  }
  return concatOctets(segments);
}

const narrow = (as: number) => uint16(as > 0xffff ? AS_TRANS : as);

/** Less MP_REACH_NLRI. `isAsKept`: as our tables and the Loc-RIB have them, with AS numbers of four octets. */
function attributesOf(family: AddressFamily, peer: TestPeer, facts: RouteFacts, isAsKept: boolean): Uint8Array {
  const isWide = isAsKept || peer.isFourOctetAs;
  const hasInternal = !isAsKept || !isExternal(peer);
  const needsAs4 = !isWide && facts.path.flat().some((as) => as > 0xffff);
  const list = (when: boolean, flags: number, type: number, value: () => Uint8Array) =>
    when ? [encodeAttribute(flags, type, value())] : [];
  return concatOctets([
    encodeAttribute(0x40, 1, Uint8Array.of(facts.origin)),
    encodeAttribute(0x40, 2, encodePath(facts.path, isWide ? uint32 : narrow)),
    ...list(family === IPV4_UNICAST, 0x40, 3, () => nextHopOf(family, facts)),
    ...list(facts.med !== undefined, 0x80, 4, () => uint32(facts.med as number)),
    ...list(facts.localPref !== undefined && hasInternal, 0x40, 5, () => uint32(facts.localPref as number)),
    ...list(facts.originatorId !== undefined && hasInternal, 0x80, 9, () => uint32(facts.originatorId as number)),
    ...list(facts.clusterList.length > 0 && hasInternal, 0x80, 10, () => concatOctets(facts.clusterList.map(uint32))),
    ...list(needsAs4, 0xc0, 17, () => encodePath(facts.path, uint32)),
  ]);
}

export function announcement(
  family: AddressFamily,
  peer: TestPeer,
  facts: RouteFacts,
  nlri: readonly Uint8Array[],
): Uint8Array {
  const attributes = attributesOf(family, peer, facts, false);
  const routes = concatOctets(nlri);
  if (family === IPV4_UNICAST) return encodeUpdate({ attributes, nlri: routes });
  const mpReach = encodeMpReach(family, nextHopOf(family, facts), routes);
  return encodeUpdate({ attributes: concatOctets([mpReach, attributes]) });
}

interface ModelRoute {
  readonly peer: TestPeer;
  readonly pathId: number;
  readonly facts: RouteFacts;
  readonly nlri: Uint8Array;
}

/** All routes that neighbours have announced; the best ones are found by looking at all of them. */
export class LocRibModel {
  /** By neighbour, then by destination and Path Identifier. */
  readonly #routes = new Map<number, Map<string, ModelRoute & { family: AddressFamily; key: string }>>();

  announce(
    peerNumber: number,
    family: AddressFamily,
    { key, nlri }: SampleRoute,
    route: Omit<ModelRoute, "nlri">,
  ): void {
    const routes = this.#routes.get(peerNumber) ?? new Map();
    this.#routes.set(peerNumber, routes);
    routes.set(`${family.name} ${key} ${route.pathId}`, { ...route, nlri, family, key });
  }

  withdraw(peerNumber: number, family: AddressFamily, { key }: SampleRoute, pathId: number): void {
    this.#routes.get(peerNumber)?.delete(`${family.name} ${key} ${pathId}`);
  }

  /** How many routes of a neighbour may be used. */
  usable(peerNumber: number): number {
    const routes = [...(this.#routes.get(peerNumber)?.values() ?? [])];
    return routes.filter((route) => !isUnusable(route.family, route)).length;
  }

  peerDown(peerNumber: number): void {
    this.#routes.delete(peerNumber);
  }

  /** As `applyToModel` makes it of UPDATEs. */
  best(families: readonly AddressFamily[]): RouteModel {
    const byDestination = new Map<string, ModelRoute[]>();
    const familyOf = new Map<string, AddressFamily>();
    for (const routes of this.#routes.values())
      for (const route of routes.values()) {
        if (!families.includes(route.family) || route.peer.peerType !== "global") continue;
        if (isUnusable(route.family, route)) continue;
        const destination = routeKey(route.family, ` ${route.key}`);
        familyOf.set(destination, route.family);
        byDestination.set(destination, [...(byDestination.get(destination) ?? []), route]);
      }
    const best: RouteModel = new Map();
    for (const [destination, routes] of byDestination) {
      const family = familyOf.get(destination) as AddressFamily;
      const { peer, facts, nlri } = decide(routes);
      const nextHop = family === IPV4_UNICAST ? "-" : toHex(nextHopOf(family, facts));
      best.set(destination, `${nextHop} ${toHex(attributesOf(family, peer, facts, true))} ${toHex(nlri)}`);
    }
    return best;
  }
}

function isUnusable(family: AddressFamily, { peer, facts }: ModelRoute): boolean {
  if (facts.path.flat().includes(LOCAL.as)) return true;
  if (isNextHopOurs(family, peer, facts)) return true;
  if (isExternal(peer)) return false;
  return facts.originatorId === LOCAL.bgpId || facts.clusterList.includes(LOCAL.bgpId);
}

/** RFC 4271 section 9.1.2.2, one rule after the other, each of which leaves some of the routes. */
function decide(routes: readonly ModelRoute[]): ModelRoute {
  let left = routes;
  const keepLowest = (of: (route: ModelRoute) => number) => {
    const lowest = Math.min(...left.map(of));
    left = left.filter((route) => of(route) === lowest);
  };
  const ifInternal = <T>(route: ModelRoute, value: T, otherwise: T) => (isExternal(route.peer) ? otherwise : value);
  keepLowest((route) => -(ifInternal(route, route.facts.localPref, undefined) ?? 100));
  keepLowest(({ facts }) => facts.path.length);
  keepLowest(({ facts }) => facts.origin);
  const neighborAs = ({ facts, peer }: ModelRoute) => {
    const [first] = facts.path;
    return typeof first === "number" ? first : peer.as;
  };
  left = left.filter((route) =>
    left.every((other) => neighborAs(other) !== neighborAs(route) || (other.facts.med ?? 0) >= (route.facts.med ?? 0)),
  );
  keepLowest(({ peer }) => (isExternal(peer) ? 0 : 1));
  keepLowest((route) => ifInternal(route, route.facts.originatorId, undefined) ?? route.peer.bgpId);
  keepLowest((route) => ifInternal(route, route.facts.clusterList.length, 0));
  const addresses = [...new Set(left.map(({ peer }) => peer.address))].sort(byAddress);
  left = left.filter(({ peer }) => peer.address === addresses[0]);
  keepLowest(({ pathId }) => pathId);
  if (left.length !== 1) throw new Error(`${left.length} routes are best`);
  return left[0] as ModelRoute;
}

function byAddress(a: string, b: string): number {
  const [x, y] = [a, b].map((text) => ipaddr.parse(text).toByteArray()) as [number[], number[]];
  if (x.length !== y.length) return x.length - y.length;
  const at = x.findIndex((octet, i) => octet !== y[i]);
  return (x[at] as number) - (y[at] as number);
}
