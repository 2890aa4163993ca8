import type { DataTree } from "libyang-wasm";
import type { DefaultsMode } from "./defaults-mode.ts";
import { planFilter } from "./filter-plan.ts";
import { type PrintLimits, yangLimits } from "./limits.ts";
import type { Pieces } from "./pieces.ts";
import { Place } from "./place.ts";
import type { Schema } from "./schema.ts";
import { SelectionPrinter } from "./selection-printer.ts";
import type { SubtreeFilter } from "./subtree-filter.ts";

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
  filter: SubtreeFilter | undefined,
  withDefaults: DefaultsMode = "explicit",
  limits: PrintLimits = yangLimits,
): Pieces {
  yield* print(schema, tree, undefined, filter, withDefaults, limits);
}

/**
 * As `printTree`, with operational state shown among the configuration. `documents` are RFC 7951 documents of state;
 * state of list entries that `tree` does not hold is left out: they were deleted since it was read.
 */
export function* printWithState(
  schema: Schema,
  tree: DataTree,
  documents: readonly string[],
  filter: SubtreeFilter | undefined,
  withDefaults: DefaultsMode = "explicit",
  limits: PrintLimits = yangLimits,
): Pieces {
  const { context } = schema;
  using state = context.emptyTree();
  for (const document of documents) {
    using parsed = context.parseData(document, { format: "json", unknown: "reject" });
    state.merge(parsed, { consume: true });
    yield undefined;
  }
  yield* print(schema, tree, state, filter, withDefaults, limits);
}

function* print(
  schema: Schema,
  tree: DataTree,
  state: DataTree | undefined,
  filter: SubtreeFilter | undefined,
  withDefaults: DefaultsMode,
  limits: PrintLimits,
): Pieces {
  using printer = new SelectionPrinter(schema.context, withDefaults, limits);
  if (filter === undefined) yield* printer.everything(tree, state);
  else yield* printer.selected(new Place(tree, state), planFilter(schema.children, filter));
  yield* printer.rest();
}
