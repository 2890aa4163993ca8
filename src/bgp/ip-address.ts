import { isIPv4 } from "node:net";
import ipaddr from "ipaddr.js";

/**
 * One text for one address, whatever form it came in: RFC 5952, without zone; an IPv4-mapped address, as a
 * dual-stack listener shows IPv4 neighbours, is the IPv4 address.
 */
export function canonicalAddress(text: string): string {
  // It takes four decimal numbers without leading zeros, which is the canonical form.
  if (isIPv4(text)) return text;
  const address = ipaddr.process(text);
  if (address.kind() === "ipv4") return address.toString();
  const v6 = address as ipaddr.IPv6;
  return new ipaddr.IPv6(v6.parts).toRFC5952String();
}

/** For look-ups: the same of what may be no address at all, and then stays as it is. */
export const comparableAddress = (text: string): string =>
  isIPv4(text) || !ipaddr.isValid(text) ? text : canonicalAddress(text);

/** A dotted quad as 32 bits. */
export function bgpIdOf(dottedQuad: string): number {
  return ipaddr.IPv4.parse(dottedQuad).octets.reduce((id, octet) => id * 256 + octet, 0);
}

export function formatBgpId(id: number): string {
  return [id >>> 24, (id >>> 16) & 255, (id >>> 8) & 255, id & 255].join(".");
}
