import type { DataNode, DataTree } from "libyang-wasm";
import type { Job } from "../job.ts";
import { chainTo } from "./ancestors.ts";
import { keysOn, type SchemaAccess } from "./data-access.ts";

/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 128;

/** Takes out of a tree, for good, what may not be read (RFC 8341 section 3.2.4), with all that is in it. */
export function* pruneUnreadable(tree: DataTree, access: SchemaAccess): Job<void> {
  let count = 0;
  for (const _ of prune([...tree.roots()], access)) if (++count % NODES_IN_A_SLICE === 0) yield;
}

function* prune(nodes: readonly DataNode[], access: SchemaAccess): Iterable<void> {
  for (const node of nodes) {
    yield;
    const { schema } = node;
    // The keys of an entry are read with it.
    if (schema === undefined || schema.isKey || access.extentBelow(schema, "read") === "permitted") continue;
    if (access.decide(schema, "read", keysOn(chainTo(node))).isPermitted) yield* prune(node.children(), access);
    else node.remove();
  }
}
