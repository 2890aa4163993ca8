import type { ConfigStream } from "../datastore/datastores.ts";
import { operationFailed } from "../errors/constructors.ts";
import { type ErrorTag, RpcError } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import type { XmlElement } from "../xml/element.ts";
import { parseEnvelope } from "../xml/envelope.ts";
import { anonymousFrame, errorReply, frameOf, okReply, outputReply } from "../xml/write.ts";
import { XmlError } from "../xml/xml-error.ts";
import { checkAccess, countingDenied } from "./access.ts";
import type { NetconfVersion } from "./hello.ts";
import type { Operation, OperationContext, OperationResult } from "./operation.ts";
import { OperationInput } from "./operation-input.ts";
import { dataReply, type Reply } from "./reply.ts";
import { entriesFor, findOperation, operationElement, requireRpc, unreadable } from "./rpc.ts";
import type { RpcCounters } from "./rpc-counters.ts";
import { inTurns } from "./turns.ts";

/** The reply to one message. */
export interface Answer extends Reply {
  /** Whether the session ends once the reply is sent, or its notifications begin. */
  readonly afterwards?: "close" | "notify";
  /** Of the `<rpc-error>` in it; undefined = there is none. */
  readonly errorTag?: ErrorTag | undefined;
  /** Name of the operation; undefined = it asked for none that there is. */
  readonly operation?: string | undefined;
  /** What the reply is made of. */
  readonly stream?: ConfigStream;
}

/** The session that a message came in. */
export interface Asker {
  readonly counters: RpcCounters;
  /** Whether nobody waits for the answer any more. */
  hasEnded(): boolean;
  /** Resolves when it is the request's turn; `isRead`: whether it changes nothing. */
  turn(isRead: boolean): Promise<void>;
  /** The reply is going to be made of this stream, from which nothing has been read yet. */
  reading(stream: ConfigStream): void;
}

const FOLLOWING = { ok: {}, closing: { afterwards: "close" }, subscribed: { afterwards: "notify" } } as const;

/** Runs what a message asks for and says how it went. Never rejects: whatever goes wrong becomes an `<rpc-error>`. */
export async function answer(
  message: Uint8Array,
  version: NetconfVersion,
  context: OperationContext,
  log: Log,
  asker: Asker,
): Promise<Answer> {
  let frame = anonymousFrame;
  let isRpc = false;
  let operation: Operation | undefined;
  try {
    const rpc = await inTurns(parseEnvelope(message));
    requireRpc(rpc);
    frame = frameOf(rpc);
    const element = operationElement(rpc);
    isRpc = true;
    asker.counters.count("inRpcs");
    operation = findOperation(element, context.datastores.yangLibrary());
    const { name } = operation;
    const result = await run(operation, element, context, asker);
    if (result.kind === "output") return { parts: [outputReply(frame, result.elements)], operation: name };
    if (result.kind !== "data") return { parts: [okReply(frame)], ...FOLLOWING[result.kind], operation: name };
    const { stream, namespace } = result;
    asker.reading(stream);
    return { ...(await dataReply(frame, stream, namespace)), stream, operation: name };
  } catch (thrown) {
    if (!isRpc) asker.counters.count("inBadRpcs");
    const error = thrown instanceof XmlError ? unreadable(thrown) : RpcError.from(thrown);
    logError(error, context, log);
    const entries = entriesFor(version, error);
    return { parts: [errorReply(frame, entries)], errorTag: entries[0]?.tag, operation: operation?.name };
  }
}

async function run(
  operation: Operation,
  element: XmlElement,
  context: OperationContext,
  asker: Asker,
): Promise<OperationResult> {
  await asker.turn(operation.changesNothing);
  // Two sessions that kill one another would wait for each other's end, if both began.
  if (asker.hasEnded()) throw operationFailed("The session ended before the request was begun.");
  checkAccess(operation, context);
  const input = new OperationInput(operation, element, context.urls.schemes.length > 0);
  return countingDenied(operation, context, () => operation.run(context, input));
}

/** A request that failed for a cause is ours to look into; any other was refused for what is in it. */
function logError(error: RpcError, { session }: OperationContext, log: Log): void {
  const fields = { session: session.sessionId, user: session.username, reason: error.message };
  if (error.cause === undefined) log("debug", "request refused", fields);
  else if (error.entries.some(({ tag }) => tag === "operation-failed")) {
    log("error", "request failed", { ...fields, error: error.cause });
  } else log("debug", "request refused", { ...fields, error: error.cause });
}
