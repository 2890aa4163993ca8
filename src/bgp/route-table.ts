/** No route. */
export const NONE = -1;
/** Where the route before would be: the number is not in use. */
const UNUSED = -2;

const INITIAL_ROUTES = 64;

/**
 * The routes of one RIB, in typed arrays. A route is a number that stays its own until it is removed. Each
 * belongs to a group (the routes that share attributes), a doubly linked list whose newest member comes first. How
 * routes are kept and found is up to the form of their NLRI.
 */
export abstract class RouteTable {
  #capacity = INITIAL_ROUTES;
  #groups = new Uint32Array(INITIAL_ROUTES);
  #next = new Int32Array(INITIAL_ROUTES);
  #previous = new Int32Array(INITIAL_ROUTES);
  #used = 0;
  /** Removed routes, linked by `#next`. */
  #free = NONE;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** All routes have numbers below this one. */
  get end(): number {
    return this.#used;
  }

  /** Whether `route`, below `end`, is there. */
  isThere(route: number): boolean {
    return this.#previous[route] !== UNUSED;
  }

  /** Octets of memory for NLRI of no fixed size. */
  abstract readonly nlriMemoryBytes: number;

  /** Takes the route at `offset` of a valid NLRI field as the one that is meant; returns where the next one begins. */
  abstract read(nlri: Uint8Array, offset: number): number;

  /** The number of the route that is meant, or NONE. */
  abstract find(): number;

  /** Whether the NLRI of `route`, which has been found, is all that was read: parts of it do not tell routes apart. */
  abstract isAsRead(route: number): boolean;

  /** Adds the route that is meant; `link` it to its group next. */
  abstract insert(): number;

  /** Forgets a route that was unlinked. */
  abstract remove(route: number): void;

  /** Octets of `route` as NLRI. */
  abstract nlriBytes(route: number): number;

  /** Writes `route` as NLRI; returns the offset behind it. */
  abstract writeNlri(route: number, target: Uint8Array, offset: number): number;

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

  /** Makes room for routes up to number `capacity`; first called when the first route comes. */
  protected abstract grow(capacity: number): void;

  /** A number for a new route. */
  protected takeRoute(): number {
    this.#size++;
    const route = this.#free;
    if (route !== NONE) {
      this.#free = this.#next[route] as number;
      this.#previous[route] = NONE;
      return route;
    }
    if (this.#used === 0) this.grow(this.#capacity);
    else if (this.#used === this.#capacity) this.#double();
    return this.#used++;
  }

  protected releaseRoute(route: number): void {
    this.#previous[route] = UNUSED;
    this.#next[route] = this.#free;
    this.#free = route;
    this.#size--;
  }

  #double(): void {
    this.#capacity *= 2;
    this.#groups = grown(this.#groups, new Uint32Array(this.#capacity));
    this.#next = grown(this.#next, new Int32Array(this.#capacity));
    this.#previous = grown(this.#previous, new Int32Array(this.#capacity));
    this.grow(this.#capacity);
  }
}

/** `to` with the beginning of `from`. */
export function grown<T extends Uint32Array | Int32Array | Uint16Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
