import { hash } from "node:crypto";
import type { CommitRecord } from "../datastore/commit-history.ts";

const FORMAT = 1;
const NEWLINE = 0x0a;
/** How each record begins. */
const START = Buffer.from('{"format":');
/** Hex digits of the header line's own checksum. */
const CHECK_DIGITS = 16;
const SEAL_BYTES = sealOf(Buffer.alloc(0)).length;

/** One record as it was read; a snapshot is a file of one record. */
export interface StoredRecord {
  /** Id 0, with nobody's name, is what was there before the first commit. */
  readonly record: CommitRecord;
  readonly payload: Uint8Array;
  /** Of a snapshot that was validated: see `Snapshot`. */
  readonly schemaId?: string | undefined;
}

/** What stands at a place in a file. */
export type DecodedRecord =
  | { readonly kind: "record"; readonly stored: StoredRecord; readonly end: number }
  /** Nothing contradicts that the record was being written when the bytes end. */
  | { readonly kind: "incomplete"; readonly what: string }
  | { readonly kind: "damaged"; readonly what: string };

interface Header extends CommitRecord {
  readonly format: number;
  /** Of the payload. */
  readonly bytes: number;
  /** Of the payload, hex. */
  readonly sha256: string;
  readonly schemaId?: string | undefined;
}

/**
 * A record is a line of JSON, the payload, and a newline. The line ends with a checksum of its own (the first 16 hex
 * digits of the SHA-256 of what stands before it), so that the payload's length can be relied on before the payload is
 * there: only then is a record that was cut short told from one whose length is damaged. Every byte is covered.
 */
export function encodeRecord(record: CommitRecord, payload: Uint8Array, schemaId?: string): Buffer {
  const header: Header = {
    format: FORMAT,
    ...record,
    bytes: payload.length,
    sha256: hash("sha256", payload, "hex"),
    schemaId,
  };
  const covered = Buffer.from(JSON.stringify(header).slice(0, -1));
  return Buffer.concat([covered, Buffer.from(`${sealOf(covered)}\n`), payload, Buffer.of(NEWLINE)]);
}

/** The record that begins at `start`; its payload is a view of `bytes`. */
export function decodeRecord(bytes: Buffer, start: number): DecodedRecord {
  const lineEnd = bytes.indexOf(NEWLINE, start);
  if (lineEnd < 0) return withoutHeader(bytes.subarray(start));
  const header = decodeHeader(bytes.subarray(start, lineEnd));
  if (header === undefined) return { kind: "damaged", what: "the header line of a record is not as it was written" };
  const { format, bytes: payloadBytes, sha256, schemaId, ...record } = header;
  if (format !== FORMAT)
    return { kind: "damaged", what: `a record is in format ${format}; this version of bmpconfd knows ${FORMAT}` };
  const payloadEnd = lineEnd + 1 + payloadBytes;
  if (payloadEnd >= bytes.length) {
    const what = `commit ${record.id} has ${bytes.length - lineEnd - 1} of ${payloadBytes + 1} bytes`;
    return { kind: "incomplete", what };
  }
  const payload = bytes.subarray(lineEnd + 1, payloadEnd);
  if (bytes[payloadEnd] !== NEWLINE || hash("sha256", payload, "hex") !== sha256)
    return { kind: "damaged", what: `the checksum of commit ${record.id} does not match` };
  return { kind: "record", stored: { record, payload, schemaId }, end: payloadEnd + 1 };
}

/** Whether another record begins anywhere after the start of the first one. */
export function hasLaterRecord(bytes: Buffer): boolean {
  for (let from = 1, end = bytes.indexOf(NEWLINE, from); end >= 0; from = end + 1, end = bytes.indexOf(NEWLINE, from)) {
    const line = bytes.subarray(from, end);
    const start = line.lastIndexOf(START);
    if (start >= 0 && decodeHeader(line.subarray(start)) !== undefined) return true;
  }
  return false;
}

function withoutHeader(rest: Buffer): DecodedRecord {
  const known = Math.min(rest.length, START.length);
  return rest.subarray(0, known).equals(START.subarray(0, known))
    ? { kind: "incomplete", what: "the header line of a record is not complete" }
    : { kind: "damaged", what: "there is something that is no record" };
}

/** Undefined when the line is not one that was written here, whole and unchanged. */
function decodeHeader(line: Buffer): Header | undefined {
  const covered = line.subarray(0, Math.max(0, line.length - SEAL_BYTES));
  if (line.toString("latin1", covered.length) !== sealOf(covered)) return undefined;
  try {
    return JSON.parse(`${covered.toString()}}`) as Header;
  } catch {
    return undefined;
  }
}

/** What a header line ends with. */
function sealOf(covered: Uint8Array): string {
  return `,"check":"${hash("sha256", covered, "hex").slice(0, CHECK_DIGITS)}"}`;
}
