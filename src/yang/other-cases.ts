import type { SchemaNode } from "libyang-wasm";

/** The choices that a node is in, the innermost first, and its case of each: a case may be a single node (section 7.9.2). */
export function* casesOf(schema: SchemaNode | undefined): Iterable<{ choice: SchemaNode; branch: SchemaNode }> {
  for (let at = schema; at?.parent !== undefined; at = at.parent) {
    const { parent } = at;
    if (parent.kind === "choice") yield { choice: parent, branch: at };
    else if (parent.kind !== "case") return;
  }
}

/** The cases that exclude the one `schema` is in; of nested choices those of the outer one too. */
export function* otherCases(schema: SchemaNode | undefined): Iterable<SchemaNode> {
  for (const { choice, branch } of casesOf(schema)) yield* choice.children().filter((other) => other !== branch);
}

/** Whether a data node is defined in `branch`, or is `branch`. */
export function isBelow(schema: SchemaNode | undefined, branch: SchemaNode): boolean {
  for (let at = schema; at !== undefined; at = at.parent) {
    if (at === branch) return true;
    if (at.parent?.kind !== "choice" && at.parent?.kind !== "case") return false;
  }
  return false;
}
