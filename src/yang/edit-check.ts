import type { Context, DataNode, SchemaNode } from "libyang-wasm";
import type { ErrorInfo, ErrorTag, RpcErrorEntry } from "../errors/rpc-error.ts";
import { isCryptHash } from "./crypt-hash.ts";
import { dataNodes } from "./data-nodes.ts";
import { insertFault } from "./edit-insert.ts";
import { type EditOperation, isTagged, ownOperation } from "./edit-operation.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import { moduleOf } from "./module-of.ts";
import { casesOf } from "./other-cases.ts";
import { toEntry } from "./rpc-errors.ts";

/**
 * Everything that is wrong with the nodes of a `<config>` themselves, whatever the datastore holds: what the schema
 * does not know (libyang keeps it as opaque nodes), state data, entries given twice. `operation`: the default one.
 */
export function checkEdit(context: Context, roots: readonly DataNode[], operation: EditOperation): RpcErrorEntry[] {
  const entries: RpcErrorEntry[] = [];
  checkSiblings(context, roots, "", operation, entries);
  return entries;
}

function checkSiblings(
  context: Context,
  nodes: readonly DataNode[],
  parentPath: string,
  inherited: EditOperation,
  entries: RpcErrorEntry[],
): void {
  /** Paths of what is given more than once. */
  const twins = new Set<string>();
  /** Of each choice, the case of which something is given. */
  const cases = new Map<SchemaNode, SchemaNode>();
  for (const node of nodes) {
    if (entries.length >= yangLimits.errorsReported) return;
    if (node.isPlain()) continue;
    const path = node.kind === "opaque" ? `${parentPath}/${opaqueStep(context, node)}` : node.path;
    const operation = ownOperation(node) ?? inherited;
    const problem = node.kind === "opaque" ? checkOpaque(context, node, path) : checkNode(context, node, path, twins);
    const wrong =
      problem ?? checkTag(context, node, path, operation) ?? checkCases(context, node, path, operation, cases);
    if (wrong !== undefined) entries.push(wrong);
    else if (node.kind !== "opaque") checkSiblings(context, node.children(), path, operation, entries);
  }
}

function checkNode(context: Context, node: DataNode, path: string, twins: Set<string>): RpcErrorEntry | undefined {
  if (node.kind === "action" || node.kind === "notification") {
    const message = `'${node.name}' is ${node.kind === "action" ? "an action" : "a notification"}, no data. Leave it out.`;
    return refused(context, path, "unknown-element", message, { badElement: node.name });
  }
  if (!node.isConfig) {
    const message = `'${node.name}' is operational state and cannot be configured. Leave it out.`;
    return refused(context, path, "bad-element", message, { badElement: node.name });
  }
  if (node.schema?.isKey === true && ownOperation(node) !== undefined) {
    const message = `'${node.name}' is a key: it comes and goes with its list entry. Put the operation on the entry.`;
    return refused(context, path, "bad-attribute", message, { badAttribute: "operation", badElement: node.name });
  }
  const fault = insertFault(node);
  if (fault !== undefined) {
    const info = { badAttribute: fault.attribute, badElement: node.name };
    return refused(context, path, fault.tag, fault.message, info);
  }
  if (twins.has(path)) {
    const message = `'${node.name}' is given twice in this request. Give it once.`;
    return refused(context, path, "bad-element", message, { badElement: node.name });
  }
  if (node.hasTwin) twins.add(path);
  return undefined;
}

