import type { RibDump } from "./rib-dump.ts";
import { NONE } from "./route-table.ts";

/** Attributes as received, and the routes that have them. */
export interface AttributeSet {
  /** One character an octet: length of the next hop in MP_REACH_NLRI (0 = classic), the next hop, the attributes. */
  readonly key: string;
  readonly group: number;
  /** Whether its routes may be used (RFC 4271 section 9.1.2). */
  readonly isUsable: boolean;
  /** Grows with each set made: a dump ends at those made after it began. */
  readonly serial: number;
  /** Its newest route. */
  head: number;
  /** The dumps that stand here. */
  readonly dumps: RibDump[];
  previous: AttributeSet | undefined;
  next: AttributeSet | undefined;
}

/** The attribute sets of one RIB, in the order they were made, found by key and by group. */
export class AttributeSets {
  readonly #byKey = new Map<string, AttributeSet>();
  readonly #byGroup: (AttributeSet | undefined)[] = [];
  readonly #freeGroups: number[] = [];
  #first: AttributeSet | undefined;
  #last: AttributeSet | undefined;
  #serial = 0;
  #attributeBytes = 0;

  get first(): AttributeSet | undefined {
    return this.#first;
  }

  /** Of the newest set ever made. */
  get lastSerial(): number {
    return this.#serial;
  }

  /** Octets of the keys. */
  get attributeBytes(): number {
    return this.#attributeBytes;
  }

  /** The set of a route. */
  ofGroup(group: number): AttributeSet {
    const set = this.#byGroup[group];
    if (set === undefined) throw new Error(`no attribute set has group ${group}`);
    return set;
  }

  /**
   * The set with these attributes; one that is new has no routes yet.
   * @param isUsable the same for the same attributes
   */
  intern(key: string, isUsable: boolean): AttributeSet {
    const known = this.#byKey.get(key);
    if (known !== undefined) return known;
    const group = this.#freeGroups.pop() ?? this.#byGroup.length;
    const set: AttributeSet = {
      key,
      group,
      isUsable,
      serial: ++this.#serial,
      head: NONE,
      dumps: [],
      previous: this.#last,
      next: undefined,
    };
    if (this.#last === undefined) this.#first = set;
    else this.#last.next = set;
    this.#last = set;
    this.#byKey.set(key, set);
    this.#byGroup[group] = set;
    this.#attributeBytes += key.length;
    return set;
  }

  /** Takes out a set that has no routes any more. Dumps that stand on it go on to the next one. */
  remove(set: AttributeSet): void {
    while (set.dumps.length > 0) set.dumps[0]?.enterNext();
    if (set.previous === undefined) this.#first = set.next;
    else set.previous.next = set.next;
    if (set.next === undefined) this.#last = set.previous;
    else set.next.previous = set.previous;
    this.#byKey.delete(set.key);
    this.#byGroup[set.group] = undefined;
    this.#freeGroups.push(set.group);
    this.#attributeBytes -= set.key.length;
  }
}
