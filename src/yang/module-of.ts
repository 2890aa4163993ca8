import type { Context, DataNode, Module } from "libyang-wasm";

/** The module whose namespace a node is in: for opaque nodes too, which know no schema. */
export function moduleOf(context: Context, { namespace }: DataNode): Module | undefined {
  return namespace === undefined ? undefined : context.moduleByNamespace(namespace);
}
