import { type AddressFamily, IPV4_UNICAST } from "../address-family.ts";
import { encodeMessage } from "./common-header.ts";
import { AttributeType, MessageType } from "./iana.ts";
import { concatOctets, uint16 } from "./octets.ts";

const OPTIONAL = 0x80;
const EXTENDED_LENGTH = 0x10;
const EMPTY = new Uint8Array(0);

/** The three parts of an UPDATE, encoded already. */
export interface UpdateParts {
  readonly withdrawn?: Uint8Array;
  readonly attributes?: Uint8Array;
  readonly nlri?: Uint8Array;
}

/** UPDATE (RFC 4271 section 4.3). */
export function encodeUpdate({ withdrawn = EMPTY, attributes = EMPTY, nlri = EMPTY }: UpdateParts): Uint8Array {
  return encodeMessage(
    MessageType.update,
    uint16(withdrawn.length),
    withdrawn,
    uint16(attributes.length),
    attributes,
    nlri,
  );
}

/** One path attribute; the Extended Length bit is set when `value` needs it. */
export function encodeAttribute(flags: number, type: number, value: Uint8Array): Uint8Array {
  const header =
    value.length > 255
      ? Uint8Array.of(flags | EXTENDED_LENGTH, type, value.length >>> 8, value.length & 0xff)
      : Uint8Array.of(flags, type, value.length);
  return concatOctets([header, value]);
}

/** MP_REACH_NLRI (RFC 4760 section 3). */
export function encodeMpReach(family: AddressFamily, nextHop: Uint8Array, nlri: Uint8Array): Uint8Array {
  const value = concatOctets([
    uint16(family.afi),
    Uint8Array.of(family.safi, nextHop.length),
    nextHop,
    Uint8Array.of(0),
    nlri,
  ]);
  return encodeAttribute(OPTIONAL, AttributeType.mpReachNlri, value);
}

/** MP_UNREACH_NLRI (RFC 4760 section 4). */
export function encodeMpUnreach(family: AddressFamily, nlri: Uint8Array): Uint8Array {
  const value = concatOctets([uint16(family.afi), Uint8Array.of(family.safi), nlri]);
  return encodeAttribute(OPTIONAL, AttributeType.mpUnreachNlri, value);
}

/** The withdrawal of `nlri`: of IPv4 in the classic field, of all else in MP_UNREACH_NLRI. */
export function encodeWithdrawal(family: AddressFamily, nlri: Uint8Array): Uint8Array {
  return family === IPV4_UNICAST
    ? encodeUpdate({ withdrawn: nlri })
    : encodeUpdate({ attributes: encodeMpUnreach(family, nlri) });
}

/** End-of-RIB marker (RFC 4724 section 2). */
export function encodeEndOfRib(family: AddressFamily): Uint8Array {
  return encodeWithdrawal(family, EMPTY);
}
