import ipaddr from "ipaddr.js";
import type { AddressFamily } from "../address-family.ts";
import { concatOctets } from "./octets.ts";

const AFI_IPV4 = 1;

/** Bits of an address in a family of IPv4 or IPv6. */
export function addressBits({ afi }: AddressFamily): 32 | 128 {
  return afi === AFI_IPV4 ? 32 : 128;
}

/** Octets of an encoded prefix: its length and as many octets of address as it needs (RFC 4271 section 4.3). */
export function prefixBytes(lengthBits: number): number {
  return 1 + ((lengthBits + 7) >>> 3);
}

/** Whether `nlri` is a sequence of prefixes and nothing else (RFC 7606 section 5.3). */
export function isPrefixListValid(nlri: Uint8Array, bits: number): boolean {
  let offset = 0;
  while (offset < nlri.length) {
    const lengthBits = nlri[offset] as number;
    if (lengthBits > bits) return false;
    offset += prefixBytes(lengthBits);
  }
  return offset === nlri.length;
}

/** Encodes prefixes in text form, for example `10.0.0.0/8`. */
export function encodePrefixes(family: AddressFamily, prefixes: readonly string[]): Uint8Array {
  return concatOctets(
    prefixes.map((text) => {
      const [address, lengthBits] = ipaddr.parseCIDR(text);
      const octets = address.toByteArray();
      if (octets.length * 8 !== addressBits(family)) throw new RangeError(`${text} is not ${family.name}`);
      return Uint8Array.of(lengthBits, ...octets.slice(0, prefixBytes(lengthBits) - 1));
    }),
  );
}

/** Prefixes in text form; trailing bits, which mean nothing, are shown as zero. `nlri` must be valid. */
export function decodePrefixes(family: AddressFamily, nlri: Uint8Array): string[] {
  const prefixes: string[] = [];
  for (let offset = 0; offset < nlri.length; ) {
    const lengthBits = nlri[offset] as number;
    const end = offset + prefixBytes(lengthBits);
    const octets = Array.from({ length: addressBits(family) / 8 }, () => 0);
    for (let i = offset + 1; i < end; i++) octets[i - offset - 1] = nlri[i] as number;
    const spare = (8 - (lengthBits & 7)) & 7;
    const last = end - offset - 2;
    if (spare > 0) octets[last] = (octets[last] as number) & (0xff << spare);
    prefixes.push(`${ipaddr.fromByteArray(octets).toString()}/${lengthBits}`);
    offset = end;
  }
  return prefixes;
}
