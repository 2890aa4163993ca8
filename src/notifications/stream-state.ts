import type { StateProvider } from "../datastore/subscriber.ts";
import { type SubtreeFilter, selectsTop } from "../yang/subtree-filter.ts";
import type { EventStream } from "./event-stream.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:netmod:notification";

/** `/nc-notifications:netconf/streams` (RFC 5277 section 3.2.5). */
export class StreamState implements StateProvider {
  readonly #stream: EventStream;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    if (!selectsTop(filter, "netconf", NAMESPACE)) return [];
    const stream = {
      name: "NETCONF",
      description: "Everything that this server reports.",
      replaySupport: true,
      replayLogCreationTime: new Date(this.#stream.createdMs).toISOString(),
    };
    return [JSON.stringify({ "nc-notifications:netconf": { streams: { stream: [stream] } } })];
  }
}
