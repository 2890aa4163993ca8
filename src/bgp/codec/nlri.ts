import type { AddressFamily } from "../address-family.ts";
import { readUint16 } from "./octets.ts";
import { addressBits, isPrefixListValid, prefixBytes } from "./prefix.ts";

/** Octets of a Path Identifier, which precedes each NLRI of a family with ADD-PATH (RFC 7911 section 3). */
export const PATH_ID_BYTES = 4;

/** One label: without the capability of RFC 8277 section 2.1, which this speaker does not announce, there is no other. */
const LABEL_BITS = 24;
const ROUTE_DISTINGUISHER_BITS = 64;
const MALFORMED = -1;

/** Whether `nlri` is a sequence of routes of the family and nothing else (RFC 7606 section 5.3). */
export function isNlriValid(family: AddressFamily, nlri: Uint8Array, hasPathIds: boolean): boolean {
  if (family.form === "prefix" && !hasPathIds) return isPrefixListValid(nlri, addressBits(family));
  let offset = 0;
  while (offset < nlri.length) {
    const end = checkedEnd(family, nlri, hasPathIds ? offset + PATH_ID_BYTES : offset);
    if (end === MALFORMED || end > nlri.length) return false;
    offset = end;
  }
  return true;
}

/** Where the route that starts at `offset` ends; `nlri` is valid. */
export function nlriEnd(family: AddressFamily, nlri: Uint8Array, offset: number, hasPathIds: boolean): number {
  return checkedEnd(family, nlri, hasPathIds ? offset + PATH_ID_BYTES : offset);
}

function checkedEnd(family: AddressFamily, nlri: Uint8Array, start: number): number {
  switch (family.form) {
    case "prefix":
      return prefixEnd(nlri, start, 0, addressBits(family));
    case "labeled-prefix":
      return prefixEnd(nlri, start, LABEL_BITS, addressBits(family));
    case "vpn-prefix":
      return prefixEnd(nlri, start, LABEL_BITS + ROUTE_DISTINGUISHER_BITS, addressBits(family));
    case "evpn":
    case "type-and-length":
      return start + 2 > nlri.length ? MALFORMED : start + 2 + (nlri[start + 1] as number);
    case "flow":
      return flowEnd(nlri, start);
    case "link-state":
      return start + 4 > nlri.length ? MALFORMED : start + 4 + readUint16(nlri, start + 2);
    case "octet-length":
      return start + 2 > nlri.length ? MALFORMED : start + 2 + readUint16(nlri, start);
    case "bit-length":
      return start + 1 > nlri.length ? MALFORMED : start + prefixBytes(nlri[start] as number);
  }
}

/** The Length field counts the bits of what is before the prefix, too. */
function prefixEnd(nlri: Uint8Array, start: number, bitsBefore: number, bits: number): number {
  const length = nlri[start];
  if (length === undefined || length < bitsBefore || length > bitsBefore + bits) return MALFORMED;
  return start + prefixBytes(length);
}

/** RFC 8955 section 4.1. */
function flowEnd(nlri: Uint8Array, start: number): number {
  const first = nlri[start];
  if (first === undefined) return MALFORMED;
  if (first < FLOW_LONG_LENGTH) return start + 1 + first;
  if (start + 2 > nlri.length) return MALFORMED;
  return start + 2 + (readUint16(nlri, start) & 0x0fff);
}

/** From here on the length of a flow specification has two octets, of which the first four bits are ones. */
export const FLOW_LONG_LENGTH = 0xf0;
