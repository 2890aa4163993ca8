import { type DataNode, type DataTree, type InstanceSet, YangError } from "libyang-wasm";
import { badAttribute, type ErrorDetails, resourceDenied } from "../errors/constructors.ts";
import type { RpcError } from "../errors/rpc-error.ts";
import type { Job } from "../job.ts";
import { parseXPath } from "./constraints/xpath/parser.ts";
import { printXPath } from "./constraints/xpath/print.ts";
import type { NodeTest } from "./constraints/xpath/syntax.ts";
import { yangLimits } from "./limits.ts";
import type { Schema } from "./schema.ts";
import { mapNames, NOWHERE, type XPathFilter } from "./xpath-filter.ts";

/** Nodes noted before others get their turn. */
const NODES_IN_A_SLICE = 256;

/** How an expression is refused, which depends on what it stands in. */
export interface XPathRefusals {
  /** It is none, or none that can be evaluated. */
  readonly unusable: (message: string, details?: ErrorDetails) => RpcError;
  /** What to do about one that looks at too many nodes. */
  readonly costlyHint: string;
}

const OF_FILTER: XPathRefusals = {
  unusable: (message, details) => badAttribute("select", "filter", message, details),
  costlyHint: "Name the way to what is wanted, or use a subtree filter.",
};

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
    for (const node of xpathSelection(schema, filter, { maxNodes })(tree)) {
      places.add(node);
      if (++count % NODES_IN_A_SLICE === 0) yield;
    }
    isDone = true;
    return places;
  } finally {
    if (!isDone) places.dispose();
  }
}

/** What is special about one use of XPath. */
export interface SelectionOptions {
  readonly refusals?: XPathRefusals;
  /** Nodes that the evaluation may look at. */
  readonly maxNodes?: number;
}

/** What an XPath selects in a tree: the outermost nodes, at once. The selection throws `RpcError` and `YangError`. */
export function xpathSelection(
  schema: Schema,
  xpath: XPathFilter,
  { refusals = OF_FILTER, maxNodes = yangLimits.xpathNodes }: SelectionOptions = {},
): (tree: DataTree) => Iterable<DataNode> {
  const { select, namespaces } = resolved(schema, xpath, refusals);
  return (tree) => evaluate(tree, { select, namespaces }, refusals, maxNodes);
}

function evaluate(
  tree: DataTree,
  { select, namespaces }: XPathFilter,
  refusals: XPathRefusals,
  maxNodes: number,
): Iterable<DataNode> {
  try {
    return tree.select(select, namespaces, { maxNodes });
  } catch (error) {
    if (!(error instanceof YangError) || error.code === "EMEM") throw error;
    if (error.code === "ELIMIT") {
      const message = `The expression looks at more than ${maxNodes} nodes. ${refusals.costlyHint}`;
      throw resourceDenied(message, { cause: error });
    }
    throw refusals.unusable(`The expression cannot be evaluated: ${error.message}`, { cause: error });
  }
}

/**
 * The expression with a namespace of the schema for each name. XPath 1.0 section 2.3: a name without a prefix is in no
 * namespace, where there is no data.
 */
function resolved(schema: Schema, { select, namespaces }: XPathFilter, { unusable }: XPathRefusals): XPathFilter {
  const known = new Map([...namespaces].filter(([, namespace]) => schema.context.moduleByNamespace(namespace)));
  let nowhere = "_";
  while (namespaces.has(nowhere)) nowhere += "_";
  const test = (of: NodeTest): NodeTest => {
    if (of.kind === "type" || (of.kind === "any" && of.prefix === undefined)) return of;
    return of.prefix !== undefined && known.has(of.prefix) ? of : { ...of, prefix: nowhere };
  };
  const { expression, error } = parseXPath(select);
  if (error !== undefined) throw unusable(`The expression is no XPath 1.0: ${error.message}.`);
  return { select: printXPath(mapNames(expression, { test })), namespaces: known.set(nowhere, NOWHERE.namespace) };
}
