import type { BitQueue } from "./bit-queue.ts";
import { MrtError } from "./mrt-error.ts";

const GROUP_SYMBOLS = 50;
const MAX_CODE_BITS = 20;
const RUN_B = 1;
/** Groups of symbols decoded between two pauses: about a millisecond. */
const GROUPS_PER_SLICE = 1000;
/** Symbols put in order between two pauses. */
const SYMBOLS_PER_SLICE = 250_000;

/** A prefix code, as canonical codes are decoded: by length, the last code and where its symbols begin. */
interface PrefixCode {
  readonly shortest: number;
  /** By length: one more than the last code of that length, or of all shorter ones, drawn out. */
  readonly limits: Int32Array;
  /** By length: what to add to a code to have its place in `symbols`. */
  readonly bases: Int32Array;
  readonly symbols: Uint16Array;
}

/** A block whose order was undone: `next[i]` is a symbol in its low octet, and the place of the next one above. */
export interface DecodedBlock {
  readonly next: Uint32Array;
  readonly length: number;
  readonly first: number;
}

/**
 * Decodes what stands between the CRC of a block and the next one, all of which is in `input` unless the file ends
 * there. Yields where others may have their turn. `next` is what the symbols are written to: as many as the stream says.
 */
export function* decodeBlock(input: BitQueue, next: Uint32Array): Generator<"pause", DecodedBlock> {
  if (input.take(1) === 1) throw new MrtError("bzip2: a randomised block, which no bzip2 since 1999 writes");
  const origin = input.take(24);
  const octets = readUsedOctets(input);
  const tableCount = input.take(3);
  if (tableCount < 2 || tableCount > 6) throw new MrtError(`bzip2: ${tableCount} tables in a block`);
  const selectors = readSelectors(input, tableCount);
  const codes = Array.from({ length: tableCount }, () => readCode(input, octets.length + 2));
  yield "pause";
  const length = yield* decodeSymbols({ input, selectors, codes, octets, next });
  if (origin >= length) throw new MrtError("bzip2: a block that begins behind its end");
  yield* undoOrder(next, length);
  return { next, length, first: (next[origin] as number) >>> 8 };
}

function readUsedOctets(input: BitQueue): Uint8Array {
  const ranges = input.take(16);
  const used: number[] = [];
  for (let range = 0; range < 16; range++) {
    if ((ranges & (0x8000 >> range)) === 0) continue;
    const bits = input.take(16);
    for (let bit = 0; bit < 16; bit++) if ((bits & (0x8000 >> bit)) !== 0) used.push(16 * range + bit);
  }
  if (used.length === 0) throw new MrtError("bzip2: a block of no symbols");
  return Uint8Array.from(used);
}

function readSelectors(input: BitQueue, tableCount: number): Uint8Array {
  const count = input.take(15);
  if (count === 0) throw new MrtError("bzip2: a block without selectors");
  const recent = Array.from({ length: tableCount }, (_, table) => table);
  const selectors = new Uint8Array(count);
  for (let at = 0; at < count; at++) {
    let position = 0;
    while (input.take(1) === 1)
      if (++position === tableCount) throw new MrtError("bzip2: a selector of a table that is not there");
    const [table] = recent.splice(position, 1) as [number];
    recent.unshift(table);
    selectors[at] = table;
  }
  return selectors;
}

function readCode(input: BitQueue, symbolCount: number): PrefixCode {
  const lengths = new Uint8Array(symbolCount);
  let length = input.take(5);
  for (let symbol = 0; symbol < symbolCount; symbol++) {
    for (;;) {
      if (length < 1 || length > MAX_CODE_BITS) throw new MrtError(`bzip2: a code of ${length} bits`);
      if (input.take(1) === 0) break;
      length += input.take(1) === 0 ? 1 : -1;
    }
    lengths[symbol] = length;
  }
  return canonicalCode(lengths);
}

function canonicalCode(lengths: Uint8Array): PrefixCode {
  const limits = new Int32Array(MAX_CODE_BITS + 1);
  const bases = new Int32Array(MAX_CODE_BITS + 1);
  const symbols = new Uint16Array(lengths.length);
  let placed = 0;
  let code = 0;
  let shortest = MAX_CODE_BITS;
  for (let length = 1; length <= MAX_CODE_BITS; length++) {
    code <<= 1;
    bases[length] = placed - code;
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol] !== length) continue;
      symbols[placed++] = symbol;
      code++;
      if (length < shortest) shortest = length;
    }
    limits[length] = code;
  }
  return { shortest, limits, bases, symbols };
}

interface CodedSymbols {
  readonly input: BitQueue;
  readonly selectors: Uint8Array;
  readonly codes: readonly PrefixCode[];
  readonly octets: Uint8Array;
  readonly next: Uint32Array;
}

/** Prefix codes, runs and move-to-front; returns how many symbols there are. */
function* decodeSymbols({ input, selectors, codes, octets, next }: CodedSymbols): Generator<"pause", number> {
  const recent = octets.slice();
  const end = octets.length + 1;
  let length = 0;
  let run = 0;
  let runBit = 1;
  for (let group = 0; group < selectors.length; group++) {
    const code = codes[selectors[group] as number] as PrefixCode;
    for (let left = GROUP_SYMBOLS; left > 0; left--) {
      const symbol = takeSymbol(input, code);
      if (symbol <= RUN_B) {
        // Digits 1 and 2, the lowest first.
        run += runBit << symbol;
        runBit <<= 1;
        if (run > next.length) throw new MrtError("bzip2: a run that exceeds its block");
        continue;
      }
      if (run > 0) {
        if (length + run > next.length) throw new MrtError("bzip2: a run that exceeds its block");
        next.fill(recent[0] as number, length, length + run);
        length += run;
        run = 0;
        runBit = 1;
      }
      if (symbol === end) return length;
      if (length === next.length) throw new MrtError("bzip2: a block is longer than the stream says");
      const octet = recent[symbol - 1] as number;
      recent.copyWithin(1, 0, symbol - 1);
      recent[0] = octet;
      next[length++] = octet;
    }
    if (group % GROUPS_PER_SLICE === GROUPS_PER_SLICE - 1) yield "pause";
  }
  throw new MrtError("bzip2: a block without end");
}

function takeSymbol(input: BitQueue, { shortest, limits, bases, symbols }: PrefixCode): number {
  let length = shortest;
  let code = input.take(length);
  while (code >= (limits[length] as number)) {
    if (length === MAX_CODE_BITS) throw new MrtError("bzip2: a code that stands for nothing");
    length++;
    code = (code << 1) | input.take(1);
  }
  return symbols[code + (bases[length] as number)] as number;
}

/** The inverse of the Burrows-Wheeler transform: symbols become a list in which each leads to the next. */
function* undoOrder(next: Uint32Array, length: number): Generator<"pause", void> {
  const places = new Uint32Array(256);
  for (let at = 0; at < length; at++) (places[next[at] as number] as number) += 1;
  let sum = 0;
  for (let octet = 0; octet < 256; octet++) {
    const count = places[octet] as number;
    places[octet] = sum;
    sum += count;
  }
  for (let from = 0; from < length; from += SYMBOLS_PER_SLICE) {
    yield "pause";
    const to = Math.min(length, from + SYMBOLS_PER_SLICE);
    for (let at = from; at < to; at++) {
      const octet = (next[at] as number) & 0xff;
      const place = places[octet] as number;
      places[octet] = place + 1;
      next[place] = (next[place] as number) | (at << 8);
    }
  }
}
