import type { AttributeSet } from "./attribute-set.ts";
import type { RouteDump } from "./route-source.ts";
import { NONE, type RouteTable } from "./route-table.ts";
import type { UpdatePacker } from "./update-packer.ts";

const END = { done: true, value: undefined } as const;

/** The table that a dump reads. */
export interface DumpedTable {
  readonly routes: RouteTable;
  readonly packer: UpdatePacker;
  /** Passes over routes that must not be used. */
  readonly onlyUsable: boolean;
}

/**
 * A walk through a RIB: set by set as they were made, in each from the newest route to the oldest. New routes
 * are put before the newest, and new sets are behind `lastSerial`: the walk ends whatever happens meanwhile.
 */
export class RibDump implements RouteDump {
  readonly #table: DumpedTable;
  readonly #lastSerial: number;
  #set: AttributeSet | undefined;
  /** The route that is written next. */
  #route: number = NONE;

  constructor(table: DumpedTable, lastSerial: number, set: AttributeSet | undefined, route = set?.head ?? NONE) {
    this.#table = table;
    this.#lastSerial = lastSerial;
    this.#enter(set, route);
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Uint8Array, undefined> {
    while (this.#set !== undefined && this.#route === NONE) this.enterNext();
    return this.#set === undefined ? END : { done: false, value: this.#pack(this.#set) };
  }

  return(): IteratorResult<Uint8Array, undefined> {
    this.#leave();
    return END;
  }

  fork(): RibDump {
    return new RibDump(this.#table, this.#lastSerial, this.#set, this.#route);
  }

  /** `route` is about to leave the set that this stands on. */
  passOver(route: number): void {
    if (this.#route === route) this.#route = this.#table.routes.olderThan(route);
  }

  enterNext(): void {
    const next = this.#set?.next;
    this.#leave();
    this.#enter(next, next?.head);
  }

  /** Stands on a set, or, if its routes must not be used, on the next one whose may. */
  #enter(set: AttributeSet | undefined, route = NONE): void {
    let entered = set;
    // Without a stop at each: they can be a million in a row.
    if (this.#table.onlyUsable) while (entered?.isUsable === false) entered = entered.next;
    if (entered === undefined || entered.serial > this.#lastSerial) return;
    entered.dumps.push(this);
    this.#set = entered;
    this.#route = entered === set ? route : entered.head;
  }

  #leave(): void {
    if (this.#set !== undefined) takeOut(this.#set.dumps, this);
    this.#set = undefined;
    this.#route = NONE;
  }

  #pack({ key }: AttributeSet): Uint8Array {
    const { packer, routes } = this.#table;
    packer.begin(key, routes.nlriBytes(this.#route));
    while (this.#route !== NONE && packer.fits(routes.nlriBytes(this.#route))) {
      packer.nlriEnd = routes.writeNlri(this.#route, packer.octets, packer.nlriEnd);
      this.#route = routes.olderThan(this.#route);
    }
    return packer.take();
  }
}

/** Nearly always it is the only one. */
function takeOut(dumps: RibDump[], dump: RibDump): void {
  const last = dumps.pop();
  if (last !== undefined && last !== dump) dumps[dumps.indexOf(dump)] = last;
}
