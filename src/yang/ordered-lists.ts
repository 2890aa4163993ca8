import type { DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";

/** Members looked at before others get their turn. */
const MEMBERS_IN_A_SLICE = 256;

/** A list, or leaf-list, of which the user says the order (RFC 7950 section 7.7.7), and whose order has changed. */
interface OrderedList {
  /** Its entries that were not there, in the tree as it has become. */
  readonly created: DataNode[];
  /** Whether all its entries have to be put in their place. */
  isWhole: boolean;
}

/**
 * Which entries have to be put in their place where the order of a list has changed. Any order comes out right if each
 * entry in turn is made the last; if nothing but new entries came to the end, these are enough. An entry of which only
 * the content changed is where it was.
 */
export class OrderedLists {
  readonly #before: DataTree;
  readonly #after: DataTree;
  readonly #changed = new Map<string, OrderedList>();

  constructor(before: DataTree, after: DataTree) {
    this.#before = before;
    this.#after = after;
  }

  /** The two trees may differ in the places of `touched` only. */
  *look(touched: InstanceSet): Job<void> {
    let count = 0;
    for (const member of touched.members()) {
      if (member.schema?.isUserOrdered === true) this.#note(member);
      if (++count % MEMBERS_IN_A_SLICE === 0) yield;
    }
    for (const list of this.#changed.values()) {
      list.isWhole ||= !(yield* this.#areTheLast(list.created));
    }
  }

  /** Whether all entries of the list that an entry, a node of the set, is in have to be put in their place. */
  isWhole(entry: DataNode): boolean {
    return this.#changedListOf(entry)?.isWhole === true;
  }

  /** Those that have to be put in their place, if `now`, which is an entry's node, is one of them; in order. */
  entriesWith(entry: DataNode, now: DataNode): Iterable<DataNode> | undefined {
    const list = this.#changedListOf(entry);
    if (list === undefined || !(list.isWhole || this.#isNew(now))) return undefined;
    return following(this.#firstOf(now, list.isWhole));
  }

  /** Asked of all that has changed: nothing is looked up for what the user does not order. */
  #changedListOf(entry: DataNode): OrderedList | undefined {
    return entry.schema?.isUserOrdered === true ? this.#changed.get(listOf(entry)) : undefined;
  }

  #note(member: DataNode): void {
    const [old, now] = [explicitIn(this.#before, member), explicitIn(this.#after, member)];
    if (now === undefined || (old !== undefined && this.#hasSamePlace(old, now))) return;
    const name = listOf(member);
    const list = this.#changed.get(name) ?? { created: [], isWhole: false };
    this.#changed.set(name, list);
    if (old === undefined) list.created.push(now);
    else list.isWhole = true;
  }

  #hasSamePlace(old: DataNode, now: DataNode): boolean {
    const [before, after] = [previousOf(old), previousOf(now)];
    if (before === undefined || after === undefined) return before === after;
    return this.#before.counterpart(after)?.isSame(before) === true;
  }

  *#areTheLast([some, ...others]: readonly DataNode[]): Job<boolean> {
    if (some === undefined) return true;
    let count = 0;
    for (const entry of following(this.#firstOf(some, false))) {
      if (!this.#isNew(entry)) return false;
      if (++count % MEMBERS_IN_A_SLICE === 0) yield;
    }
    return count === 1 + others.length;
  }

  /** The first entry of the list, or the first of the new ones that `now` is among. */
  #firstOf(now: DataNode, ofAll: boolean): DataNode {
    let first = now;
    for (let at = previousOf(now); at !== undefined && (ofAll || this.#isNew(at)); at = previousOf(at)) first = at;
    return first;
  }

  #isNew(node: DataNode): boolean {
    return explicitIn(this.#before, node) === undefined;
  }
}

/** What a tree has in the place of a node, unless it is there by default only. */
export function explicitIn(tree: DataTree, node: DataNode): DataNode | undefined {
  const counterpart = tree.counterpart(node);
  return counterpart?.isDefault === true ? undefined : counterpart;
}

/** Of an entry's list: what it is in, and its name. */
const listOf = ({ parent, schema }: DataNode): string => `${parent?.handle ?? 0} ${schema?.path}`;

/** An entry and all after it. */
function* following(entry: DataNode): Iterable<DataNode> {
  for (let at: DataNode | undefined = entry; at?.schema === entry.schema; at = at?.nextSibling) {
    if (at !== undefined) yield at;
  }
}

function previousOf(entry: DataNode): DataNode | undefined {
  const { previousSibling } = entry;
  return previousSibling?.schema === entry.schema ? previousSibling : undefined;
}
