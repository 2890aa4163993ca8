import { readUint16, readUint32 } from "../../bgp/codec/octets.ts";
import { MrtError } from "./mrt-error.ts";

/** Reads fields one after the other; those that are not there are an error that names them. */
export class OctetReader {
  readonly #octets: Uint8Array;
  #offset = 0;

  constructor(octets: Uint8Array) {
    this.#octets = octets;
  }

  get left(): number {
    return this.#octets.length - this.#offset;
  }

  uint8(field: string): number {
    return this.#octets[this.#take(1, field)] as number;
  }

  uint16(field: string): number {
    return readUint16(this.#octets, this.#take(2, field));
  }

  uint32(field: string): number {
    return readUint32(this.#octets, this.#take(4, field));
  }

  /** A view. */
  octets(length: number, field: string): Uint8Array {
    const start = this.#take(length, field);
    return this.#octets.subarray(start, start + length);
  }

  /** All that is left, as a view. */
  rest(): Uint8Array {
    return this.octets(this.left, "rest");
  }

  /** The same octets from here on, which are not taken. */
  peek(): Uint8Array {
    return this.#octets.subarray(this.#offset);
  }

  requireEnd(): void {
    if (this.left > 0) throw new MrtError(`${this.left} octets after the end`);
  }

  #take(length: number, field: string): number {
    const start = this.#offset;
    if (length > this.left) throw new MrtError(`${field} needs ${length} octets where ${this.left} are left`);
    this.#offset += length;
    return start;
  }
}
