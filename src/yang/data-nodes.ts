import type { NodeKind, SchemaNode } from "libyang-wasm";

const DATA_KINDS: ReadonlySet<NodeKind> = new Set(["container", "list", "leaf", "leaf-list", "anydata", "anyxml"]);

/** Schema nodes as what is in data sees them: choices and cases are transparent (RFC 7950 section 7.9). */
export function* pastChoices(nodes: Iterable<SchemaNode>): Iterable<SchemaNode> {
  for (const node of nodes) {
    if (node.kind === "choice" || node.kind === "case") yield* pastChoices(node.children());
    else yield node;
  }
}

/** Those of them that have data. */
export function* dataNodes(nodes: Iterable<SchemaNode>): Iterable<SchemaNode> {
  for (const node of pastChoices(nodes)) if (DATA_KINDS.has(node.kind)) yield node;
}

/** The schema node of the parent of a data node's instances; undefined at the top. */
export function dataParent({ parent }: SchemaNode): SchemaNode | undefined {
  return parent === undefined || DATA_KINDS.has(parent.kind) ? parent : dataParent(parent);
}
