import type { DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";
import type { SchemaAccess } from "./data-access.ts";
import type { DefaultsMode } from "./defaults-mode.ts";
import { planFilter } from "./filter-plan.ts";
import { type PrintLimits, yangLimits } from "./limits.ts";
import type { Pieces } from "./pieces.ts";
import { Place } from "./place.ts";
import { PlacePrinter } from "./place-printer.ts";
import { pruneUnreadable } from "./prune-unreadable.ts";
import { ReadablePlan } from "./readable-plan.ts";
import type { Schema } from "./schema.ts";
import { selectPlaces } from "./select-places.ts";
import { SelectionPrinter } from "./selection-printer.ts";
import type { SubtreeFilter } from "./subtree-filter.ts";
import { copyTree, disposeTree } from "./whole-tree.ts";
import { type Filter, isXPath, type XPathFilter } from "./xpath-filter.ts";

/**
 * Prints what `filter` selects of a tree as XML, undefined = everything. Every piece but the last has `pieceBytes`, or
 * a little more. Which defaults are shown is told by `withDefaults` (RFC 6243 section 3); those that `tree` does not hold
 * are not. `access` is of one who may not read everything: what may not be read is as if it were not there. A list entry
 * that a filter element names by all its keys is found by key; else each entry is looked at.
 *
 * Until the generator is done, or was told to `return`, the tree must not change: should a node at which it stopped be
 * gone, it throws `StaleHandleError`.
 */
export function* printTree(
  schema: Schema,
  tree: DataTree,
  filter: Filter | undefined,
  withDefaults: DefaultsMode = "explicit",
  access?: SchemaAccess,
  limits: PrintLimits = yangLimits,
): Pieces {
  const source = { tree, state: undefined };
  if (!isXPath(filter)) return yield* print(schema, source, filter, withDefaults, access, limits);
  yield* ofReadable(schema, tree, access, function* (readable) {
    using places = yield* selectPlaces(schema, readable, filter);
    yield* printPlaces(schema, { tree: readable, state: undefined }, places, withDefaults, limits);
  });
}

/**
 * As `printTree`, with operational state shown among the configuration. `documents` are RFC 7951 documents of state;
 * state of list entries that `tree` does not hold is left out: they were deleted since it was read.
 */
export function* printWithState(
  schema: Schema,
  tree: DataTree,
  documents: readonly string[],
  filter: Filter | undefined,
  withDefaults: DefaultsMode = "explicit",
  access?: SchemaAccess,
  limits: PrintLimits = yangLimits,
): Pieces {
  using state = schema.context.emptyTree();
  yield* merge(schema, state, documents);
  if (!isXPath(filter)) return yield* print(schema, { tree, state }, filter, withDefaults, access, limits);
  if (access !== undefined) yield* pruneUnreadable(state, access);
  yield* ofReadable(schema, tree, access, function* (readable) {
    using places = yield* selectTogether(schema, readable, documents, filter, access);
    yield* printPlaces(schema, { tree: readable, state }, places, withDefaults, limits);
  });
}

/** What is printed: configuration, and the state that goes with it. */
interface Source {
  readonly tree: DataTree;
  readonly state: DataTree | undefined;
}

function* print(
  schema: Schema,
  { tree, state }: Source,
  filter: SubtreeFilter | undefined,
  withDefaults: DefaultsMode,
  access: SchemaAccess | undefined,
  limits: PrintLimits,
): Pieces {
  const readable = access && new ReadablePlan(schema.children, access);
  using printer = new SelectionPrinter(schema.context, withDefaults, limits, readable);
  const plan = filter && planFilter(schema.children, filter);
  if (readable !== undefined) {
    yield* printer.selected(
      new Place(tree, state),
      plan === undefined ? readable.everything(undefined) : readable.of(plan),
    );
  } else if (plan === undefined) yield* printer.everything(tree, state);
  else yield* printer.selected(new Place(tree, state), plan);
  yield* printer.rest();
}

/** XPath reaches everything from everywhere: who may not read all gets it evaluated on a copy without the rest. */
function* ofReadable(
  schema: Schema,
  tree: DataTree,
  access: SchemaAccess | undefined,
  printed: (readable: DataTree) => Pieces,
): Pieces {
  if (access === undefined) return yield* printed(tree);
  const readable = yield* copyTree(schema.context, tree);
  let isDone = false;
  try {
    yield* pruneUnreadable(readable, access);
    yield* printed(readable);
    isDone = true;
  } finally {
    if (!isDone) readable.dispose();
  }
  yield* disposeTree(readable);
}

function* printPlaces(
  schema: Schema,
  { tree, state }: Source,
  places: InstanceSet,
  withDefaults: DefaultsMode,
  limits: PrintLimits,
): Pieces {
  using printer = new PlacePrinter(schema.context, tree, state, withDefaults, limits);
  yield* printer.print(places);
}

/** XPath goes from configuration to state and back: it needs them in one tree, which is there no longer than that takes. */
function* selectTogether(
  schema: Schema,
  tree: DataTree,
  documents: readonly string[],
  filter: XPathFilter,
  access: SchemaAccess | undefined,
): Job<InstanceSet> {
  const together = yield* copyTree(schema.context, tree);
  let places: InstanceSet | undefined;
  try {
    for (const document of documents) {
      using parsed = parseState(schema, document);
      for (const root of parsed.roots()) removeStrangers(root, tree);
      together.merge(parsed, { consume: true });
      yield;
    }
    if (access !== undefined) yield* pruneUnreadable(together, access);
    places = yield* selectPlaces(schema, together, filter);
  } finally {
    if (places === undefined) together.dispose();
  }
  yield* disposeTree(together);
  return places;
}

function* merge(schema: Schema, into: DataTree, documents: readonly string[]): Job<void> {
  for (const document of documents) {
    using parsed = parseState(schema, document);
    into.merge(parsed, { consume: true });
    yield;
  }
}

const parseState = ({ context }: Schema, document: string): DataTree =>
  context.parseData(document, { format: "json", unknown: "reject" });

/** Takes out entries that the configuration does not hold. */
function removeStrangers(node: DataNode, tree: DataTree): void {
  if (!node.isConfig) return;
  if (node.kind === "list" && tree.counterpart(node) === undefined) return node.remove();
  for (const child of node.children()) removeStrangers(child, tree);
}
