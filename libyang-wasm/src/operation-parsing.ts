import { OPERATION } from "./constants.ts";
import type { ContextCore } from "./context-core.ts";
import type { DataNode } from "./data-node.ts";
import { DataTree } from "./data-tree.ts";
import { ParsedNotification } from "./parsed-notification.ts";
import { ParsedReply } from "./parsed-reply.ts";
import { ParsedRpc } from "./parsed-rpc.ts";
import { rejectNul } from "./wasm-memory.ts";
import { YangError } from "./yang-error.ts";

/** The two trees of a message, and the node of the operation in the second. */
interface Message {
  readonly envelope: DataTree;
  readonly tree: DataTree;
  readonly node: number;
}

/** How an `<rpc>` is read. */
export interface ParseRpcOptions {
  /**
   * What does not fit the model inside anydata and anyxml: kept as opaque nodes (unless told), or an error, which reads
   * what does fit in two thirds of the time.
   */
  unknown?: "keep-opaque" | "reject";
}

/** @internal */
export function parseRpc(core: ContextCore, xml: string | Uint8Array, options: ParseRpcOptions): ParsedRpc {
  const rejectUnknown = options.unknown === "reject" ? 1 : 0;
  const kind = OPERATION.netconfRpc;
  const { envelope, tree, node } = parseMessage(core, xml, "the rpc", (text, envelopeOut, nodeOut) =>
    core.engine.call.lyw_parse_operation(core.address, text, kind, rejectUnknown, envelopeOut, nodeOut),
  );
  return new ParsedRpc(envelope, tree, node);
}

/** @internal */
export function parseNotification(core: ContextCore, xml: string | Uint8Array): ParsedNotification {
  const kind = OPERATION.netconfNotification;
  const { envelope, tree, node } = parseMessage(core, xml, "the notification", (text, envelopeOut, nodeOut) =>
    core.engine.call.lyw_parse_operation(core.address, text, kind, 0, envelopeOut, nodeOut),
  );
  if (tree.first()?.nextSibling !== undefined) {
    // libyang takes one eventTime out of the notification's data, and leaves a second one there.
    envelope.dispose();
    tree.dispose();
    const message = 'More than one "eventTime" in the notification.';
    throw new YangError("EVALID", [{ code: "EVALID", validationCode: "DATA", message }], "parse");
  }
  return new ParsedNotification(envelope, tree, node);
}

/** @internal */
export function parseReply(core: ContextCore, xml: string | Uint8Array, operation: DataNode): ParsedReply {
  core.assertSame(operation.root.core);
  if (operation.kind !== "rpc" && operation.kind !== "action") {
    throw new TypeError(`a reply is to an rpc or action, not to a ${operation.kind}`);
  }
  const request = operation.address;
  const { envelope, tree, node } = parseMessage(core, xml, "the reply", (text, envelopeOut, nodeOut) =>
    core.engine.call.lyw_parse_reply(request, text, envelopeOut, nodeOut),
  );
  return new ParsedReply(envelope, tree, node);
}

function parseMessage(
  core: ContextCore,
  xml: string | Uint8Array,
  what: string,
  parse: (text: number, envelopeOut: number, nodeOut: number) => number,
): Message {
  rejectNul(xml, what);
  const { engine } = core;
  const { call } = engine;
  const result = engine.withStrings([xml], (text = 0) => parse(text, engine.out(0), engine.out(1)));
  const envelope = engine.result(0);
  const node = engine.result(1);
  if (result !== 0) {
    // libyang gives the envelope also when it refuses what is in it.
    call.lyd_free_all(envelope);
    core.checkParsed(result);
  }
  core.forgetErrors();
  const tree = new DataTree(core, node === 0 ? 0 : call.lyw_node_root(node));
  return { envelope: new DataTree(core, envelope), tree, node };
}

/**
 * @internal Validates an operation, its output or a notification; what it refers to is looked for in `datastore` too.
 * That tree holds the operation for the time of the call, and is as before afterwards.
 */
export function validateOperation(
  core: ContextCore,
  tree: DataTree,
  kind: (typeof OPERATION)["rpc" | "reply" | "notification"],
  datastore: DataTree | undefined,
): void {
  core.assertSame(tree.root.core);
  if (datastore !== undefined) core.assertSame(datastore.root.core);
  const result = core.engine.call.lyd_validate_op(tree.root.first, datastore?.root.first ?? 0, kind, 0);
  core.check(result, "validate");
  core.forgetErrors();
}
