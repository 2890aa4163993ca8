import type { AddressFamily } from "./address-family.ts";
import type { AttributeSet } from "./attribute-set.ts";
import { PATH_ID_BYTES } from "./codec/nlri.ts";
import type { RibDump } from "./rib-dump.ts";
import { type RibOptions, RibTable } from "./rib-table.ts";
import { NONE, type RouteTable } from "./route-table.ts";

/** Told of each change of an Adj-RIB-In once it is made, synchronously. */
export interface RouteWatcher {
  /**
   * @param nlri the destination begins at `offset`, behind the Path Identifier
   * @param before the route's number until now, NONE: there was none
   * @param old its attributes until now
   * @param after its number from now on, NONE: it was withdrawn
   */
  changed(nlri: Uint8Array, offset: number, before: number, old: AttributeSet | undefined, after: number): void;
}

/** The routes one neighbour has announced in one family (RFC 4271 section 3.2). */
export class AdjRibIn {
  /** Who wants to be told of changes. */
  watcher: RouteWatcher | undefined;
  /** Octets of each NLRI before the destination. */
  readonly pathIdBytes: number;
  readonly #table: RibTable;
  #scratch = Buffer.alloc(8192);
  #duplicateAnnouncements = 0;
  #duplicateWithdrawals = 0;
  #changes = 0;
  #usable = 0;

  /** @param seed 32 random bits */
  constructor(family: AddressFamily, seed: number, options: RibOptions) {
    this.#table = new RibTable(family, seed, options);
    this.pathIdBytes = options.hasPathIds ? PATH_ID_BYTES : 0;
  }

  /** For reading only. */
  get routes(): RouteTable {
    return this.#table.routes;
  }

  /** Routes in the table. */
  get size(): number {
    return this.#table.routes.size;
  }

  /** Routes that may be used. */
  get usableSize(): number {
    return this.#usable;
  }

  /** Octets of distinct attribute sets kept. */
  get attributeBytes(): number {
    return this.#table.sets.attributeBytes;
  }

  /** Octets of memory for NLRI that are no plain prefixes. */
  get nlriMemoryBytes(): number {
    return this.#table.routes.nlriMemoryBytes;
  }

  /** Announcements of a route that was there with the same attributes. */
  get duplicateAnnouncements(): number {
    return this.#duplicateAnnouncements;
  }

  /** Withdrawals of a route that was not there. */
  get duplicateWithdrawals(): number {
    return this.#duplicateWithdrawals;
  }

  /** Routes that came, went or got other attributes. */
  get changes(): number {
    return this.#changes;
  }

  /** The attributes of a route that is there. */
  setOf(route: number): AttributeSet {
    return this.#table.setOf(route);
  }

  /**
   * @param nlri valid NLRI of the family
   * @param nextHop of MP_REACH_NLRI; none = the classic fields, next hop among the attributes
   * @param isUsable whether the routes may be used (RFC 4271 section 9.1.2)
   */
  announce(nlri: Uint8Array, attributes: Uint8Array, nextHop?: Uint8Array, isUsable = true): void {
    if (nlri.length === 0) return;
    const { routes } = this.#table;
    const set = this.#table.sets.intern(this.#keyOf(attributes, nextHop), isUsable);
    for (let offset = 0; offset < nlri.length; ) {
      const start = offset;
      offset = routes.read(nlri, offset);
      const before = routes.find();
      const old = before === NONE ? undefined : this.#table.setOf(before);
      const isSameNlri = before !== NONE && routes.isAsRead(before);
      if (isSameNlri && old === set) {
        this.#duplicateAnnouncements++;
        continue;
      }
      this.#changes++;
      if (set.isUsable) this.#usable++;
      if (old?.isUsable === true) this.#usable--;
      const after = isSameNlri ? this.#relink(before, set) : this.#insert(before, set);
      this.watcher?.changed(nlri, start + this.pathIdBytes, before, old, after);
    }
  }

  /** @param nlri valid NLRI of the family */
  withdraw(nlri: Uint8Array): void {
    const { routes } = this.#table;
    for (let offset = 0; offset < nlri.length; ) {
      const start = offset;
      offset = routes.read(nlri, offset);
      const route = routes.find();
      if (route === NONE) {
        this.#duplicateWithdrawals++;
        continue;
      }
      this.#changes++;
      const old = this.#table.setOf(route);
      this.#usable -= Number(old.isUsable);
      this.#table.unlink(route);
      routes.remove(route);
      this.watcher?.changed(nlri, start + this.pathIdBytes, route, old, NONE);
    }
  }

  /** See `EstablishedPeer.dump`. `onlyUsable`: routes that must not be used are left out. */
  dump(onlyUsable = false): RibDump {
    return this.#table.dump(onlyUsable);
  }

  #relink(route: number, set: AttributeSet): number {
    this.#table.unlink(route);
    this.#table.link(route, set);
    return route;
  }

  /** Adds the route that was read, in the place of `before` if there is one, whose label, for instance, was another. */
  #insert(before: number, set: AttributeSet): number {
    const { routes } = this.#table;
    const route = routes.insert();
    // Linked first: a set that loses its last route goes.
    this.#table.link(route, set);
    if (before === NONE) return route;
    this.#table.unlink(before);
    routes.remove(before);
    return route;
  }

  #keyOf(attributes: Uint8Array, nextHop: Uint8Array | undefined): string {
    const nextHopLength = nextHop?.length ?? 0;
    const needed = 1 + nextHopLength + attributes.length;
    if (needed > this.#scratch.length) this.#scratch = Buffer.alloc(needed);
    this.#scratch[0] = nextHopLength;
    if (nextHop !== undefined) this.#scratch.set(nextHop, 1);
    this.#scratch.set(attributes, 1 + nextHopLength);
    return this.#scratch.toString("latin1", 0, needed);
  }
}
