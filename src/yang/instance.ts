import type { DataNode, DataTree, SchemaNode } from "libyang-wasm";
import { chainTo } from "./ancestors.ts";

/** A step on the way to an instance, as plain data that crosses threads. */
export interface InstanceStep {
  readonly module: string;
  readonly name: string;
  /** Canonical values of an entry's keys, or the value of a leaf-list's entry; empty for other nodes. */
  readonly keys: readonly string[];
}

export const stepOf = (node: DataNode): InstanceStep => ({
  module: node.schema?.moduleName ?? "",
  name: node.name,
  keys: node.kind === "leaf-list" ? [node.value ?? ""] : node.keyValues(),
});

/** Key values of the list entries on the way to a node, from the top, its own last, in schema order. */
export const keysTo = (node: DataNode): string[] => chainTo(node).flatMap((at) => at.keyValues());

/** No two instances in the same node have the same. */
export const stepId = ({ module, name, keys }: InstanceStep): string => JSON.stringify([module, name, ...keys]);

/** The instance in `around` with these keys; undefined when there is none. In constant time. */
export const instanceIn = (
  around: DataTree | DataNode,
  schema: SchemaNode,
  keys: readonly string[],
): DataNode | undefined => (keys.length === 0 ? around.firstInstance(schema) : around.findEntry(schema, keys));
