import type { Context, DataNode, DataTree } from "libyang-wasm";

/**
 * Merges an RFC 7951 document of operational state into `tree`. List entries that `tree` does not hold are dropped:
 * they were deleted since their state was read.
 */
export function mergeState(context: Context, tree: DataTree, json: string): void {
  using state = context.parseData(json, { format: "json", unknown: "reject" });
  for (const root of state.roots()) dropOrphans(root, tree.findTop(root));
  tree.merge(state);
}

function dropOrphans(node: DataNode, counterpart: DataNode | undefined): void {
  if (!node.isConfig) return;
  if (counterpart === undefined) return node.remove();
  for (const child of node.children()) {
    if (child.kind === "list" || child.kind === "container") dropOrphans(child, counterpart.findChild(child));
  }
}
