import type { DataNode, DataTree, InstanceSet } from "libyang-wasm";
import type { Job } from "../job.ts";

/** Nodes compared before others get their turn. */
const NODES_IN_A_SLICE = 64;

/** Adds to `touched` every place in which two trees differ. In proportion to the trees. */
export function* addDifferences(touched: InstanceSet, one: DataTree, other: DataTree): Job<void> {
  yield* addBelow(touched, one.first(), other, (node, counterpart) => touched.addDifference(node, counterpart));
  yield* addBelow(touched, other.first(), one, () => {});
}

/** What of these siblings, and of what is in containers among them, `other` does not have; both go to `compare`. */
function* addBelow(
  touched: InstanceSet,
  first: DataNode | undefined,
  other: DataTree,
  compare: (node: DataNode, counterpart: DataNode) => void,
): Job<void> {
  let count = 0;
  for (let node = first; node !== undefined; node = node.nextSibling) {
    const counterpart = other.counterpart(node);
    if (node.kind === "container") {
      // It may hold very much: that is added piece by piece.
      if (counterpart === undefined) touched.addShallow(node);
      yield* addBelow(touched, node.firstChild, other, compare);
    } else if (counterpart === undefined) touched.add(node);
    else compare(node, counterpart);
    if (++count % NODES_IN_A_SLICE === 0) yield;
  }
}
