import { ADDRESS_FAMILIES, type AddressFamily } from "../address-family.ts";
import { updateError } from "./bgp-error.ts";
import { UpdateSubcode } from "./iana.ts";
import { isNlriValid } from "./nlri.ts";
import { readUint16 } from "./octets.ts";

/** MP_UNREACH_NLRI (RFC 4760 section 4). */
export interface MpUnreach {
  /** Undefined: a family that was not negotiated, or is not known; `nlri` is empty then. */
  readonly family: AddressFamily | undefined;
  readonly nlri: Uint8Array;
}

/** MP_REACH_NLRI (RFC 4760 section 3). */
export interface MpReach extends MpUnreach {
  /** One address, or for IPv6 a global and a link-local one (RFC 2545 section 3); what the family has instead. */
  readonly nextHop: Uint8Array;
}

const FAMILY_BYTES = 3;
const AFI_IPV4 = 1;
const EMPTY = new Uint8Array(0);

/** What a session has negotiated about NLRI. */
export interface NlriContext {
  /** All else is skipped unread, like a family that nobody here knows. */
  readonly families: readonly AddressFamily[];
  /** Those whose routes have Path Identifiers (RFC 7911). */
  readonly pathIdFamilies: readonly AddressFamily[];
  /** Routes of IPv4 may have the next hops of IPv6 (RFC 8950). */
  readonly hasIpv6NextHops?: boolean;
}

/** Every family, one path to each destination. */
export const ALL_FAMILIES: NlriContext = { families: ADDRESS_FAMILIES, pathIdFamilies: [] };

/**
 * @param attribute the whole attribute, for the NOTIFICATION
 * @throws BgpError UPDATE Message Error, Optional Attribute Error: nothing less than the end of the session is
 *   safe when the NLRI cannot be told (RFC 7606 sections 5.3 and 7.11).
 */
export function decodeMpReach(value: Uint8Array, attribute: Uint8Array, context: NlriContext): MpReach {
  if (value.length < FAMILY_BYTES + 2) throw malformed("MP_REACH_NLRI is too short", attribute);
  const family = readFamily(value, context);
  if (family === undefined) return { family, nextHop: EMPTY, nlri: EMPTY };
  const nextHopLength = value[FAMILY_BYTES] as number;
  const nextHopEnd = FAMILY_BYTES + 1 + nextHopLength;
  if (!isNextHopLength(family, nextHopLength, context) || nextHopEnd >= value.length)
    throw malformed(`MP_REACH_NLRI with a next hop of ${nextHopLength} octets for ${family.name}`, attribute);
  // One reserved octet, ignored on receipt, follows the next hop.
  const nlri = checkedNlri(family, value.subarray(nextHopEnd + 1), attribute, context);
  return { family, nextHop: value.subarray(FAMILY_BYTES + 1, nextHopEnd), nlri };
}

/** As `decodeMpReach`. */
export function decodeMpUnreach(value: Uint8Array, attribute: Uint8Array, context: NlriContext): MpUnreach {
  if (value.length < FAMILY_BYTES) throw malformed("MP_UNREACH_NLRI is too short", attribute);
  const family = readFamily(value, context);
  if (family === undefined) return { family, nlri: EMPTY };
  return { family, nlri: checkedNlri(family, value.subarray(FAMILY_BYTES), attribute, context) };
}

function readFamily(value: Uint8Array, { families }: NlriContext): AddressFamily | undefined {
  const afi = readUint16(value, 0);
  return families.find((family) => family.afi === afi && family.safi === value[2]);
}

function isNextHopLength({ afi, form }: AddressFamily, octets: number, { hasIpv6NextHops }: NlriContext): boolean {
  const isIpv6 = afi !== AFI_IPV4 || hasIpv6NextHops === true;
  switch (form) {
    case "prefix":
    case "labeled-prefix":
      return (afi === AFI_IPV4 && octets === 4) || (isIpv6 && (octets === 16 || octets === 32));
    // Behind a Route Distinguisher of zero: RFC 4364 section 4.3.2, RFC 4659 section 3.2.1.
    case "vpn-prefix":
      return (afi === AFI_IPV4 && octets === 12) || (isIpv6 && (octets === 24 || octets === 48));
    case "evpn":
    case "link-state":
    case "type-and-length":
    case "octet-length":
    case "bit-length":
      return octets === 4 || octets === 16 || octets === 32;
    // None, or one that means nothing: RFC 8955 section 4.
    case "flow":
      return true;
  }
}

function checkedNlri(family: AddressFamily, nlri: Uint8Array, attribute: Uint8Array, context: NlriContext): Uint8Array {
  if (!isNlriValid(family, nlri, context.pathIdFamilies.includes(family)))
    throw malformed(`malformed ${family.name} NLRI`, attribute);
  return nlri;
}

function malformed(message: string, attribute: Uint8Array): Error {
  return updateError(UpdateSubcode.optionalAttributeError, message, attribute);
}
