import type { BitQueue } from "./bit-queue.ts";
import { type DecodedBlock, decodeBlock } from "./bzip2-block.ts";
import { MrtError } from "./mrt-error.ts";

const BLOCK_UNIT = 100_000;
const BLOCK_MAGIC = [0x314159, 0x265359] as const;
const END_MAGIC = [0x177245, 0x385090] as const;
/** No block takes more: 900,000 codes of 20 bits, and what says how to read them. */
const LONGEST_BLOCK_BYTES = 2_500_000;
const OUTPUT_BYTES = 64 * 1024;
/** After so many equal octets comes the count of further ones. */
const RUN_START = 4;
const MAX_RUN = 255;

/** What a decoder wants: octets to go on, others to have their turn, or to have what it decoded taken. */
export type Bzip2Step = "input" | "pause" | Uint8Array;

/**
 * bzip2 in slices of a few milliseconds: a block is up to 900,000 octets, and npm's decoders work through one at a time.
 * @throws MrtError the file is damaged: each block has a CRC
 */
export function* bunzip2(input: BitQueue): Generator<Bzip2Step, void> {
  for (;;) {
    yield* decodeStream(input);
    input.align();
    if (input.left === 0 && !input.isEnded) yield "input";
    if (input.left === 0) return;
    // A stream can be without a block: a file of nothing else has many of them.
    yield "pause";
  }
}

/** Whether a file begins as bzip2's do. */
export function isBzip2(octets: Uint8Array): boolean {
  return octets[0] === 0x42 && octets[1] === 0x5a && octets[2] === 0x68;
}

function* decodeStream(input: BitQueue): Generator<Bzip2Step, void> {
  yield* gather(input);
  const magic = Uint8Array.of(input.take(8), input.take(8), input.take(8));
  const level = input.take(8) - 0x30;
  if (!isBzip2(magic) || level < 1 || level > 9) throw new MrtError("bzip2: octets behind the end that are no bzip2");
  const next = new Uint32Array(level * BLOCK_UNIT);
  let combined = 0;
  for (;;) {
    yield* gather(input);
    const [high, low] = [input.take(24), input.take(24)];
    const crc = takeCrc(input);
    if (high === END_MAGIC[0] && low === END_MAGIC[1]) {
      if (crc !== combined) throw new MrtError("bzip2: the CRC of the whole does not match");
      return;
    }
    if (high !== BLOCK_MAGIC[0] || low !== BLOCK_MAGIC[1]) throw new MrtError("bzip2: no block where one begins");
    const block = yield* decodeBlock(input, next);
    if ((yield* undoRuns(block)) !== crc) throw new MrtError("bzip2: the CRC of a block does not match");
    combined = (((combined << 1) | (combined >>> 31)) ^ crc) >>> 0;
  }
}

/** All of the next block. */
function* gather(input: BitQueue): Generator<Bzip2Step, void> {
  while (!input.isEnded && input.left < LONGEST_BLOCK_BYTES) yield "input";
}

function takeCrc(input: BitQueue): number {
  return input.take(16) * 0x1_0000 + input.take(16);
}

/** Yields the octets of a block in pieces; returns their CRC. */
function* undoRuns({ next, length, first }: DecodedBlock): Generator<Uint8Array, number> {
  let output = new Uint8Array(OUTPUT_BYTES + MAX_RUN);
  let filled = 0;
  let crc = 0xffff_ffff;
  let place = first;
  let last = -1;
  let equal = 0;
  for (let left = length; left > 0; left--) {
    const entry = next[place] as number;
    const octet = entry & 0xff;
    place = entry >>> 8;
    const start = filled;
    if (equal === RUN_START) {
      output.fill(last, filled, filled + octet);
      filled += octet;
      equal = 0;
      last = -1;
    } else {
      equal = octet === last ? equal + 1 : 1;
      last = octet;
      output[filled++] = octet;
    }
    for (let at = start; at < filled; at++)
      crc = (crc << 8) ^ (CRC_TABLE[(crc >>> 24) ^ (output[at] as number)] as number);
    if (filled < OUTPUT_BYTES) continue;
    yield output.subarray(0, filled);
    output = new Uint8Array(OUTPUT_BYTES + MAX_RUN);
    filled = 0;
  }
  if (filled > 0) yield output.subarray(0, filled);
  return ~crc >>> 0;
}

/** Of bzip2's CRC-32, which takes the highest bit first. */
const CRC_TABLE = Int32Array.from({ length: 256 }, (_, octet) => {
  let crc = octet << 24;
  for (let bit = 0; bit < 8; bit++) crc = crc < 0 ? (crc << 1) ^ 0x04c1_1db7 : crc << 1;
  return crc;
});
