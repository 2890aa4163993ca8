import type { Condition, SchemaNode } from "libyang-wasm";
import type { SchemaChild, SchemaChildren } from "./schema-children.ts";
import { isContentMatch, type SubtreeFilter, type SubtreeFilterNode } from "./subtree-filter.ts";

/** What a subtree filter selects among siblings: an item for each schema node it names, in the data's order. */
export type FilterPlan = readonly PlannedChild[];

export interface PlannedChild extends SchemaChild {
  /** What may select any instance; several add up (RFC 6241 section 6). */
  readonly selections: readonly Selection[];
  /** What may select one entry of a list or leaf-list only, under that entry's `entryId`. */
  readonly entries: ReadonlyMap<string, PlannedEntry>;
}

export interface PlannedEntry {
  readonly keys: readonly string[];
  readonly selections: readonly Selection[];
}

/** What one filter element asks of an instance of a schema node. */
export type Selection =
  /** Section 6.2.4: a selection node. */
  | { readonly kind: "whole" }
  /** Section 6.2.5: a content match node. */
  | { readonly kind: "value"; readonly value: string }
  /** Section 6.2.3: a containment node. */
  | Containment;

interface Containment {
  readonly kind: "containment";
  /** The content match nodes in it: of each one, some child must meet a condition. */
  readonly guards: readonly (readonly Condition[])[];
  /** What it includes; undefined = everything. */
  readonly children: FilterPlan | undefined;
  /** Whether the instance is shown even if nothing in it is: all that may be read of it was selected. */
  readonly isShown?: boolean;
}

/** One selection of a plan that is being made. */
interface Item {
  readonly child: SchemaChild;
  readonly selection: Selection;
  /** Of the one entry that it can select. */
  readonly keys: readonly string[] | undefined;
}

/** A name for the entry with these canonical key values; a leaf-list's entry has its value for a key. */
export const entryId = (keys: readonly string[]): string => JSON.stringify(keys);

/** Resolves the names and values of a filter, so that data need only be compared. */
export function planFilter(schema: SchemaChildren, filter: SubtreeFilter): FilterPlan {
  return planChildren(schema, undefined, filter);
}

/** What several plans for the same siblings select together. */
export function joinPlans(plans: readonly FilterPlan[]): FilterPlan {
  const [first, ...others] = plans;
  if (first !== undefined && others.length === 0) return first;
  return toPlan(plans.flat().flatMap(itemsOf));
}

function itemsOf(child: PlannedChild): Item[] {
  const ofEntries = [...child.entries.values()].flatMap(({ keys, selections }) =>
    selections.map((selection) => ({ child, selection, keys })),
  );
  return [...child.selections.map((selection) => ({ child, selection, keys: undefined })), ...ofEntries];
}

function toPlan(items: readonly Item[]): FilterPlan {
  const plan = new Map<SchemaNode, { child: SchemaChild; selections: Selection[]; entries: Map<string, Entry> }>();
  for (const { child, selection, keys } of items) {
    const planned = plan.get(child.schema) ?? { child, selections: [], entries: new Map<string, Entry>() };
    plan.set(child.schema, planned);
    if (keys === undefined) planned.selections.push(selection);
    else entryOf(planned.entries, keys).selections.push(selection);
  }
  return [...plan.values()]
    .map(({ child: { schema, namespace, position }, ...rest }) => ({ schema, namespace, position, ...rest }))
    .sort((a, b) => a.position - b.position);
}

type Entry = PlannedEntry & { readonly selections: Selection[] };

function entryOf(entries: Map<string, Entry>, keys: readonly string[]): Entry {
  const id = entryId(keys);
  const entry = entries.get(id) ?? { keys, selections: [] };
  entries.set(id, entry);
  return entry;
}

function planChildren(schema: SchemaChildren, parent: SchemaNode | undefined, filter: SubtreeFilter): FilterPlan {
  const items: Item[] = [];
  for (const element of filter) {
    // Section 6.2.2: attributes are matched against the instance's; our data carries none.
    if (element.attributes.length > 0) continue;
    for (const child of schema.named(parent, element.name, element.namespace)) {
      const selection = planElement(schema, child.schema, element);
      if (selection !== undefined) items.push({ child, selection, keys: keysIn(schema, child.schema, selection) });
    }
  }
  return toPlan(items);
}

/** Undefined when the element cannot select any instance of that schema node. */
function planElement(schema: SchemaChildren, node: SchemaNode, element: SubtreeFilterNode): Selection | undefined {
  if (element.children.length === 0) {
    if (element.text === "") return { kind: "whole" };
    const [condition] = conditions([node], element.text);
    return condition === undefined ? undefined : { kind: "value", value: condition.value };
  }
  if (node.kind !== "container" && node.kind !== "list") return undefined;
  const guards = element.children.filter(isContentMatch).map((guard) => planGuard(schema, node, guard));
  if (guards.some((guard) => guard.length === 0)) return undefined;
  if (guards.length === element.children.length) return { kind: "containment", guards, children: undefined };
  const children = planChildren(schema, node, element.children);
  return children.length === 0 ? undefined : { kind: "containment", guards, children };
}

function planGuard(schema: SchemaChildren, parent: SchemaNode, guard: SubtreeFilterNode): readonly Condition[] {
  if (guard.attributes.length > 0) return [];
  const leafs = schema.named(parent, guard.name, guard.namespace).map((child) => child.schema);
  return conditions(leafs, guard.text);
}

/** A content match is of values, not of texts: any form of an IPv6 address matches (RFC 7950 section 9.1). */
function conditions(nodes: readonly SchemaNode[], text: string): Condition[] {
  return nodes.flatMap((leaf) => {
    const value = leaf.kind === "leaf" || leaf.kind === "leaf-list" ? leaf.canonicalValue(text) : undefined;
    return value === undefined ? [] : [{ leaf, value }];
  });
}

/** The keys of the one entry that a selection can select, if it says all of them. */
function keysIn(schema: SchemaChildren, list: SchemaNode, selection: Selection): readonly string[] | undefined {
  // A leaf-list of state may hold a value twice (RFC 7950 section 7.7).
  if (list.kind === "leaf-list" && selection.kind === "value") return list.isConfig ? [selection.value] : undefined;
  if (list.kind !== "list" || selection.kind !== "containment") return undefined;
  const certain = selection.guards.flatMap((guard) => (guard.length === 1 ? guard : []));
  const keys = schema.keysOf(list);
  const values = keys.flatMap((key) => certain.find(({ leaf }) => leaf === key)?.value ?? []);
  return keys.length > 0 && values.length === keys.length ? values : undefined;
}
