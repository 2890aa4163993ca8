const INITIAL_SLOTS = 16;
/** Routes of a shard beyond which it is split: what one insertion may have to move. */
const MAX_SHARD_ROUTES = 4096;
/** Directory of at most 2^20 shards: four thousand million routes. */
const MAX_DEPTH = 20;

/** Open addressing, linear probing; a route plus 1, 0 = free; at most half full. */
interface Shard {
  slots: Int32Array;
  routes: number;
  /** Leading bits of the hash that all its routes share. */
  readonly depth: number;
}

/**
 * Routes by hash, in shards that split one at a time (extendible hashing): a table that grows to millions of routes
 * never stops to move them all.
 */
export class HashIndex {
  readonly #hashOf: (route: number) => number;
  #depth = 0;
  /** By the leading `#depth` bits of the hash. */
  #directory: Shard[] = [{ slots: new Int32Array(INITIAL_SLOTS), routes: 0, depth: 0 }];

  constructor(hashOf: (route: number) => number) {
    this.#hashOf = hashOf;
  }

  /** Where a route of this hash is, if it is: from the slot `hash` modulo the length on, up to a free slot. */
  slots(hash: number): Int32Array {
    return this.#shard(hash).slots;
  }

  insert(hash: number, route: number): void {
    let shard = this.#shard(hash);
    while ((shard.routes + 1) * 2 > shard.slots.length) {
      if (shard.routes < MAX_SHARD_ROUTES || shard.depth === MAX_DEPTH) this.#grow(shard);
      else this.#split(shard, hash);
      shard = this.#shard(hash);
    }
    place(shard, hash, route);
  }

  /** @param route is there */
  remove(hash: number, route: number): void {
    const shard = this.#shard(hash);
    const { slots } = shard;
    const mask = slots.length - 1;
    let hole = hash & mask;
    while (slots[hole] !== route + 1) hole = (hole + 1) & mask;
    // What follows without a gap moves up where its own probe sequence passes the hole: no tombstones.
    for (let slot = (hole + 1) & mask; slots[slot] !== 0; slot = (slot + 1) & mask) {
      const home = this.#hashOf((slots[slot] as number) - 1) & mask;
      if (((slot - home) & mask) >= ((slot - hole) & mask)) {
        slots[hole] = slots[slot] as number;
        hole = slot;
      }
    }
    slots[hole] = 0;
    shard.routes--;
  }

  #shard(hash: number): Shard {
    return this.#directory[leadingBits(hash, this.#depth)] as Shard;
  }

  #grow(shard: Shard): void {
    const { slots } = shard;
    shard.slots = new Int32Array(slots.length * 2);
    shard.routes = 0;
    for (const entry of slots) if (entry !== 0) place(shard, this.#hashOf(entry - 1), entry - 1);
  }

  #split(shard: Shard, hash: number): void {
    if (shard.depth === this.#depth) {
      this.#directory = this.#directory.flatMap((each) => [each, each]);
      this.#depth++;
    }
    const depth = shard.depth + 1;
    const [low, high] = [0, 1].map(() => ({ slots: new Int32Array(shard.slots.length), routes: 0, depth })) as [
      Shard,
      Shard,
    ];
    for (const entry of shard.slots) {
      if (entry === 0) continue;
      const entryHash = this.#hashOf(entry - 1);
      place((leadingBits(entryHash, depth) & 1) === 0 ? low : high, entryHash, entry - 1);
    }
    const half = 2 ** (this.#depth - depth);
    const start = leadingBits(hash, shard.depth) * 2 * half;
    this.#directory.fill(low, start, start + half);
    this.#directory.fill(high, start + half, start + 2 * half);
  }
}

/** A bijection of 32 bits in which each bit of the input moves half of the output. */
export function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

function leadingBits(hash: number, count: number): number {
  return (hash >>> 1) >>> (31 - count);
}

function place(shard: Shard, hash: number, route: number): void {
  const { slots } = shard;
  const mask = slots.length - 1;
  let slot = hash & mask;
  while (slots[slot] !== 0) slot = (slot + 1) & mask;
  slots[slot] = route + 1;
  shard.routes++;
}
