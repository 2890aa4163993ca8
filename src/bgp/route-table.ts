import { prefixBytes } from "./codec/prefix.ts";
import { HashIndex } from "./hash-index.ts";
import type { PrefixKey } from "./prefix-key.ts";

/** No route. */
export const NONE = -1;

const INITIAL_ROUTES = 64;

/**
 * The prefixes of one Adj-RIB-In in typed arrays, found by hash: 25 octets a route and 8 to 16 of index for IPv4,
 * 12 more for IPv6. A route is a number that stays its own until it is removed. Each belongs to a group (the routes
 * that share attributes), a doubly linked list whose newest member comes first.
 */
export class RouteTable {
  readonly #words: number;
  readonly #seed: number;
  #capacity = INITIAL_ROUTES;
  #addresses: Uint32Array;
  #lengths = new Uint8Array(INITIAL_ROUTES);
  #groups = new Uint32Array(INITIAL_ROUTES);
  #next = new Int32Array(INITIAL_ROUTES);
  #previous = new Int32Array(INITIAL_ROUTES);
  readonly #index = new HashIndex((route) => this.#hashOf(route));
  #used = 0;
  /** Removed routes, linked by `#next`. */
  #free = NONE;
  #size = 0;

  /**
   * @param bits of an address, 32 or 128
   * @param seed 32 random bits, so that nobody can choose prefixes that collide
   */
  constructor(bits: number, seed: number) {
    this.#words = bits / 32;
    this.#seed = seed | 0;
    this.#addresses = new Uint32Array(INITIAL_ROUTES * this.#words);
  }

  get size(): number {
    return this.#size;
  }

  find(key: PrefixKey): number {
    const hash = this.#hash(key.words, 0, key.lengthBits);
    const slots = this.#index.slots(hash);
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const route = (slots[slot] as number) - 1;
      if (route === NONE || this.#isAt(route, key)) return route;
    }
  }

  /** Adds a prefix that is not there yet; `link` it to its group next. */
  insert(key: PrefixKey): number {
    const route = this.#takeRoute();
    for (let i = 0; i < this.#words; i++) this.#addresses[route * this.#words + i] = key.words[i] as number;
    this.#lengths[route] = key.lengthBits;
    this.#index.insert(this.#hashOf(route), route);
    this.#size++;
    return route;
  }

  /** Forgets a route that was unlinked. */
  remove(route: number): void {
    this.#index.remove(this.#hashOf(route), route);
    this.#next[route] = this.#free;
    this.#free = route;
    this.#size--;
  }

  groupOf(route: number): number {
    return this.#groups[route] as number;
  }

  /** The next older member of the group, or NONE. */
  olderThan(route: number): number {
    return this.#next[route] as number;
  }

  /** Puts `route` before `head`; it is the group's new head. */
  link(route: number, group: number, head: number): void {
    this.#groups[route] = group;
    this.#previous[route] = NONE;
    this.#next[route] = head;
    if (head !== NONE) this.#previous[head] = route;
  }

  /** Takes `route` out of the group whose head is `head`; returns the head from now on. */
  unlink(route: number, head: number): number {
    const next = this.#next[route] as number;
    const previous = this.#previous[route] as number;
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) return next;
    this.#next[previous] = next;
    return head;
  }

  /** Octets of `route` as NLRI. */
  nlriBytes(route: number): number {
    return prefixBytes(this.#lengths[route] as number);
  }

  /** Writes `route` as NLRI; returns the offset behind it. */
  writeNlri(route: number, target: Uint8Array, offset: number): number {
    const lengthBits = this.#lengths[route] as number;
    const end = offset + prefixBytes(lengthBits);
    target[offset] = lengthBits;
    for (let i = offset + 1, bit = 0; i < end; i++, bit += 8)
      target[i] = (this.#addresses[route * this.#words + (bit >>> 5)] as number) >>> (24 - (bit & 31));
    return end;
  }

  #isAt(route: number, key: PrefixKey): boolean {
    if (this.#lengths[route] !== key.lengthBits) return false;
    for (let i = 0; i < this.#words; i++) if (this.#addresses[route * this.#words + i] !== key.words[i]) return false;
    return true;
  }

  #takeRoute(): number {
    const route = this.#free;
    if (route !== NONE) {
      this.#free = this.#next[route] as number;
      return route;
    }
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    this.#capacity *= 2;
    this.#addresses = grown(this.#addresses, new Uint32Array(this.#capacity * this.#words));
    this.#lengths = grown(this.#lengths, new Uint8Array(this.#capacity));
    this.#groups = grown(this.#groups, new Uint32Array(this.#capacity));
    this.#next = grown(this.#next, new Int32Array(this.#capacity));
    this.#previous = grown(this.#previous, new Int32Array(this.#capacity));
  }

  #hashOf(route: number): number {
    return this.#hash(this.#addresses, route * this.#words, this.#lengths[route] as number);
  }

  #hash(words: Uint32Array, offset: number, lengthBits: number): number {
    let hash = this.#seed ^ lengthBits;
    for (let i = 0; i < this.#words; i++) hash = mix(hash ^ (words[offset + i] as number));
    return hash;
  }
}

/** A bijection of 32 bits in which each bit of the input moves half of the output. */
function mix(value: number): number {
  let mixed = Math.imul(value ^ (value >>> 16), 0x21f0aaad);
  mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
  return mixed ^ (mixed >>> 15);
}

function grown<T extends Uint32Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
