import type { WasmMemoryObject } from "./webassembly.ts";
import { outOfMemory } from "./yang-error.ts";

/** Up to this length a string is first taken for ASCII. */
const SHORT_BYTES = 48;
const ASCII_MAX = 0x7f;
/** Up to this length a string is encoded in place, into a block for the longest that it can become. */
const SHORT_CHARS = 256;
const MAX_BYTES_PER_CHAR = 3;

/** Strings and words in the instance's memory. */
export class WasmMemory {
  readonly #memory: WasmMemoryObject;
  readonly #alloc: (size: number) => number;
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  /** `alloc` returns an address, or 0 when there is no memory. */
  constructor(memory: WasmMemoryObject, alloc: (size: number) => number) {
    this.#memory = memory;
    this.#alloc = alloc;
  }

  /** Size of the whole memory, in bytes. It never shrinks. */
  get byteLength(): number {
    return this.#memory.buffer.byteLength;
  }

  /** Memory that grows gets a new buffer and leaves old views empty: never keep this over a call. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  /** The word at an address that is a multiple of 4. */
  word(address: number): number {
    this.#refresh();
    return this.#words[address >>> 2] ?? 0;
  }

  setWord(address: number, value: number): void {
    this.#refresh();
    this.#words[address >>> 2] = value;
  }

  /** Decodes `length` bytes of UTF-8. */
  text(address: number, length: number): string {
    const { bytes } = this;
    const end = address + length;
    if (length > SHORT_BYTES) return decoder.decode(bytes.subarray(address, end));
    // Names and most values: the decoder's own cost would be several times this.
    let text = "";
    for (let at = address; at < end; at++) {
      const byte = bytes[at] as number;
      if (byte > ASCII_MAX) return decoder.decode(bytes.subarray(address, end));
      text += String.fromCharCode(byte);
    }
    return text;
  }

  /** Decodes a C string, at most `maxBytes` of it; undefined for address 0. */
  string(address: number, maxBytes = Number.MAX_SAFE_INTEGER): string | undefined {
    if (address === 0) return undefined;
    const { bytes } = this;
    let end = address;
    while (end - address < SHORT_BYTES && bytes[end] !== 0) end++;
    if (bytes[end] !== 0) end = bytes.indexOf(0, end);
    return this.text(address, Math.min(end - address, maxBytes));
  }

  /** A block for the caller to free. Throws YangError (EMEM) when there is no memory left. */
  allocate(size: number): number {
    const address = this.#alloc(size) >>> 0;
    if (address === 0) throw outOfMemory();
    return address;
  }

  /** Copies a text into a block of its own, ended by NUL; the caller frees it. */
  copyIn(text: string | Uint8Array): number {
    if (typeof text === "string" && text.length <= SHORT_CHARS) {
      const address = this.allocate(text.length * MAX_BYTES_PER_CHAR + 1);
      const { written } = encoder.encodeInto(text, this.bytes.subarray(address));
      this.bytes[address + written] = 0;
      return address;
    }
    const encoded = typeof text === "string" ? encoder.encode(text) : text;
    const address = this.allocate(encoded.length + 1);
    this.bytes.set(encoded, address);
    this.bytes[address + encoded.length] = 0;
    return address;
  }

  #refresh(): void {
    if (this.#bytes.buffer === this.#memory.buffer) return;
    this.#bytes = new Uint8Array(this.#memory.buffer);
    this.#words = new Uint32Array(this.#memory.buffer);
  }
}

const encoder = new TextEncoder();
/** ignoreBOM: U+FEFF at the start of a value is part of the value. */
const decoder = new TextDecoder("utf-8", { ignoreBOM: true });

/** C strings end at the first NUL: accepting one would silently cut the input. */
export function rejectNul(text: string | Uint8Array, what: string): void {
  const position = typeof text === "string" ? text.indexOf("\0") : text.indexOf(0);
  if (position !== -1) throw new RangeError(`${what} contains a NUL character, at ${position}`);
}
