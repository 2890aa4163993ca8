import { type AddressFamily, IPV4_UNICAST } from "../../bgp/address-family.ts";
import { AttributeType } from "../../bgp/codec/iana.ts";
import { concatOctets, readUint16 } from "../../bgp/codec/octets.ts";
import { MrtError } from "./mrt-error.ts";

const EXTENDED_LENGTH = 0x10;
/** AFI, SAFI and length of the next hop, in an MP_REACH_NLRI that was not abridged. */
const FULL_NEXT_HOP = 3;
const EMPTY = new Uint8Array(0);

/** The attributes of a RIB entry, apart as an Adj-RIB-In takes them. */
export interface RibAttributes {
  /** Without MP_REACH_NLRI. */
  readonly attributes: Uint8Array;
  /** Of MP_REACH_NLRI; undefined: IPv4 with NEXT_HOP among the attributes. */
  readonly nextHop: Uint8Array | undefined;
}

/**
 * MP_REACH_NLRI of a RIB entry has the next hop only (RFC 6396 section 4.3.4). Not every writer abridges it: a length
 * of 0 is the first octet of an AFI.
 * @throws MrtError an attribute exceeds the entry
 */
export function splitRibAttributes(octets: Uint8Array, family: AddressFamily): RibAttributes {
  const kept: Uint8Array[] = [];
  let nextHop: Uint8Array | undefined;
  let keptFrom = 0;
  for (let offset = 0; offset < octets.length; ) {
    const headerBytes = ((octets[offset] as number) & EXTENDED_LENGTH) === 0 ? 3 : 4;
    const start = offset + headerBytes;
    const type = octets[offset + 1];
    const end = start + (headerBytes === 3 ? (octets[offset + 2] ?? 0) : readUint16(octets, offset + 2));
    if (!(end <= octets.length))
      throw new MrtError(`${type === undefined ? "an attribute" : `attribute ${type}`} exceeds the BGP Attributes`);
    if (type === AttributeType.mpReachNlri) {
      nextHop = nextHopIn(octets.subarray(start, end));
      kept.push(octets.subarray(keptFrom, offset));
      keptFrom = end;
    }
    offset = end;
  }
  const attributes = keptFrom === 0 ? octets : concatOctets([...kept, octets.subarray(keptFrom)]);
  return { attributes, nextHop: nextHop ?? (family === IPV4_UNICAST ? undefined : EMPTY) };
}

function nextHopIn(value: Uint8Array): Uint8Array {
  const lengthAt = value[0] === 0 && value.length > 1 ? FULL_NEXT_HOP : 0;
  const start = lengthAt + 1;
  const end = start + (value[lengthAt] ?? Number.POSITIVE_INFINITY);
  if (end > value.length) throw new MrtError("the next hop exceeds MP_REACH_NLRI");
  return value.subarray(start, end);
}
