import type { Context, SchemaNode } from "libyang-wasm";
import type { ErrorPath } from "../errors/rpc-error.ts";
import { withoutPredicates } from "./data-path.ts";
import { toErrorPath } from "./error-path.ts";

/**
 * RFC 7950 section 15.1: the leafs of an entry that another one has with the same values. `leafs`: their places in the
 * schema of the list, as a `unique` statement names them, choices and cases included.
 */
export function nonUniqueLeafs(context: Context, entryPath: string, leafs: string): ErrorPath[] {
  const [list] = context.findSchema(withoutPredicates(entryPath));
  return leafs.split(" ").map((leaf) => toErrorPath(context, `${entryPath}${dataSteps(list, leaf)}`));
}

function dataSteps(list: SchemaNode | undefined, leaf: string): string {
  let steps = "";
  let at = list;
  for (const step of leaf.split("/")) {
    const name = step.slice(step.indexOf(":") + 1);
    at = at?.children().find((child) => child.name === name);
    if (at !== undefined && at.kind !== "choice" && at.kind !== "case") steps += `/${at.moduleName}:${at.name}`;
  }
  return steps;
}
