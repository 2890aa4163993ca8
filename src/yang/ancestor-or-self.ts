import type { DataNode, SchemaNode } from "libyang-wasm";

/** The instance of `schema` that a node is, or is in. */
export function ancestorOrSelf(node: DataNode, schema: SchemaNode): DataNode | undefined {
  for (let at: DataNode | undefined = node; at !== undefined; at = at.parent) if (at.schema === schema) return at;
  return undefined;
}
