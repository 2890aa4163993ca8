import { type AddressFamily, IPV4_UNICAST } from "../bgp/address-family.ts";

const MARKER_LENGTH = 16;
const UPDATE_TYPE = 2;
const OPTIONAL = 0x80;
const MP_UNREACH_NLRI = 15;

/**
 * The End-of-RIB marker of a family (RFC 4724 section 2): an UPDATE without anything for IPv4 unicast, one with an
 * empty MP_UNREACH_NLRI for any other.
 */
export function encodeEndOfRib(family: AddressFamily): Uint8Array {
  const { afi, safi } = family;
  const attributes =
    family.name === IPV4_UNICAST.name ? [] : [OPTIONAL, MP_UNREACH_NLRI, 3, afi >>> 8, afi & 0xff, safi];
  const length = MARKER_LENGTH + 7 + attributes.length;
  const pdu = new Uint8Array(length).fill(0xff, 0, MARKER_LENGTH);
  pdu.set([0, length, UPDATE_TYPE, 0, 0, 0, attributes.length, ...attributes], MARKER_LENGTH);
  return pdu;
}
