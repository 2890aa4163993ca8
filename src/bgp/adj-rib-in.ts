import type { AddressFamily } from "./address-family.ts";
import { addressBits } from "./codec/prefix.ts";
import { PrefixKey } from "./prefix-key.ts";
import { NONE, RouteTable } from "./route-table.ts";
import { UpdatePacker } from "./update-packer.ts";

/** The next route that a dump under way will write, in one attribute set. */
interface DumpCursor {
  route: number;
}

/** Attributes as received, and the routes that have them. */
interface AttributeSet {
  /** One character an octet: length of the next hop in MP_REACH_NLRI (0 = classic), the next hop, the attributes. */
  readonly key: string;
  readonly group: number;
  /** Grows with each set made: a dump ends at those made after it began. */
  readonly serial: number;
  head: number;
  readonly cursors: DumpCursor[];
}

/** The routes one neighbour has announced in one family (RFC 4271 section 3.2). */
export class AdjRibIn {
  readonly #packer: UpdatePacker;
  readonly #routes: RouteTable;
  readonly #key = new PrefixKey();
  readonly #scratch = Buffer.alloc(8192);
  /** In the order they were made. */
  readonly #setsByKey = new Map<string, AttributeSet>();
  readonly #setsByGroup: (AttributeSet | undefined)[] = [];
  readonly #freeGroups: number[] = [];
  #serial = 0;
  #attributeBytes = 0;
  #duplicateAnnouncements = 0;
  #duplicateWithdrawals = 0;

  /** @param seed 32 random bits */
  constructor(family: AddressFamily, seed: number) {
    this.#packer = new UpdatePacker(family);
    this.#routes = new RouteTable(addressBits(family.name), seed);
  }

  /** Routes in the table. */
  get size(): number {
    return this.#routes.size;
  }

  /** Octets of distinct attribute sets kept. */
  get attributeBytes(): number {
    return this.#attributeBytes;
  }

  /** Announcements of a route that was there with the same attributes. */
  get duplicateAnnouncements(): number {
    return this.#duplicateAnnouncements;
  }

  /** Withdrawals of a route that was not there. */
  get duplicateWithdrawals(): number {
    return this.#duplicateWithdrawals;
  }

  /**
   * @param nlri valid prefixes
   * @param nextHop of MP_REACH_NLRI; none = the classic fields, next hop among the attributes
   */
  announce(nlri: Uint8Array, attributes: Uint8Array, nextHop?: Uint8Array): void {
    if (nlri.length === 0) return;
    const set = this.#intern(attributes, nextHop);
    for (let offset = 0; offset < nlri.length; ) {
      offset = this.#key.read(nlri, offset);
      let route = this.#routes.find(this.#key);
      if (route === NONE) {
        route = this.#routes.insert(this.#key);
      } else if (this.#routes.groupOf(route) === set.group) {
        this.#duplicateAnnouncements++;
        continue;
      } else {
        this.#unlink(route);
      }
      this.#routes.link(route, set.group, set.head);
      set.head = route;
    }
  }

  /** @param nlri valid prefixes */
  withdraw(nlri: Uint8Array): void {
    for (let offset = 0; offset < nlri.length; ) {
      offset = this.#key.read(nlri, offset);
      const route = this.#routes.find(this.#key);
      if (route === NONE) {
        this.#duplicateWithdrawals++;
        continue;
      }
      this.#unlink(route);
      this.#routes.remove(route);
    }
  }

  /** See `EstablishedPeer.dump`. To give up before the end, call the iterator's `return`. */
  *dump(): Generator<Uint8Array, void, undefined> {
    const lastSerial = this.#serial;
    for (const set of this.#setsByKey.values()) {
      if (set.serial > lastSerial) return;
      yield* this.#dumpSet(set);
    }
  }

  /** Newest to oldest, while new routes are put before the newest: the walk ends whatever happens meanwhile. */
  *#dumpSet(set: AttributeSet): Generator<Uint8Array, void, undefined> {
    const cursor: DumpCursor = { route: set.head };
    set.cursors.push(cursor);
    try {
      while (cursor.route !== NONE) yield this.#pack(set, cursor);
    } finally {
      set.cursors.splice(set.cursors.indexOf(cursor), 1);
    }
  }

  #pack(set: AttributeSet, cursor: DumpCursor): Uint8Array {
    const packer = this.#packer;
    packer.begin(set.key);
    while (cursor.route !== NONE && packer.fits(this.#routes.nlriBytes(cursor.route))) {
      packer.nlriEnd = this.#routes.writeNlri(cursor.route, packer.octets, packer.nlriEnd);
      cursor.route = this.#routes.olderThan(cursor.route);
    }
    return packer.take();
  }

  #unlink(route: number): void {
    const set = this.#setsByGroup[this.#routes.groupOf(route)] as AttributeSet;
    for (const cursor of set.cursors) if (cursor.route === route) cursor.route = this.#routes.olderThan(route);
    set.head = this.#routes.unlink(route, set.head);
    if (set.head !== NONE) return;
    this.#setsByKey.delete(set.key);
    this.#setsByGroup[set.group] = undefined;
    this.#freeGroups.push(set.group);
    this.#attributeBytes -= set.key.length;
  }

  #intern(attributes: Uint8Array, nextHop: Uint8Array | undefined): AttributeSet {
    const key = this.#keyOf(attributes, nextHop);
    const known = this.#setsByKey.get(key);
    if (known !== undefined) return known;
    const group = this.#freeGroups.pop() ?? this.#setsByGroup.length;
    const set: AttributeSet = { key, group, serial: ++this.#serial, head: NONE, cursors: [] };
    this.#setsByKey.set(key, set);
    this.#setsByGroup[group] = set;
    this.#attributeBytes += key.length;
    return set;
  }

  #keyOf(attributes: Uint8Array, nextHop: Uint8Array | undefined): string {
    const nextHopLength = nextHop?.length ?? 0;
    this.#scratch[0] = nextHopLength;
    if (nextHop !== undefined) this.#scratch.set(nextHop, 1);
    this.#scratch.set(attributes, 1 + nextHopLength);
    return this.#scratch.toString("latin1", 0, 1 + nextHopLength + attributes.length);
  }
}
