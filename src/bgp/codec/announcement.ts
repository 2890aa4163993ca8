import ipaddr from "ipaddr.js";
import { type AddressFamily, IPV4_UNICAST } from "../address-family.ts";
import { AS_TRANS, AttributeType } from "./iana.ts";
import { concatOctets, uint16, uint32 } from "./octets.ts";
import { encodePrefixes } from "./prefix.ts";
import { encodeAttribute, encodeMpReach, encodeUpdate } from "./update.ts";

const WELL_KNOWN = 0x40;
const OPTIONAL_NON_TRANSITIVE = 0x80;
const OPTIONAL_TRANSITIVE = 0xc0;
const AS_SEQUENCE = 2;

/** What is said of routes that are announced together. */
export interface RouteAttributes {
  /** 0 IGP, 1 EGP, 2 INCOMPLETE. */
  readonly origin: 0 | 1 | 2;
  /** One AS_SEQUENCE; at most 255 numbers. */
  readonly asPath: readonly number[];
  /** One address, or for IPv6 a global and a link-local one. */
  readonly nextHop: readonly string[];
  readonly multiExitDisc?: number;
  readonly localPref?: number;
  /** 32 bits each. */
  readonly communities?: readonly number[];
}

/**
 * The announcement of `prefixes` (text form): IPv4 in the classic fields, all else in MP_REACH_NLRI.
 * @param isFourOctetAs what the session's AS_PATHs use (RFC 6793)
 * @throws RangeError when they do not fit in one message
 */
export function encodeAnnouncement(
  family: AddressFamily,
  route: RouteAttributes,
  prefixes: readonly string[],
  isFourOctetAs = true,
): Uint8Array {
  const isClassic = family === IPV4_UNICAST;
  const nextHop = Uint8Array.from(route.nextHop.flatMap((address) => ipaddr.parse(address).toByteArray()));
  const nlri = encodePrefixes(family, prefixes);
  const attributes = concatOctets([
    ...(isClassic ? [] : [encodeMpReach(family, nextHop, nlri)]),
    encodeAttribute(WELL_KNOWN, AttributeType.origin, Uint8Array.of(route.origin)),
    encodeAttribute(WELL_KNOWN, AttributeType.asPath, encodeAsPath(route.asPath, isFourOctetAs)),
    ...(isClassic ? [encodeAttribute(WELL_KNOWN, AttributeType.nextHop, nextHop)] : []),
    ...optional(OPTIONAL_NON_TRANSITIVE, AttributeType.multiExitDisc, asList(route.multiExitDisc)),
    ...optional(WELL_KNOWN, AttributeType.localPref, asList(route.localPref)),
    ...optional(OPTIONAL_TRANSITIVE, AttributeType.communities, route.communities),
  ]);
  return encodeUpdate(isClassic ? { attributes, nlri } : { attributes });
}

function encodeAsPath(path: readonly number[], isFourOctetAs: boolean): Uint8Array {
  if (path.length === 0) return new Uint8Array(0);
  const numbers = path.map((as) => (isFourOctetAs ? uint32(as) : uint16(as > 0xffff ? AS_TRANS : as)));
  return concatOctets([Uint8Array.of(AS_SEQUENCE, path.length), ...numbers]);
}

function asList(value: number | undefined): readonly number[] {
  return value === undefined ? [] : [value];
}

function optional(flags: number, type: number, values: readonly number[] = []): Uint8Array[] {
  if (values.length === 0) return [];
  return [encodeAttribute(flags, type, concatOctets(values.map(uint32)))];
}
