import { type MessageEncoder, toBytes } from "./message-encoder.ts";

const END_OF_CHUNKS = Buffer.from("\n##\n");

/** RFC 6242 section 4.2 chunked framing (base:1.1). Each part of a message is a chunk, of at most 4 GiB - 1. */
export class ChunkedEncoder implements MessageEncoder {
  encode(pieces: readonly (string | Uint8Array)[], isLast: boolean): Uint8Array {
    const bytes = pieces.map(toBytes);
    const size = bytes.reduce((sum, { length }) => sum + length, 0);
    if (size === 0) throw new RangeError("A chunk cannot be empty.");
    return Buffer.concat([Buffer.from(`\n#${size}\n`), ...bytes, ...(isLast ? [END_OF_CHUNKS] : [])]);
  }
}
