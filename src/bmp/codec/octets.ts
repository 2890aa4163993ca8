import { BmpError } from "./bmp-error.ts";

/** A view of exactly the octets of `bytes`, for reading and writing numbers. */
export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
}

/** Throws BmpError unless `bytes` holds `length` octets from `offset` on. */
export function requireOctets(bytes: Uint8Array, offset: number, length: number, what: string): void {
  if (bytes.length - offset < length) throw new BmpError(`${what}: ${bytes.length - offset} of ${length} octets`);
}

export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    whole.set(part, offset);
    offset += part.length;
  }
  return whole;
}
