import ipaddr from "ipaddr.js";
import type { AddressFamily } from "./address-family.ts";

/** Octets of a Route Distinguisher, which is before a next hop of these families. */
const ROUTE_DISTINGUISHER_BYTES = 8;
const IPV4_BYTES = 4;
const IPV6_BYTES = 16;

/** Octets of an address in text form; none if it is no address. */
export function addressOctets(text: string): Uint8Array {
  return Uint8Array.from(ipaddr.isValid(text) ? ipaddr.process(text).toByteArray() : []);
}

/**
 * Whether a next hop is this address, so that the route leads to ourselves (RFC 4271 section 6.3). Of two addresses
 * the first counts, the global one (RFC 2545 section 3).
 */
export function isNextHop(family: AddressFamily, nextHop: Uint8Array, address: Uint8Array): boolean {
  // Means nothing: RFC 8955 section 4.
  if (family.form === "flow") return false;
  const start = family.form === "vpn-prefix" ? ROUTE_DISTINGUISHER_BYTES : 0;
  // An IPv4 address is the whole next hop, behind an IPv6 address there may be another one.
  const bytes = nextHop.length - start === IPV4_BYTES ? IPV4_BYTES : IPV6_BYTES;
  if (address.length !== bytes) return false;
  for (let i = 0; i < bytes; i++) if (nextHop[start + i] !== address[i]) return false;
  return true;
}
