import type { AddressFamily } from "./address-family.ts";
import { type AttributeSet, AttributeSets } from "./attribute-set.ts";
import { addressBits } from "./codec/prefix.ts";
import { OctetTable } from "./octet-table.ts";
import { PrefixTable } from "./prefix-table.ts";
import { RibDump } from "./rib-dump.ts";
import { NONE, type RouteTable } from "./route-table.ts";
import { UpdatePacker } from "./update-packer.ts";

/** What a session has negotiated about the UPDATEs of a family. */
export interface RibOptions {
  /** Each route has a Path Identifier (RFC 7911). */
  readonly hasPathIds: boolean;
  /** UPDATEs may have more than 4096 octets (RFC 8654). */
  readonly isExtendedMessage: boolean;
}

/** The routes one neighbour has announced in one family (RFC 4271 section 3.2). */
export class AdjRibIn {
  readonly #packer: UpdatePacker;
  readonly #routes: RouteTable;
  #scratch = Buffer.alloc(8192);
  readonly #sets = new AttributeSets();
  #duplicateAnnouncements = 0;
  #duplicateWithdrawals = 0;
  #changes = 0;

  /** @param seed 32 random bits */
  constructor(family: AddressFamily, seed: number, { hasPathIds, isExtendedMessage }: RibOptions) {
    this.#packer = new UpdatePacker(family, isExtendedMessage);
    this.#routes =
      family.form === "prefix" && !hasPathIds
        ? new PrefixTable(addressBits(family), seed)
        : new OctetTable(family, hasPathIds, seed);
  }

  /** Routes in the table. */
  get size(): number {
    return this.#routes.size;
  }

  /** Octets of distinct attribute sets kept. */
  get attributeBytes(): number {
    return this.#sets.attributeBytes;
  }

  /** Octets of memory for NLRI that are no plain prefixes. */
  get nlriMemoryBytes(): number {
    return this.#routes.nlriMemoryBytes;
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
   * @param nlri valid NLRI of the family
   * @param nextHop of MP_REACH_NLRI; none = the classic fields, next hop among the attributes
   */
  announce(nlri: Uint8Array, attributes: Uint8Array, nextHop?: Uint8Array): void {
    if (nlri.length === 0) return;
    const set = this.#intern(attributes, nextHop);
    for (let offset = 0; offset < nlri.length; ) {
      offset = this.#routes.read(nlri, offset);
      let route = this.#routes.find();
      if (route === NONE) {
        route = this.#routes.insert();
      } else if (!this.#routes.isAsRead(route)) {
        this.#replace(route, set);
        continue;
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

  /** @param nlri valid NLRI of the family */
  withdraw(nlri: Uint8Array): void {
    for (let offset = 0; offset < nlri.length; ) {
      offset = this.#routes.read(nlri, offset);
      const route = this.#routes.find();
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

  /** `old` gives way to the route that was read: its label, for instance, is another. */
  #replace(old: number, set: AttributeSet): void {
    this.#changes++;
    const route = this.#routes.insert();
    // Linked first: a set that loses its last route goes.
    this.#routes.link(route, set.group, set.head);
    set.head = route;
    this.#unlink(old);
    this.#routes.remove(old);
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
    const needed = 1 + nextHopLength + attributes.length;
    if (needed > this.#scratch.length) this.#scratch = Buffer.alloc(needed);
    this.#scratch[0] = nextHopLength;
    if (nextHop !== undefined) this.#scratch.set(nextHop, 1);
    this.#scratch.set(attributes, 1 + nextHopLength);
    return this.#scratch.toString("latin1", 0, needed);
  }
}
