import { type DataNode, type DataTree, type InstanceSet, type SchemaNode, uniqueTuples } from "libyang-wasm";
import type { Job } from "../job.ts";
import { ancestorOrSelf } from "./ancestor-or-self.ts";
import type { StructureRules, Unique } from "./constraints/structure-rules.ts";
import { NumberBag } from "./number-bag.ts";

/** Entries looked at before others get their turn. */
const ENTRIES_IN_A_SLICE = 512;

const PLACES_IN_A_SLICE = 64;

/** Two trees that may differ in some places only. */
export interface Difference {
  readonly before: DataTree;
  readonly after: DataTree;
  readonly touched: InstanceSet;
}

/** A list in which a change may have brought two entries together that hold the same. */
export interface Suspect {
  /** Undefined at the top. */
  readonly parent: DataNode | undefined;
  readonly list: SchemaNode;
}

/**
 * What all entries of a valid tree hold in the leafs of `unique` statements: by it a change is checked without a look at
 * the entries that it leaves alone. Made when first needed, in proportion to the tree; then kept up to date.
 */
export class UniqueIndex {
  readonly #rules: StructureRules;
  #tuples: NumberBag | undefined;

  constructor(rules: StructureRules) {
    this.#rules = rules;
  }

  /** Where `after` may have two entries that hold the same, in all probability has. `before` is what is indexed. */
  *suspects(difference: Difference): Job<readonly Suspect[]> {
    const changed = [...entriesOf(this.#rules, difference.touched)];
    if (changed.length === 0) return [];
    this.#tuples ??= yield* this.#tuplesOf(difference.before);
    const changes = new Map<number, { more: number; readonly suspects: Suspect[] }>();
    let count = 0;
    for (const { node, unique } of changed) {
      for (const number of tuplesIn(difference.before, node, unique)) changeOf(number).more--;
      for (const number of tuplesIn(difference.after, node, unique)) {
        const change = changeOf(number);
        change.more++;
        change.suspects.push({ parent: node.parent, list: unique.list });
      }
      if (++count % PLACES_IN_A_SLICE === 0) yield;
    }
    const tuples = this.#tuples;
    return [...changes].flatMap(([number, { more, suspects }]) =>
      more > 0 && tuples.count(number) + more > 1 ? suspects : [],
    );

    function changeOf(number: number) {
      const change = changes.get(number) ?? { more: 0, suspects: [] };
      changes.set(number, change);
      return change;
    }
  }

  /** From now on it is about `after`. */
  *follow(difference: Difference): Job<void> {
    const tuples = this.#tuples;
    if (tuples === undefined) return;
    // Given up in between it would be about neither.
    this.#tuples = undefined;
    let count = 0;
    for (const { node, unique } of [
      ...entriesOf(this.#rules, difference.touched),
      ...containersOf(this.#rules, difference.touched),
    ]) {
      for (const number of tuplesIn(difference.before, node, unique)) tuples.remove(number);
      for (const number of tuplesIn(difference.after, node, unique)) tuples.add(number);
      if (++count % PLACES_IN_A_SLICE === 0) yield;
    }
    this.#tuples = tuples;
  }

  *#tuplesOf(tree: DataTree): Job<NumberBag> {
    const tuples = new NumberBag();
    for (const unique of this.#rules.uniques) {
      let node = firstAbove(tree, unique.list);
      while (node !== undefined) {
        const { numbers, next } = uniqueTuples(node, unique.list, unique.number, ENTRIES_IN_A_SLICE);
        for (const number of numbers) tuples.add(number);
        node = next;
        yield;
      }
    }
    return tuples;
  }
}

/** Some node, and a statement about entries that it is, or that are below it. */
interface Changed {
  readonly node: DataNode;
  readonly unique: Unique;
}

/** Entries that were changed, each once for each statement. */
function* entriesOf(rules: StructureRules, touched: InstanceSet): Iterable<Changed> {
  const known = new Map<Unique, Set<number>>();
  for (const member of touched.members()) {
    if (member.schema === undefined) continue;
    for (const unique of rules.uniquesOf(member.schema)) {
      const node = ancestorOrSelf(member, unique.list) as DataNode;
      const nodes = known.get(unique) ?? new Set();
      known.set(unique, nodes);
      if (nodes.has(node.handle)) continue;
      nodes.add(node.handle);
      yield { node, unique };
    }
  }
}

/** Nodes that came or went with all that is in them. */
function* containersOf(rules: StructureRules, touched: InstanceSet): Iterable<Changed> {
  for (const member of touched.members()) {
    if (member.schema === undefined || touched.isShallow(member)) continue;
    for (const unique of rules.uniquesBelow(member.schema)) yield { node: member, unique };
  }
}

function tuplesIn(tree: DataTree, place: DataNode, { list, number }: Unique): readonly number[] {
  const node = tree.counterpart(place);
  return node === undefined ? [] : uniqueTuples(node, list, number, 1).numbers;
}

/** The first instance of the outermost list that `list` is or is in. */
function firstAbove(tree: DataTree, list: SchemaNode): DataNode | undefined {
  const chain: SchemaNode[] = [];
  for (let at: SchemaNode | undefined = list; at !== undefined; at = at.parent) {
    if (at.kind === "list") chain.length = 0;
    if (at.kind === "list" || at.kind === "container") chain.unshift(at);
  }
  const [top, ...rest] = chain;
  let node = top && tree.firstInstance(top);
  for (const schema of rest) node = node?.firstInstance(schema);
  return node;
}
