import type { AddressFamily } from "./address-family.ts";
import { type AttributeSet, AttributeSets } from "./attribute-set.ts";
import { addressBits } from "./codec/prefix.ts";
import { OctetTable } from "./octet-table.ts";
import { PrefixTable } from "./prefix-table.ts";
import { RibDump } from "./rib-dump.ts";
import { NONE, type RouteTable } from "./route-table.ts";
import { UpdatePacker } from "./update-packer.ts";

/** What the UPDATEs of a family are like. */
export interface RibOptions {
  /** Each route has a Path Identifier (RFC 7911). */
  readonly hasPathIds: boolean;
  /** UPDATEs may have more than 4096 octets (RFC 8654). */
  readonly isExtendedMessage: boolean;
}

/** The routes of one family in one RIB, and the attributes that they have. */
export class RibTable {
  readonly routes: RouteTable;
  readonly sets = new AttributeSets();
  readonly #packer: UpdatePacker;

  /** @param seed 32 random bits */
  constructor(family: AddressFamily, seed: number, { hasPathIds, isExtendedMessage }: RibOptions) {
    this.#packer = new UpdatePacker(family, isExtendedMessage);
    this.routes =
      family.form === "prefix" && !hasPathIds
        ? new PrefixTable(addressBits(family), seed)
        : new OctetTable(family, hasPathIds, seed);
  }

  setOf(route: number): AttributeSet {
    return this.sets.ofGroup(this.routes.groupOf(route));
  }

  /** Gives a route that has none its attributes. */
  link(route: number, set: AttributeSet): void {
    this.routes.link(route, set.group, set.head);
    set.head = route;
  }

  /** Takes its attributes from a route. A set that loses its last route goes. */
  unlink(route: number): void {
    const set = this.setOf(route);
    for (const dump of set.dumps) dump.passOver(route);
    set.head = this.routes.unlink(route, set.head);
    if (set.head === NONE) this.sets.remove(set);
  }

  /** See `EstablishedPeer.dump`. `onlyUsable`: routes that must not be used are left out. */
  dump(onlyUsable = false): RibDump {
    const table = { routes: this.routes, packer: this.#packer, onlyUsable };
    return new RibDump(table, this.sets.lastSerial, this.sets.first);
  }
}
