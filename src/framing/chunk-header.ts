import type { ByteQueue } from "./byte-queue.ts";
import { malformedFraming } from "./framing-error.ts";

const LF = 0x0a;
const HASH = 0x23;
const ZERO = 0x30;
const NINE = 0x39;

/** RFC 6242 section 4.2: chunk-size is 1 to 4294967295, so at most this many digits. */
const MAX_SIZE_DIGITS = 10;
export const MAX_CHUNK_BYTES = 4294967295;

/** What `readChunkHeader` returns for end-of-chunks. */
export const END_OF_CHUNKS = 0;

/**
 * Takes `LF "#" chunk-size LF` or `LF "##" LF` from the front (RFC 6242 section 4.2): the chunk's size in bytes,
 * END_OF_CHUNKS, or undefined (and takes nothing) until the header has come whole.
 * Throws `FramingError` at the first byte that does not fit the grammar.
 */
export function readChunkHeader(input: ByteQueue): number | undefined {
  const lf = input.peek(0);
  if (lf !== undefined && lf !== LF) throw unexpected(lf, "a line feed");
  const hash = input.peek(1);
  if (hash !== undefined && hash !== HASH) throw unexpected(hash, "'#'");
  const first = input.peek(2);
  if (first === undefined) return undefined;
  return first === HASH ? readEndOfChunks(input) : readChunkSize(input);
}

function readEndOfChunks(input: ByteQueue): number | undefined {
  const last = input.peek(3);
  if (last === undefined) return undefined;
  if (last !== LF) throw unexpected(last, "a line feed");
  input.skip(4);
  return END_OF_CHUNKS;
}

function readChunkSize(input: ByteQueue): number | undefined {
  let size = 0;
  for (let digits = 0; digits <= MAX_SIZE_DIGITS; digits++) {
    const byte = input.peek(2 + digits);
    if (byte === undefined) return undefined;
    if (byte === LF && digits > 0) {
      if (size > MAX_CHUNK_BYTES) break;
      input.skip(2 + digits + 1);
      return size;
    }
    if (byte < ZERO || byte > NINE) throw unexpected(byte, "a digit");
    if (byte === ZERO && digits === 0) throw malformedFraming("A chunk-size cannot begin with 0.");
    size = size * 10 + (byte - ZERO);
  }
  throw malformedFraming(`A chunk-size cannot be more than ${MAX_CHUNK_BYTES}.`);
}

const unexpected = (byte: number, expected: string) =>
  malformedFraming(`Byte 0x${byte.toString(16).padStart(2, "0")} where the chunked framing has ${expected}.`);