/** RFC 6243 section 4.5.2: what is tagged as a default has the value that is the default, and is to be there. */
function checkTag(context: Context, node: DataNode, path: string, operation: EditOperation): RpcErrorEntry | undefined {
  if (!isTagged(node)) return undefined;
  if (node.kind === "container" || node.kind === "list" || node.kind === "anydata" || node.kind === "anyxml") {
    const message = `'${node.name}' cannot be tagged as a default: it is no leaf. Leave the attribute out.`;
    return refused(context, path, "unknown-attribute", message, { badAttribute: "default", badElement: node.name });
  }
  if (!isMaking(operation)) {
    const message =
      `'${node.name}' is tagged as a default, which goes with create, merge and replace, but the operation is ` +
      `${operation}. Leave the tag out.`;
    return refused(context, path, "invalid-value", message);
  }
  if (node.kind === "opaque" || node.hasDefaultValue) return undefined;
  const which = node.kind === "leaf" ? "not its default" : "not all that is its default";
  const message = `'${node.name}' is tagged as a default, and '${node.value}' is ${which}. Leave the tag out.`;
  return refused(context, path, "invalid-value", message);
}

/** RFC 7950 section 8.3.1: data of one case of a choice. What is taken away of another may stand beside it. */
function checkCases(
  context: Context,
  node: DataNode,
  path: string,
  operation: EditOperation,
  cases: Map<SchemaNode, SchemaNode>,
): RpcErrorEntry | undefined {
  const own = [...casesOf(node.schema)];
  if (own.length === 0 || !isMaking(operation)) return undefined;
  for (const { choice, branch } of own) {
    const other = cases.get(choice);
    cases.set(choice, branch);
    if (other === undefined || other === branch) continue;
    const message =
      `'${node.name}' is of the case "${branch.name}" of the choice "${choice.name}", of which the request has data of ` +
      `"${other.name}" also. Keep to one.`;
    return refused(context, path, "bad-element", message, { badElement: node.name });
  }
  return undefined;
}

const isMaking = (operation: EditOperation): boolean =>
  operation === "create" || operation === "merge" || operation === "replace";

function refused(context: Context, path: string, tag: ErrorTag, message: string, info?: ErrorInfo): RpcErrorEntry {
  const entry: RpcErrorEntry = { type: "application", tag, path: toErrorPath(context, path), message };
  return info === undefined ? entry : { ...entry, info };
}

/** A leaf without a value is how a client deletes it; every other opaque node is an error that libyang can name. */
function checkOpaque(context: Context, node: DataNode, path: string): RpcErrorEntry | undefined {
  const operation = ownOperation(node);
  const isDeletion = operation === "delete" || operation === "remove";
  const leaf = knownLeaf(context, node);
  if (isDeletion && (node.value ?? "") === "" && node.firstChild === undefined && leaf !== undefined) return undefined;
  if (leaf !== undefined && isCryptHash(leaf)) return noCryptHash(context, path);
  const item = node.opaqueError();
  if (item === undefined) {
    const message = `'${node.name}' is not expected here.`;
    return refused(context, path, "unknown-element", message, { badElement: node.name });
  }
  const entry = toEntry(context, item, "parse", item.dataPath ?? path);
  return entry.info?.badNamespace === undefined ? entry : { ...entry, info: { ...entry.info, badElement: node.name } };
}

/** libyang would quote the value, which may be a password that lacks its prefix: it would get into the log. */
function noCryptHash(context: Context, path: string): RpcErrorEntry {
  const message = "The value is no crypt-hash. Give $0$ and the password, which is then hashed, or a hash of crypt(3).";
  return { type: "application", tag: "invalid-value", path: toErrorPath(context, path), message };
}

/** The leaf of this name that the schema has here: it may be named without a value. */
function knownLeaf(context: Context, node: DataNode): SchemaNode | undefined {
  const module = moduleOf(context, node);
  const siblings = node.parent?.schema?.children() ?? module?.topLevelSchema() ?? [];
  return [...dataNodes(siblings)].find(
    ({ kind, name, moduleName }) => kind === "leaf" && name === node.name && moduleName === module?.name,
  );
}

/** `mod:name` of an opaque node whose namespace is known, else its bare name. */
function opaqueStep(context: Context, node: DataNode): string {
  const module = moduleOf(context, node);
  return module === undefined ? node.name : `${module.name}:${node.name}`;
}
