import { type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../bgp/address-family.ts";
import { encodeAnnouncement, type RouteAttributes } from "../bgp/codec/announcement.ts";
import { encodePrefixes } from "../bgp/codec/prefix.ts";
import { encodeEndOfRib, encodeWithdrawal } from "../bgp/codec/update.ts";
import { LAB_NEIGHBOR } from "./lab-topology.ts";

/** Routes that are announced in one UPDATE. */
interface SampleRoutes {
  readonly family: AddressFamily;
  readonly attributes: RouteAttributes;
  readonly prefixes: readonly string[];
}

const IGP = 0;
const INCOMPLETE = 2;
const NEXT_HOP_IPV4 = ["192.0.2.2"];
const NEXT_HOP_IPV6 = ["2001:db8::2"];

/** What the neighbour announces routes of. */
export const LAB_FAMILIES: readonly AddressFamily[] = [IPV4_UNICAST, IPV6_UNICAST];

/** A standard community, `AS:value`. */
const community = (value: number): number => LAB_NEIGHBOR.as * 0x1_0000 + value;

/** Prefixes for documentation (RFC 5737, RFC 3849, RFC 9637), from ASes for documentation (RFC 5398). */
const SAMPLE_ROUTES: readonly SampleRoutes[] = [
  {
    family: IPV4_UNICAST,
    attributes: { origin: IGP, asPath: [LAB_NEIGHBOR.as], nextHop: NEXT_HOP_IPV4, multiExitDisc: 10 },
    prefixes: ["192.0.2.0/26", "192.0.2.64/26", "192.0.2.128/25"],
  },
  {
    family: IPV4_UNICAST,
    attributes: {
      origin: IGP,
      asPath: [LAB_NEIGHBOR.as, 64496, 65551],
      nextHop: NEXT_HOP_IPV4,
      communities: [community(100), community(200)],
    },
    prefixes: ["198.51.100.0/24"],
  },
  {
    family: IPV4_UNICAST,
    attributes: { origin: INCOMPLETE, asPath: [LAB_NEIGHBOR.as, 64500, 64500, 64501], nextHop: NEXT_HOP_IPV4 },
    prefixes: ["203.0.113.0/25", "203.0.113.128/25"],
  },
  {
    family: IPV6_UNICAST,
    attributes: { origin: IGP, asPath: [LAB_NEIGHBOR.as], nextHop: NEXT_HOP_IPV6, multiExitDisc: 10 },
    prefixes: ["2001:db8::/48", "2001:db8:1::/48", "2001:db8:2::/48"],
  },
  {
    family: IPV6_UNICAST,
    attributes: {
      origin: IGP,
      asPath: [LAB_NEIGHBOR.as, 64496, 65551],
      nextHop: NEXT_HOP_IPV6,
      communities: [community(100), community(200)],
    },
    prefixes: ["2001:db8:8000::/33"],
  },
  {
    family: IPV6_UNICAST,
    attributes: { origin: INCOMPLETE, asPath: [LAB_NEIGHBOR.as, 64500, 64500, 64501], nextHop: NEXT_HOP_IPV6 },
    prefixes: ["3fff::/24", "3fff:100::/24"],
  },
];

/** The whole table as UPDATEs, then End-of-RIB of each family (RFC 4724 section 2). */
export function encodeTable(): Uint8Array[] {
  return [
    ...SAMPLE_ROUTES.map(({ family, attributes, prefixes }) => encodeAnnouncement(family, attributes, prefixes)),
    ...LAB_FAMILIES.map(encodeEndOfRib),
  ];
}

/**
 * The UPDATEs that follow the table one by one, for ever: a route is withdrawn, then announced again, then the same
 * happens to a route of the other family.
 */
export function* encodeChanges(): Generator<Uint8Array, never> {
  const unsteady = SAMPLE_ROUTES.filter(({ prefixes }) => prefixes.length === 1);
  for (;;) {
    for (const { family, attributes, prefixes } of unsteady) {
      yield encodeWithdrawal(family, encodePrefixes(family, prefixes));
      yield encodeAnnouncement(family, attributes, prefixes);
    }
  }
}
