import type { DataNode, DataTree } from "libyang-wasm";

/**
 * The node of `tree` that is the same instance as `node`, which is in another tree. Found by schema nodes and keys: a
 * path would be no XPath where a key holds both kinds of quotes.
 */
export function counterpart(tree: DataTree, node: DataNode): DataNode | undefined {
  const { parent } = node;
  return parent === undefined ? tree.findTop(node) : counterpart(tree, parent)?.findChild(node);
}
