import type { DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";
import type { DefaultsMode } from "./defaults-mode.ts";
import { planFilter } from "./filter-plan.ts";
import { type PrintLimits, yangLimits } from "./limits.ts";
import type { Pieces } from "./pieces.ts";
import { Place } from "./place.ts";
import { PlacePrinter } from "./place-printer.ts";
import type { Schema } from "./schema.ts";
import { selectPlaces } from "./select-places.ts";
import { SelectionPrinter } from "./selection-printer.ts";
import type { SubtreeFilter } from "./subtree-filter.ts";
import { copyTree, disposeTree } from "./whole-tree.ts";
import { type Filter, isXPath, type XPathFilter } from "./xpath-filter.ts";

/**
 * Prints what `filter` selects of a tree as XML, undefined = everything. Every piece but the last has `pieceBytes`, or
 * a little more. Which defaults are shown is told by `withDefaults` (RFC 6243 section 3); those that `tree` does not hold
 * are not. A list entry that a filter element names by all its keys is found by key; else each entry is looked at.
 *
 * Until the generator is done, or was told to `return`, the tree must not change: should a node at which it stopped be
 * gone, it throws `StaleHandleError`.
 */
export function* printTree(
  schema: Schema,
  tree: DataTree,
  filter: Filter | undefined,
  withDefaults: DefaultsMode = "explicit",
  limits: PrintLimits = yangLimits,
): Pieces {
  if (!isXPath(filter)) return yield* print(schema, { tree, state: undefined }, filter, withDefaults, limits);
  using places = yield* selectPlaces(schema, tree, filter);
  yield* printPlaces(schema, { tree, state: undefined }, places, withDefaults, limits);
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
  limits: PrintLimits = yangLimits,
): Pieces {
  using state = schema.context.emptyTree();
  yield* merge(schema, state, documents);
  if (!isXPath(filter)) return yield* print(schema, { tree, state }, filter, withDefaults, limits);
  using places = yield* selectTogether(schema, tree, documents, filter);
  yield* printPlaces(schema, { tree, state }, places, withDefaults, limits);
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
  limits: PrintLimits,
): Pieces {
  using printer = new SelectionPrinter(schema.context, withDefaults, limits);
  if (filter === undefined) yield* printer.everything(tree, state);
  else yield* printer.selected(new Place(tree, state), planFilter(schema.children, filter));
  yield* printer.rest();
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
