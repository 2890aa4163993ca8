import type { DataNode } from "libyang-wasm";

/** What a node is in, the outermost first. */
export function ancestorsOf(node: DataNode): DataNode[] {
  const ancestors: DataNode[] = [];
  for (let at = node.parent; at !== undefined; at = at.parent) ancestors.unshift(at);
  return ancestors;
}

/** The same, and the node. */
export const chainTo = (node: DataNode): DataNode[] => [...ancestorsOf(node), node];
