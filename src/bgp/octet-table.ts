import type { AddressFamily } from "./address-family.ts";
import { nlriEnd } from "./codec/nlri.ts";
import { HashIndex, mix } from "./hash-index.ts";
import { OctetStore } from "./octet-store.ts";
import { RouteKey } from "./route-key.ts";
import { grown, NONE, RouteTable } from "./route-table.ts";

/**
 * Routes whose NLRI may be of any length, kept as received: 22 octets a route, 8 to 16 of index, and a cell for the
 * NLRI. Those with the same key are one route.
 */
export class OctetTable extends RouteTable {
  readonly #family: AddressFamily;
  readonly #hasPathIds: boolean;
  readonly #seed: number;
  readonly #key: RouteKey;
  /** Of a route that the one that is meant is compared with. */
  readonly #otherKey: RouteKey;
  readonly #store = new OctetStore();
  #places = new Uint32Array(0);
  #lengths = new Uint16Array(0);
  #hashes = new Int32Array(0);
  readonly #index = new HashIndex((route) => this.#hashes[route] as number);
  /** What was read last. */
  #nlri: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  #hash = 0;

  /** @param seed 32 random bits, so that nobody can choose routes that collide */
  constructor(family: AddressFamily, hasPathIds: boolean, seed: number) {
    super();
    this.#family = family;
    this.#hasPathIds = hasPathIds;
    this.#seed = seed | 0;
    this.#key = new RouteKey(family, hasPathIds);
    this.#otherKey = new RouteKey(family, hasPathIds);
  }

  get nlriMemoryBytes(): number {
    return this.#store.memoryBytes;
  }

  read(nlri: Uint8Array, offset: number): number {
    this.#nlri = nlri;
    this.#start = offset;
    this.#end = nlriEnd(this.#family, nlri, offset, this.#hasPathIds);
    this.#key.read(nlri, offset, this.#end);
    this.#hash = hashOf(this.#key, this.#seed);
    return this.#end;
  }

  find(): number {
    const hash = this.#hash;
    const slots = this.#index.slots(hash);
    const mask = slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const route = (slots[slot] as number) - 1;
      if (route === NONE || (this.#hashes[route] === hash && this.#hasKey(route))) return route;
    }
  }

  isAsRead(route: number): boolean {
    const length = this.#lengths[route] as number;
    if (length !== this.#end - this.#start) return false;
    const place = this.#places[route] as number;
    const page = this.#store.page(place);
    const offset = this.#store.offset(place);
    for (let i = 0; i < length; i++) if (page[offset + i] !== this.#nlri[this.#start + i]) return false;
    return true;
  }

  insert(): number {
    const route = this.takeRoute();
    this.#places[route] = this.#store.put(this.#nlri, this.#start, this.#end);
    this.#lengths[route] = this.#end - this.#start;
    this.#hashes[route] = this.#hash;
    this.#index.insert(this.#hash, route);
    return route;
  }

  remove(route: number): void {
    this.#index.remove(this.#hashes[route] as number, route);
    this.#store.free(this.#places[route] as number, this.#lengths[route] as number);
    this.releaseRoute(route);
  }

  nlriBytes(route: number): number {
    return this.#lengths[route] as number;
  }

  writeNlri(route: number, target: Uint8Array, offset: number): number {
    const place = this.#places[route] as number;
    const start = this.#store.offset(place);
    const length = this.#lengths[route] as number;
    target.set(this.#store.page(place).subarray(start, start + length), offset);
    return offset + length;
  }

  protected grow(capacity: number): void {
    this.#places = grown(this.#places, new Uint32Array(capacity));
    this.#lengths = grown(this.#lengths, new Uint16Array(capacity));
    this.#hashes = grown(this.#hashes, new Int32Array(capacity));
  }

  #hasKey(route: number): boolean {
    const place = this.#places[route] as number;
    const start = this.#store.offset(place);
    this.#otherKey.read(this.#store.page(place), start, start + (this.#lengths[route] as number));
    return this.#otherKey.isEqual(this.#key);
  }
}

function hashOf({ octets, length }: RouteKey, seed: number): number {
  let hash = seed ^ length;
  let offset = 0;
  for (; offset + 4 <= length; offset += 4) {
    const word =
      ((octets[offset] as number) << 24) |
      ((octets[offset + 1] as number) << 16) |
      ((octets[offset + 2] as number) << 8) |
      (octets[offset + 3] as number);
    hash = mix(hash ^ word);
  }
  let rest = 0;
  for (; offset < length; offset++) rest = (rest << 8) | (octets[offset] as number);
  return mix(hash ^ rest);
}
