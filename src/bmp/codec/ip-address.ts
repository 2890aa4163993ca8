import ipaddr from "ipaddr.js";

/** Octets of an address field: IPv4 addresses fill the last four, the rest is zero (RFC 7854 section 4.2). */
export const ADDRESS_LENGTH = 16;
const IPV4_OFFSET = 12;

export function isIpv6(address: string): boolean {
  return address.includes(":");
}

/** Throws RangeError on text that is no address: our bug, not a peer's. */
export function encodeIpAddress(address: string): Uint8Array {
  if (!ipaddr.isValid(address)) throw new RangeError(`not an IP address: ${address}`);
  const bytes = new Uint8Array(ADDRESS_LENGTH);
  bytes.set(ipaddr.parse(address).toByteArray(), isIpv6(address) ? 0 : IPV4_OFFSET);
  return bytes;
}

/** Canonical text (RFC 5952 for IPv6) of the 16 octets of an address field. */
export function decodeIpAddress(field: Uint8Array, asIpv6: boolean): string {
  return asIpv6
    ? new ipaddr.IPv6([...field]).toRFC5952String()
    : new ipaddr.IPv4([...field.subarray(IPV4_OFFSET)]).toString();
}
