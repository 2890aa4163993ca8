import { type DataNode, type DataTree, type InstanceSet, YangError } from "libyang-wasm";
import { badAttribute, resourceDenied } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import { parseXPath } from "./constraints/xpath/parser.ts";
import { printXPath } from "./constraints/xpath/print.ts";
import type { NodeTest } from "./constraints/xpath/syntax.ts";
import { yangLimits } from "./limits.ts";
import type { Schema } from "./schema.ts";
import { mapNames, type XPathFilter } from "./xpath-filter.ts";

/** A module without data: what is in its namespace is nowhere. */
const NOWHERE = "urn:ietf:params:xml:ns:yang:1";

/** Nodes noted before others get their turn. */
const NODES_IN_A_SLICE = 256;

/**
 * Where in `tree` there is what an XPath selects, in order; the caller's to free. The evaluation itself is one slice, of
 * at most `maxNodes`. Throws `RpcError` and `YangError`.
 */
export function* selectPlaces(
  schema: Schema,
  tree: DataTree,
  filter: XPathFilter,
  maxNodes: number = yangLimits.xpathNodes,
): Job<InstanceSet> {
  const places = schema.context.emptyInstanceSet();
  let isDone = false;
  try {
    let count = 0;
    for (const node of xpathSelection(schema, filter, maxNodes)(tree)) {
      places.add(node);
      if (++count % NODES_IN_A_SLICE === 0) yield;
    }
    isDone = true;
    return places;
  } finally {
    if (!isDone) places.dispose();
  }
}

/** What an XPath selects in a tree: the outermost nodes, in order. The selection throws `RpcError` and `YangError`. */
export function xpathSelection(
  schema: Schema,
  filter: XPathFilter,
  maxNodes: number,
): (tree: DataTree) => Iterable<DataNode> {
  const { select, namespaces } = resolved(schema, filter);
  return (tree) => evaluate(tree, select, namespaces, maxNodes);
}

function evaluate(tree: DataTree, select: string, namespaces: ReadonlyMap<string, string>, maxNodes: number) {
  try {
    return tree.select(select, namespaces, { maxNodes });
  } catch (error) {
    if (!(error instanceof YangError) || error.code === "EMEM") throw error;
    if (error.code === "ELIMIT") {
      const message = `The filter looks at more than ${maxNodes} nodes. Name the way to what is wanted, or use a subtree filter.`;
      throw resourceDenied(message, { cause: error });
    }
    throw badAttribute("select", "filter", `The expression cannot be evaluated: ${error.message}`, { cause: error });
  }
}

/**
 * The expression with a namespace of the schema for each name. XPath 1.0 section 2.3: a name without a prefix is in no
 * namespace, where there is no data.
 */
function resolved(schema: Schema, { select, namespaces }: XPathFilter): XPathFilter {
  const known = new Map([...namespaces].filter(([, namespace]) => schema.context.moduleByNamespace(namespace)));
  let nowhere = "_";
  while (namespaces.has(nowhere)) nowhere += "_";
  const test = (of: NodeTest): NodeTest => {
    if (of.kind === "type" || (of.kind === "any" && of.prefix === undefined)) return of;
    return of.prefix !== undefined && known.has(of.prefix) ? of : { ...of, prefix: nowhere };
  };
  const { expression, error } = parseXPath(select);
  if (error !== undefined) throw badAttribute("select", "filter", `The expression is no XPath 1.0: ${error.message}.`);
  return { select: printXPath(mapNames(expression, { test })), namespaces: known.set(nowhere, NOWHERE) };
}
