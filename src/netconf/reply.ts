import type { ConfigStream } from "../datastore/datastores.ts";
import { aroundData, emptyDataReply, type ReplyFrame } from "../xml/write.ts";

/** The rest of a reply of which the beginning is there. */
export interface ReplyRest {
  readonly piece: Uint8Array;
  readonly following: ConfigStream;
  readonly end: string;
}

/** What is sent for a request: `parts` one after the other, and then, if the reply is a large one, the rest. */
export interface Reply {
  readonly parts: readonly (string | Uint8Array)[];
  readonly rest?: ReplyRest;
}

/**
 * The reply whose `<data>`, in `namespace`, holds what `stream` gives. Waits for two pieces: a reply of one is sent as a whole, and what
 * fails before anything was sent is an error of the request. Rejects as the stream does.
 */
export async function dataReply(frame: ReplyFrame, stream: ConfigStream, namespace: string): Promise<Reply> {
  const first = await stream.next();
  if (first === undefined) return { parts: [emptyDataReply(frame, namespace)] };
  const { start, end } = aroundData(frame, namespace);
  const second = await stream.next();
  if (second === undefined) return { parts: [start, first, end] };
  return { parts: [start, first], rest: { piece: second, following: stream, end } };
}
