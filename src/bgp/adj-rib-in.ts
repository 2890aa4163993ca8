import type { AddressFamily } from "./address-family.ts";
import { type AttributeSet, AttributeSets } from "./attribute-set.ts";
import { addressBits } from "./codec/prefix.ts";
import { PrefixKey } from "./prefix-key.ts";
import { RibDump } from "./rib-dump.ts";
import { NONE, RouteTable } from "./route-table.ts";
import { UpdatePacker } from "./update-packer.ts";

/** The routes one neighbour has announced in one family (RFC 4271 section 3.2). */
export class AdjRibIn {
  readonly #packer: UpdatePacker;
  readonly #routes: RouteTable;
  readonly #key = new PrefixKey();
  readonly #scratch = Buffer.alloc(8192);
  readonly #sets = new AttributeSets();
  #duplicateAnnouncements = 0;
  #duplicateWithdrawals = 0;
  #changes = 0;

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
    return this.#sets.attributeBytes;
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
      this.#changes++;
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
      this.#changes++;
      this.#unlink(route);
      this.#routes.remove(route);
    }
  }

  /** See `EstablishedPeer.dump`. */
  dump(): RibDump {
    const table = { routes: this.#routes, packer: this.#packer };
    return new RibDump(table, this.#sets.lastSerial, this.#sets.first);
  }

  #unlink(route: number): void {
    const set = this.#sets.ofGroup(this.#routes.groupOf(route));
    for (const dump of set.dumps) dump.passOver(route);
    set.head = this.#routes.unlink(route, set.head);
    if (set.head === NONE) this.#sets.remove(set);
  }

  #intern(attributes: Uint8Array, nextHop: Uint8Array | undefined): AttributeSet {
    return this.#sets.intern(this.#keyOf(attributes, nextHop));
  }

  #keyOf(attributes: Uint8Array, nextHop: Uint8Array | undefined): string {
    const nextHopLength = nextHop?.length ?? 0;
    this.#scratch[0] = nextHopLength;
    if (nextHop !== undefined) this.#scratch.set(nextHop, 1);
    this.#scratch.set(attributes, 1 + nextHopLength);
    return this.#scratch.toString("latin1", 0, 1 + nextHopLength + attributes.length);
  }
}
