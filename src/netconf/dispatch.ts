import { RpcError } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import type { XmlElement } from "../xml/element.ts";
import { parseEnvelope } from "../xml/envelope.ts";
import { anonymousFrame, dataReply, errorReply, frameOf, okReply } from "../xml/write.ts";
import { XmlError } from "../xml/xml-error.ts";
import { checkAccess } from "./access.ts";
import type { NetconfVersion } from "./hello.ts";
import type { OperationContext, OperationResult } from "./operation.ts";
import { OperationInput } from "./operation-input.ts";
import { entriesFor, findOperation, operationElement, requireRpc, unreadable } from "./rpc.ts";

/** The reply to one message. */
export interface Answer {
  readonly reply: string;
  /** Whether the session ends once the reply is sent. */
  readonly closes: boolean;
}

/** Runs what a message asks for and says how it went. Never rejects: whatever goes wrong becomes an `<rpc-error>`. */
export async function answer(
  message: Uint8Array,
  version: NetconfVersion,
  context: OperationContext,
  log: Log,
): Promise<Answer> {
  let frame = anonymousFrame;
  try {
    const rpc = parseEnvelope(message);
    requireRpc(rpc);
    frame = frameOf(rpc);
    const result = await run(rpc, context);
    const reply = result.kind === "data" ? dataReply(frame, result.children) : okReply(frame);
    return { reply, closes: result.kind === "closing" };
  } catch (thrown) {
    const error = thrown instanceof XmlError ? unreadable(thrown) : RpcError.from(thrown);
    logError(error, context, log);
    return { reply: errorReply(frame, entriesFor(version, error)), closes: false };
  }
}

async function run(rpc: XmlElement, context: OperationContext): Promise<OperationResult> {
  const element = operationElement(rpc);
  const operation = findOperation(element, context.datastores.moduleCapabilities());
  checkAccess(operation, context);
  return operation.run(context, new OperationInput(operation, element));
}

/** A request that failed for a cause is ours to look into; any other was refused for what is in it. */
function logError(error: RpcError, { session }: OperationContext, log: Log): void {
  const fields = { session: session.sessionId, user: session.username, reason: error.message };
  if (error.cause === undefined) log("debug", "request refused", fields);
  else if (error.entries.some(({ tag }) => tag === "operation-failed")) {
    log("error", "request failed", { ...fields, error: error.cause });
  } else log("debug", "request refused", { ...fields, error: error.cause });
}
