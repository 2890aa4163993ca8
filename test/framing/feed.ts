import { FramingError } from "../../src/framing/framing-error.ts";
import type { MessageDecoder } from "../../src/framing/message-decoder.ts";

/** What came out of a decoder: the messages as text, and the error that ended it, if any. */
export interface Decoded {
  readonly messages: readonly string[];
  readonly error?: { readonly reason: string; readonly message: string };
}

/** Pushes `pieces` one by one and pulls after each, as a session does. */
export function feed(decoder: MessageDecoder, pieces: Iterable<string | Uint8Array>): Decoded {
  const messages: string[] = [];
  try {
    for (const piece of pieces) {
      decoder.push(typeof piece === "string" ? Buffer.from(piece) : piece);
      for (let message = decoder.next(); message !== undefined; message = decoder.next()) {
        messages.push(Buffer.from(message).toString());
      }
    }
  } catch (error) {
    if (!(error instanceof FramingError)) throw error;
    return { messages, error: { reason: error.reason, message: error.message } };
  }
  return { messages };
}

/** `bytes` cut at `cuts`, given as positions in any order. */
export function split(bytes: Uint8Array, cuts: readonly number[]): Uint8Array[] {
  const positions = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return positions.slice(1).map((end, index) => bytes.subarray(positions[index], end));
}

/** The same bytes whole and one by one. */
export const bothWays = (bytes: string): readonly (readonly Uint8Array[])[] => [
  [Buffer.from(bytes)],
  [...Buffer.from(bytes)].map((byte) => Uint8Array.of(byte)),
];
