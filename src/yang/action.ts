import {
  type Context,
  type DataNode,
  type DataTree,
  type ParsedRpc,
  YangError,
  type YangErrorItem,
} from "libyang-wasm";
import { accessDenied, badElement, dataMissing, missingElement, unknownElement } from "../errors/constructors.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import { ancestorsOf } from "./ancestors.ts";
import { keysOn, type SchemaAccess } from "./data-access.ts";
import { toErrorPath } from "./error-path.ts";
import { yangLimits } from "./limits.ts";
import { misplaced } from "./misplaced.ts";
import { toEntry } from "./rpc-errors.ts";

const RPC_START = '<rpc xmlns="urn:ietf:params:xml:ns:netconf:base:1.0" message-id="">';

/**
 * An `<action>` element (RFC 7950 section 7.15.2) as a tree: the data nodes that it is in, and its input, which is not
 * validated. Throws `RpcError`. The tree is the caller's to free.
 */
export function parseAction(context: Context, request: string): ParsedRpc {
  const rpc = translating(context, "parse", () => context.parseRpc(`${RPC_START}${request}</rpc>`));
  try {
    requireNoOthers(context, rpc.operation);
    return rpc;
  } catch (error) {
    rpc.dispose();
    throw error;
  }
}

/** Validates the input; what it refers to is looked for in `running`. Throws `RpcError`. */
export function validateInput(context: Context, rpc: ParsedRpc, running: DataTree): void {
  translating(context, "validate", () => context.validateRpc(rpc, running));
}

/** The input of an action as plain data: of lists, arrays. */
export interface ActionInput {
  readonly [name: string]: string | readonly string[] | ActionInput | readonly ActionInput[];
}

/** What a node of an input, or the action itself, holds. */
export function inputOf(parent: DataNode): ActionInput {
  const input: Record<string, ActionInput[string]> = {};
  for (const node of parent.children()) {
    const { name, kind, value = "" } = node;
    const others = Array.isArray(input[name]) ? (input[name] as readonly string[] & readonly ActionInput[]) : [];
    if (kind === "leaf") input[name] = value;
    else if (kind === "leaf-list") input[name] = [...others, value];
    else if (kind === "container") input[name] = inputOf(node);
    else if (kind === "list") input[name] = [...others, inputOf(node)];
  }
  return input;
}

/** Throws `data-missing` where running does not hold what the action is invoked on. */
export function requireInstance(context: Context, action: DataNode, running: DataTree): void {
  const missing = ancestorsOf(action).find((node) => running.counterpart(node) === undefined);
  if (missing === undefined) return;
  const path = toErrorPath(context, missing.path);
  throw dataMissing(`There is no ${path.text} in running; an action needs it.`, { path });
}

/**
 * Whether a user may invoke an action (RFC 8341 section 3.1.3): it takes read access to all that it is in, and the
 * right to execute it. Throws `access-denied`.
 */
export function checkActionAccess(context: Context, access: SchemaAccess, action: DataNode): void {
  const chain = ancestorsOf(action);
  for (const [index, node] of chain.entries()) {
    requireRight(context, access, "read", chain.slice(0, index + 1), node);
  }
  requireRight(context, access, "exec", chain, action);
}

/** `chain` leads to the entries whose keys the rules may be about. */
function requireRight(
  context: Context,
  access: SchemaAccess,
  operation: "read" | "exec",
  chain: readonly DataNode[],
  node: DataNode,
): void {
  if (node.schema === undefined) return;
  const { isPermitted, reason } = access.decide(node.schema, operation, keysOn(chain));
  if (isPermitted) return;
  const path = toErrorPath(context, node.path);
  const may = `User "${access.rules.user.name}" may not ${operation === "read" ? "read" : "execute"} ${path.text}`;
  throw accessDenied(`${may}: ${reason}.`, { type: "application", path });
}

/** Beside the keys of an entry and what leads to the action, nothing belongs there. */
function requireNoOthers(context: Context, action: DataNode): void {
  for (let at = action; at.parent !== undefined; at = at.parent) {
    const other = at.parent.children().find((node) => node.schema?.isKey !== true && node.path !== at.path);
    if (other === undefined) continue;
    throw unknownElement(
      other.name,
      `<${other.name}> does not lead to the action; leave it out. An entry has its keys there, and nothing else.`,
      { type: "application", path: toErrorPath(context, other.path) },
    );
  }
}

function translating<T>(context: Context, phase: "parse" | "validate", call: () => T): T {
  try {
    return call();
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    const items = error.items.slice(0, yangLimits.errorsReported);
    throw new RpcError(
      items.flatMap((item) => faultOf(context, item)?.entries ?? inInput(toEntry(context, item, phase))),
      { cause: error },
    );
  }
}

/** RFC 7950 section 7.14.2: what is mandatory in an input must be sent; no datastore lacks it. */
const inInput = (entry: RpcErrorEntry): RpcErrorEntry =>
  entry.tag === "data-missing" && entry.appTag !== "instance-required" ? { ...entry, tag: "missing-element" } : entry;

type Fault = (match: RegExpExecArray, details: Pick<RpcErrorEntry, "type" | "path">) => RpcError;

/** What only an `<action>` can have wrong with it, by libyang's messages. */
const FAULTS: readonly (readonly [RegExp, Fault])[] = [
  [
    /^Missing the operation node/,
    (_, details) =>
      missingElement(
        "action",
        "<action> has no action in it; put it, with its input, into its container or list entry.",
        details,
      ),
  ],
  [
    /^Unexpected \w+ element "([^"]+)", \w+ "[^"]+" already parsed/,
    ([, name = ""], details) =>
      badElement(name, "<action> has more than one action in it; send each in an <rpc> of its own.", details),
  ],
  [
    /^Unexpected (RPC|notification) element "([^"]+)"/,
    ([, kind = "", name = ""], details) =>
      unknownElement(name, `<${name}> is no action but ${kind === "RPC" ? "an rpc" : "a notification"}.`, details),
  ],
  [
    /^Invalid position of the key "([^"]+)"/,
    ([, name = ""], details) =>
      badElement(
        name,
        `<${name}> is out of its place: keys come in the order of the YANG module's key statement.`,
        details,
      ),
  ],
];

function faultOf(context: Context, { message, dataPath }: YangErrorItem): RpcError | undefined {
  const path = dataPath === undefined || dataPath === "/" ? {} : { path: toErrorPath(context, dataPath) };
  const details = { type: "application", ...path } as const;
  for (const [pattern, fault] of FAULTS) {
    const match = pattern.exec(message);
    if (match !== null) return fault(match, details);
  }
  return misplaced(message, details);
}
