import type { Context, DataNode, DataTree, InstanceSet } from "libyang-wasm";
import { accessDenied, invalidValue, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import { chainTo } from "../yang/ancestors.ts";
import { keysOn, type SchemaAccess } from "../yang/data-access.ts";
import { toErrorPath } from "../yang/error-path.ts";
import { stepOf } from "../yang/instance.ts";
import type { Schema } from "../yang/schema.ts";
import { xpathSelection } from "../yang/select-places.ts";
import type { XPathFilter } from "../yang/xpath-filter.ts";
import { datastoreLimits } from "./limits.ts";
import type { LockedNode } from "./partial-lock.ts";

/** Nodes looked at before others get their turn. */
const NODES_IN_A_SLICE = 64;

const REFUSALS = { unusable: invalidValue, costlyHint: "Name the way to what is to be locked." };

/**
 * What some expressions select in `tree` together, in its order, as a partial lock is on it (RFC 5717 section 2.4.1). A
 * node in another one that is selected is protected with that, and not among them. `writer`: of one who may not write
 * everything. Throws `RpcError` and `YangError`.
 */
export function* selectLocked(
  schema: Schema,
  tree: DataTree,
  selects: readonly XPathFilter[],
  writer: SchemaAccess | undefined,
): Job<readonly LockedNode[]> {
  using selected = schema.context.emptyInstanceSet();
  yield* addSelected(schema, tree, selects, selected);
  const nodes: LockedNode[] = [];
  for (const node of selected.members()) {
    if (writer !== undefined) requireWritable(schema.context, writer, node);
    nodes.push(lockedNode(schema.context, node));
    if (nodes.length % NODES_IN_A_SLICE === 0) yield;
  }
  if (nodes.length > 0) return nodes;
  const message =
    "The expressions select no node in running. Names need prefixes that are declared; state cannot be locked.";
  throw operationFailed(message, { appTag: "no-matches" });
}

function* addSelected(
  schema: Schema,
  tree: DataTree,
  selects: readonly XPathFilter[],
  selected: InstanceSet,
  maxNodes = datastoreLimits.partialLockNodes,
): Job<void> {
  let count = 0;
  for (const select of selects) {
    const nodesOf = xpathSelection(schema, select, { refusals: REFUSALS });
    for (const node of tree.isEmpty ? [] : nodesOf(tree)) {
      if (!selected.add(node)) continue;
      if (++count > maxNodes) {
        const message = `The expressions select more than ${maxNodes} nodes. Lock what these are in, or fewer at a time.`;
        throw resourceDenied(message);
      }
      if (count % NODES_IN_A_SLICE === 0) yield;
    }
    yield;
  }
}

/** Who may change nothing of a node has no use for its lock, and would only hold up others. */
function requireWritable(context: Context, writer: SchemaAccess, node: DataNode): void {
  const { schema } = node;
  if (schema === undefined) return;
  const keys = keysOn(chainTo(node));
  const decisions = (["update", "create", "delete"] as const).map((operation) =>
    writer.decide(schema, operation, keys),
  );
  if (decisions.some(({ isPermitted }) => isPermitted)) return;
  const path = toErrorPath(context, node.path);
  const message = `User "${writer.rules.user.name}" may not lock ${path.text}, which they may not change: ${decisions[0]?.reason}.`;
  throw accessDenied(message, { type: "application", path });
}

function lockedNode(context: Context, node: DataNode): LockedNode {
  const { path } = node;
  return { steps: chainTo(node).map(stepOf), path, identifier: toErrorPath(context, path) };
}
