import { grown, NONE } from "./route-table.ts";

const INITIAL_CANDIDATES = 64;

/**
 * The candidates for all destinations of a family, 20 octets each, in typed arrays: a route of a neighbour, the
 * destination it leads to, and its place among the candidates for that one, which are a doubly linked list.
 */
export class CandidateList {
  #capacity = 0;
  #sources = new Uint32Array(0);
  #routes = new Uint32Array(0);
  #destinations = new Uint32Array(0);
  #next = new Int32Array(0);
  #previous = new Int32Array(0);
  #used = 0;
  /** Removed ones, linked by `#next`. */
  #free = NONE;

  /** @returns the number of a candidate that is in no list yet */
  add(source: number, route: number): number {
    const candidate = this.#take();
    this.#sources[candidate] = source;
    this.#routes[candidate] = route;
    return candidate;
  }

  /** Forgets a candidate that is in no list any more. */
  remove(candidate: number): void {
    this.#next[candidate] = this.#free;
    this.#free = candidate;
  }

  sourceOf(candidate: number): number {
    return this.#sources[candidate] as number;
  }

  routeOf(candidate: number): number {
    return this.#routes[candidate] as number;
  }

  setRoute(candidate: number, route: number): void {
    this.#routes[candidate] = route;
  }

  destinationOf(candidate: number): number {
    return this.#destinations[candidate] as number;
  }

  setDestination(candidate: number, destination: number): void {
    this.#destinations[candidate] = destination;
  }

  after(candidate: number): number {
    return this.#next[candidate] as number;
  }

  /** Puts a candidate behind `before`; NONE: at the head of the list that began with `head`. */
  insert(candidate: number, before: number, head: number): void {
    const next = before === NONE ? head : (this.#next[before] as number);
    this.#previous[candidate] = before;
    this.#next[candidate] = next;
    if (before !== NONE) this.#next[before] = candidate;
    if (next !== NONE) this.#previous[next] = candidate;
  }

  /** Takes a candidate out of the list that begins with `head`; returns what it begins with from now on. */
  unlink(candidate: number, head: number): number {
    const [previous, next] = [this.#previous[candidate] as number, this.#next[candidate] as number];
    if (next !== NONE) this.#previous[next] = previous;
    if (previous === NONE) return next;
    this.#next[previous] = next;
    return head;
  }

  #take(): number {
    const candidate = this.#free;
    if (candidate !== NONE) {
      this.#free = this.#next[candidate] as number;
      return candidate;
    }
    if (this.#used === this.#capacity) this.#grow();
    return this.#used++;
  }

  #grow(): void {
    this.#capacity = Math.max(2 * this.#capacity, INITIAL_CANDIDATES);
    this.#sources = grown(this.#sources, new Uint32Array(this.#capacity));
    this.#routes = grown(this.#routes, new Uint32Array(this.#capacity));
    this.#destinations = grown(this.#destinations, new Uint32Array(this.#capacity));
    this.#next = grown(this.#next, new Int32Array(this.#capacity));
    this.#previous = grown(this.#previous, new Int32Array(this.#capacity));
  }
}
