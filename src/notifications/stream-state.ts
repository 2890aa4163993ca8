import type { StateProvider } from "../datastore/subscriber.ts";
import { type Filter, isXPath } from "../yang/xpath-filter.ts";
import type { EventStream } from "./event-stream.ts";

/** `/nc-notifications:netconf/streams` (RFC 5277 section 3.2.5). */
export class StreamState implements StateProvider {
  readonly #stream: EventStream;

  constructor(stream: EventStream) {
    this.#stream = stream;
  }

  async state(filter?: Filter): Promise<readonly string[]> {
    if (filter !== undefined && !isXPath(filter) && !filter.some(({ name }) => name === "netconf")) return [];
    const stream = {
      name: "NETCONF",
      description: "Everything that this server reports.",
      replaySupport: true,
      replayLogCreationTime: new Date(this.#stream.createdMs).toISOString(),
    };
    return [JSON.stringify({ "nc-notifications:netconf": { streams: { stream: [stream] } } })];
  }
}
