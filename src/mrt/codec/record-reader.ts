import { readUint16, readUint32 } from "../../bgp/codec/octets.ts";
import { MrtType, REGISTERED_TYPES } from "./iana.ts";
import { MrtError } from "./mrt-error.ts";

/** Timestamp, Type, Subtype and Length (RFC 6396 section 2). */
export const RECORD_HEADER_BYTES = 12;
const MICROSECONDS_BYTES = 4;
const INITIAL_BYTES = 128 * 1024;

/** One record. Its time is in ms since the epoch, with a fraction where the record has microseconds. */
export interface MrtRecord {
  /** From 1 on. */
  readonly number: number;
  /** Of its header in the file, unpacked. */
  readonly offset: number;
  readonly timeMs: number;
  readonly type: number;
  readonly subtype: number;
  /** A view, good until the next `push`; without the microseconds. */
  readonly body: Uint8Array;
}

/** Octets of a file to records: `push` what was read, then pull whole records with `next`. */
export class RecordReader {
  readonly #maxBytes: number;
  #buffer = new Uint8Array(INITIAL_BYTES);
  #start = 0;
  #end = 0;
  #number = 0;
  #offset = 0;

  /** @param maxBytes of a record, its header not counted */
  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Of the record that comes next, from 1 on. */
  get nextNumber(): number {
    return this.#number + 1;
  }

  /** Where in the unpacked file that begins. */
  get nextOffset(): number {
    return this.#offset;
  }

  push(bytes: Uint8Array): void {
    this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /**
   * The next whole record, or undefined until more octets come.
   * @throws MrtError the header is none; there is no way to find the next one
   */
  next(): MrtRecord | undefined {
    const start = this.#start;
    const left = this.#end - start;
    if (left < RECORD_HEADER_BYTES) return undefined;
    const type = readUint16(this.#buffer, start + 4);
    const length = readUint32(this.#buffer, start + 8);
    if (!REGISTERED_TYPES.has(type)) throw new MrtError(`there is no type ${type}`);
    if (length > this.#maxBytes) throw new MrtError(`${length} octets where at most ${this.#maxBytes} are taken`);
    if (left < RECORD_HEADER_BYTES + length) return undefined;
    this.#start += RECORD_HEADER_BYTES + length;
    const offset = this.#offset;
    this.#offset += RECORD_HEADER_BYTES + length;
    this.#number += 1;
    const body = this.#buffer.subarray(start + RECORD_HEADER_BYTES, this.#start);
    const isExtended = type === MrtType.bgp4mpEt;
    return {
      number: this.#number,
      offset,
      timeMs: readUint32(this.#buffer, start) * 1000 + (isExtended ? microseconds(body) / 1000 : 0),
      type,
      subtype: readUint16(this.#buffer, start + 6),
      body: isExtended ? body.subarray(MICROSECONDS_BYTES) : body,
    };
  }

  /** @throws MrtError the file ends inside a record */
  end(): void {
    const left = this.#end - this.#start;
    if (left > 0) throw new MrtError(`the file ends after ${left} octets of it`);
  }

  #makeRoom(bytes: number): void {
    if (this.#end + bytes <= this.#buffer.length) return;
    const left = this.#end - this.#start;
    // As much again as is needed, so that a long record is moved few times.
    const target = left + bytes > this.#buffer.length ? new Uint8Array(2 * (left + bytes)) : this.#buffer;
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = left;
  }
}

/** RFC 6396 section 3. */
function microseconds(body: Uint8Array): number {
  if (body.length < MICROSECONDS_BYTES) throw new MrtError(`microseconds need 4 octets where ${body.length} are left`);
  const count = readUint32(body, 0);
  if (count >= 1_000_000) throw new MrtError(`${count} microseconds are more than a second`);
  return count;
}
