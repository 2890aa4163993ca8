import type { DataNode, DataTree } from "libyang-wasm";
import type { Job } from "../job.ts";
import { chainTo } from "./ancestors.ts";
import { keysOn, type SchemaAccess } from "./data-access.ts";

/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 128;

/** Takes out of a tree, for good, what may not be read (RFC 8341 section 3.2.4), with all that is in it. */
export function* pruneUnreadable(tree: DataTree, access: SchemaAccess): Job<void> {
  yield* inSlices(prune([...tree.roots()], access));
}

/** Those of the nodes that may be read, without what is in them and may not be. */
export function* readableNodes(nodes: readonly DataNode[], access: SchemaAccess): Job<readonly DataNode[]> {
  const kept = nodes.filter((node) => isReadable(node, access));
  yield* inSlices(prune(kept, access));
  return kept;
}

function* inSlices(steps: Iterable<void>): Job<void> {
  let count = 0;
  for (const _ of steps) if (++count % NODES_IN_A_SLICE === 0) yield;
}

function* prune(nodes: readonly DataNode[], access: SchemaAccess): Iterable<void> {
  for (const node of nodes) {
    yield;
    const { schema } = node;
    // The keys of an entry are read with it.
    if (schema === undefined || schema.isKey || access.extentBelow(schema, "read") === "permitted") continue;
    if (isReadable(node, access)) yield* prune(node.children(), access);
    else node.remove();
  }
}

const isReadable = (node: DataNode, access: SchemaAccess): boolean =>
  node.schema === undefined || access.decide(node.schema, "read", keysOn(chainTo(node))).isPermitted;
