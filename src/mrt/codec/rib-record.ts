import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../bgp/address-family.ts";
import { isNlriValid, nlriEnd } from "../../bgp/codec/nlri.ts";
import { concatOctets } from "../../bgp/codec/octets.ts";
import { TableDumpV2Subtype } from "./iana.ts";
import { MrtError } from "./mrt-error.ts";
import { OctetReader } from "./octet-reader.ts";

/** A route of one peer (RFC 6396 section 4.3.4). Octets are views of the record. */
export interface RibEntry {
  readonly peerIndex: number;
  /** With the Path Identifier, if the record has them. */
  readonly nlri: Uint8Array;
  readonly attributes: Uint8Array;
}

/** The routes to one destination (RFC 6396 sections 4.3.2 and 4.3.3, RFC 8050 section 4). */
export interface RibRecord {
  readonly family: AddressFamily;
  readonly hasPathIds: boolean;
  readonly entries: readonly RibEntry[];
}

/** Of the subtypes that say their family. */
interface Shape {
  readonly family: AddressFamily;
  readonly hasPathIds: boolean;
}
const SHAPES: Readonly<Record<number, Shape>> = {
  [TableDumpV2Subtype.ribIpv4Unicast]: { family: IPV4_UNICAST, hasPathIds: false },
  [TableDumpV2Subtype.ribIpv6Unicast]: { family: IPV6_UNICAST, hasPathIds: false },
  [TableDumpV2Subtype.ribIpv4UnicastAddPath]: { family: IPV4_UNICAST, hasPathIds: true },
  [TableDumpV2Subtype.ribIpv6UnicastAddPath]: { family: IPV6_UNICAST, hasPathIds: true },
};

/**
 * A TABLE_DUMP_V2 record other than the index of peers; undefined: of a family that nobody here knows.
 * @throws MrtError
 */
export function decodeRibRecord(subtype: number, body: Uint8Array): RibRecord | undefined {
  const shape = SHAPES[subtype];
  if (shape !== undefined) return decodeSpecific(shape, body);
  if (subtype === TableDumpV2Subtype.ribGeneric) return decodeGeneric(body, false);
  if (subtype === TableDumpV2Subtype.ribGenericAddPath) return decodeGeneric(body, true);
  return undefined;
}

function decodeSpecific(shape: Shape, body: Uint8Array): RibRecord {
  const reader = new OctetReader(body);
  reader.uint32("Sequence Number");
  const prefix = readNlri(reader, shape.family, false);
  const entries = readEntries(reader, prefix, shape.hasPathIds);
  return { ...shape, entries };
}

/** Here the NLRI has the Path Identifier in it (RFC 8050 section 4.2). */
function decodeGeneric(body: Uint8Array, hasPathIds: boolean): RibRecord | undefined {
  const reader = new OctetReader(body);
  reader.uint32("Sequence Number");
  const afi = reader.uint16("Address Family Identifier");
  const safi = reader.uint8("Subsequent Address Family Identifier");
  const family = ADDRESS_FAMILIES.find((known) => known.afi === afi && known.safi === safi);
  if (family === undefined) return undefined;
  const entries = readEntries(reader, readNlri(reader, family, hasPathIds), false);
  return { family, hasPathIds, entries };
}

/** One NLRI, whose end is told by itself. */
function readNlri(reader: OctetReader, family: AddressFamily, hasPathIds: boolean): Uint8Array {
  const octets = reader.peek();
  const length = nlriEnd(family, octets, 0, hasPathIds);
  const nlri = length > 0 && length <= octets.length ? octets.subarray(0, length) : undefined;
  if (nlri === undefined || !isNlriValid(family, nlri, hasPathIds)) throw new MrtError(`malformed ${family.name} NLRI`);
  return reader.octets(length, "NLRI");
}

function readEntries(reader: OctetReader, prefix: Uint8Array, hasPathIds: boolean): RibEntry[] {
  const entries: RibEntry[] = [];
  for (let left = reader.uint16("Entry Count"); left > 0; left--) {
    const peerIndex = reader.uint16("Peer Index");
    reader.uint32("Originated Time");
    const nlri = hasPathIds ? concatOctets([reader.octets(4, "Path Identifier"), prefix]) : prefix;
    entries.push({ peerIndex, nlri, attributes: reader.octets(reader.uint16("Attribute Length"), "BGP Attributes") });
  }
  reader.requireEnd();
  return entries;
}
