import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST } from "../bgp/address-family.ts";
import { HEADER_BYTES } from "../bgp/codec/common-header.ts";
import { AttributeType } from "../bgp/codec/iana.ts";
import { readUint16 } from "../bgp/codec/octets.ts";

const EXTENDED_LENGTH = 0x10;
const FIXED_BYTES = HEADER_BYTES + 4;

/** The families that an UPDATE is about, of those known; what is malformed in it counts for nothing. */
export function updateFamilies(pdu: Uint8Array): readonly AddressFamily[] {
  // End-of-RIB of IPv4.
  if (pdu.length === FIXED_BYTES) return [IPV4_UNICAST];
  const families: AddressFamily[] = [];
  const withdrawnBytes = readUint16(pdu, HEADER_BYTES);
  const start = FIXED_BYTES + withdrawnBytes;
  const end = start + readUint16(pdu, start - 2);
  if (withdrawnBytes > 0 || end < pdu.length) families.push(IPV4_UNICAST);
  for (let offset = start; offset + 3 < Math.min(end, pdu.length); ) {
    const type = pdu[offset + 1];
    const isLong = ((pdu[offset] as number) & EXTENDED_LENGTH) !== 0;
    const value = offset + (isLong ? 4 : 3);
    if (type === AttributeType.mpReachNlri || type === AttributeType.mpUnreachNlri) {
      const [afi, safi] = [readUint16(pdu, value), pdu[value + 2]];
      const family = ADDRESS_FAMILIES.find((known) => known.afi === afi && known.safi === safi);
      if (family !== undefined && !families.includes(family)) families.push(family);
    }
    offset = value + (isLong ? readUint16(pdu, offset + 2) : (pdu[offset + 2] as number));
  }
  return families;
}
