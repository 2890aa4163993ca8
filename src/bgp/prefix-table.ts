import { prefixBytes } from "./codec/prefix.ts";
import { HashIndex, mix } from "./hash-index.ts";
import { PrefixKey } from "./prefix-key.ts";
import { grown, NONE, RouteTable } from "./route-table.ts";

/**
 * Prefixes found by hash: 25 octets a route and 8 to 16 of index for IPv4, 12 more for IPv6. Bits of a prefix behind
 * its length mean nothing and are not kept.
 */
export class PrefixTable extends RouteTable {
  readonly #words: number;
  readonly #seed: number;
  readonly #key = new PrefixKey();
  #addresses = new Uint32Array(0);
  #lengths = new Uint8Array(0);
  readonly #index = new HashIndex((route) => this.#hashOf(route));

  /**
   * @param bits of an address, 32 or 128
   * @param seed 32 random bits, so that nobody can choose prefixes that collide
   */
  constructor(bits: number, seed: number) {
    super();
    this.#words = bits / 32;
    this.#seed = seed | 0;
  }

  get nlriMemoryBytes(): number {
    return 0;
  }

  read(nlri: Uint8Array, offset: number): number {
    return this.#key.read(nlri, offset);
  }

  find(): number {
    const key = this.#key;
    const hash = this.#hash(key.words, 0, key.lengthBits);
    const slots = this.#index.slots(hash);
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const route = (slots[slot] as number) - 1;
      if (route === NONE || this.#isAt(route, key)) return route;
    }
  }

  isAsRead(): boolean {
    return true;
  }

  insert(): number {
    const key = this.#key;
    const route = this.takeRoute();
    for (let i = 0; i < this.#words; i++) this.#addresses[route * this.#words + i] = key.words[i] as number;
    this.#lengths[route] = key.lengthBits;
    this.#index.insert(this.#hashOf(route), route);
    return route;
  }

  remove(route: number): void {
    this.#index.remove(this.#hashOf(route), route);
    this.releaseRoute(route);
  }

  nlriBytes(route: number): number {
    return prefixBytes(this.#lengths[route] as number);
  }

  writeNlri(route: number, target: Uint8Array, offset: number): number {
    const lengthBits = this.#lengths[route] as number;
    const end = offset + prefixBytes(lengthBits);
    target[offset] = lengthBits;
    for (let i = offset + 1, bit = 0; i < end; i++, bit += 8)
      target[i] = (this.#addresses[route * this.#words + (bit >>> 5)] as number) >>> (24 - (bit & 31));
    return end;
  }

  protected grow(capacity: number): void {
    this.#addresses = grown(this.#addresses, new Uint32Array(capacity * this.#words));
    this.#lengths = grown(this.#lengths, new Uint8Array(capacity));
  }

  #isAt(route: number, key: PrefixKey): boolean {
    if (this.#lengths[route] !== key.lengthBits) return false;
    for (let i = 0; i < this.#words; i++) if (this.#addresses[route * this.#words + i] !== key.words[i]) return false;
    return true;
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
