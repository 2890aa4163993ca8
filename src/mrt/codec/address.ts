import ipaddr from "ipaddr.js";
import { canonicalAddress } from "../../bgp/ip-address.ts";
import { MrtError } from "./mrt-error.ts";
import type { OctetReader } from "./octet-reader.ts";

const AFI_IPV4 = 1;
const AFI_IPV6 = 2;

/** Octets of an address of an Address Family Number that is IPv4's or IPv6's. */
export function addressBytes(afi: number): 4 | 16 {
  if (afi === AFI_IPV4) return 4;
  if (afi === AFI_IPV6) return 16;
  throw new MrtError(`addresses of family ${afi} are neither IPv4 nor IPv6`);
}

/** Canonical text. */
export function formatAddress(octets: Uint8Array): string {
  return octets.length === 4 ? octets.join(".") : canonicalAddress(ipaddr.fromByteArray([...octets]).toString());
}

export function readAs(reader: OctetReader, isFourOctetAs: boolean, field: string): number {
  return isFourOctetAs ? reader.uint32(field) : reader.uint16(field);
}
