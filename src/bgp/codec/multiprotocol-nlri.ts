import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST } from "../address-family.ts";
import { updateError } from "./bgp-error.ts";
import { UpdateSubcode } from "./iana.ts";
import { readUint16 } from "./octets.ts";
import { addressBits, isNlriValid } from "./prefix.ts";

/** MP_UNREACH_NLRI (RFC 4760 section 4). */
export interface MpUnreach {
  /** Undefined: a family that this speaker does not know; `nlri` is unchecked then. */
  readonly family: AddressFamily | undefined;
  readonly nlri: Uint8Array;
}

/** MP_REACH_NLRI (RFC 4760 section 3). */
export interface MpReach extends MpUnreach {
  /** One address, or for IPv6 a global and a link-local one (RFC 2545 section 3). */
  readonly nextHop: Uint8Array;
}

const FAMILY_BYTES = 3;
const EMPTY = new Uint8Array(0);

/**
 * @param attribute the whole attribute, for the NOTIFICATION
 * @throws BgpError UPDATE Message Error, Optional Attribute Error: nothing less than the end of the session is
 *   safe when the NLRI cannot be told (RFC 7606 sections 5.3 and 7.11).
 */
export function decodeMpReach(value: Uint8Array, attribute: Uint8Array): MpReach {
  if (value.length < FAMILY_BYTES + 2) throw malformed("MP_REACH_NLRI is too short", attribute);
  const family = readFamily(value);
  if (family === undefined) return { family, nextHop: EMPTY, nlri: EMPTY };
  const nextHopLength = value[FAMILY_BYTES] as number;
  const nextHopEnd = FAMILY_BYTES + 1 + nextHopLength;
  const isExpected = family === IPV4_UNICAST ? nextHopLength === 4 : nextHopLength === 16 || nextHopLength === 32;
  if (!isExpected || nextHopEnd >= value.length)
    throw malformed(`MP_REACH_NLRI with a next hop of ${nextHopLength} octets for ${family.name}`, attribute);
  // One reserved octet, ignored on receipt, follows the next hop.
  const nlri = checkedNlri(family, value.subarray(nextHopEnd + 1), attribute);
  return { family, nextHop: value.subarray(FAMILY_BYTES + 1, nextHopEnd), nlri };
}

/** As `decodeMpReach`. */
export function decodeMpUnreach(value: Uint8Array, attribute: Uint8Array): MpUnreach {
  if (value.length < FAMILY_BYTES) throw malformed("MP_UNREACH_NLRI is too short", attribute);
  const family = readFamily(value);
  if (family === undefined) return { family, nlri: EMPTY };
  return { family, nlri: checkedNlri(family, value.subarray(FAMILY_BYTES), attribute) };
}

function readFamily(value: Uint8Array): AddressFamily | undefined {
  const afi = readUint16(value, 0);
  return ADDRESS_FAMILIES.find((family) => family.afi === afi && family.safi === value[2]);
}

function checkedNlri(family: AddressFamily, nlri: Uint8Array, attribute: Uint8Array): Uint8Array {
  if (!isNlriValid(nlri, addressBits(family.name))) throw malformed(`malformed ${family.name} NLRI`, attribute);
  return nlri;
}

function malformed(message: string, attribute: Uint8Array): Error {
  return updateError(UpdateSubcode.optionalAttributeError, message, attribute);
}
