import type { Context, DataTree } from "libyang-wasm";
import type { Job } from "../job.ts";
import { addDifferences } from "./add-differences.ts";

/** Places copied, or nodes freed, before others get their turn. */
const PLACES_IN_A_SLICE = 256;

/** A copy of a tree, the caller's to free. Throws `YangError` when there is too little memory. */
export function* copyTree(context: Context, tree: DataTree): Job<DataTree> {
  const copy = context.emptyTree();
  using places = context.emptyInstanceSet();
  let isDone = false;
  try {
    yield* addDifferences(places, tree, copy);
    while (!places.isEmpty) {
      places.settle(tree, copy, PLACES_IN_A_SLICE);
      yield;
    }
    isDone = true;
    return copy;
  } finally {
    if (!isDone) copy.dispose();
  }
}

/** Frees a tree: what is in its containers piece by piece, as it may be very much. */
export function* disposeTree(tree: DataTree): Job<void> {
  try {
    let count = 0;
    for (const container of [...tree.roots()].filter(({ kind }) => kind === "container")) {
      for (let child = container.firstChild; child !== undefined; child = container.firstChild) {
        child.remove();
        if (++count % PLACES_IN_A_SLICE === 0) yield;
      }
    }
  } finally {
    tree.dispose();
  }
}
