import { MessageType } from "./codec/iana.ts";
import { viewOf } from "./codec/octets.ts";
import { completeRouteMonitoringHeader } from "./codec/route-monitoring.ts";
import { lengthOf, type OutgoingMessage } from "./outgoing-message.ts";

/** Messages by `MessageType`. */
export type MessageCounts = Float64Array;

const MESSAGE_TYPES = Object.keys(MessageType).length;

export function noMessages(): MessageCounts {
  return new Float64Array(MESSAGE_TYPES);
}

/** Whole messages, one after the other, in memory that is written once and never moves. */
export class MessagePage {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #used = 0;
  /** Messages up to the last one of this page, counted from `countsBefore`. */
  readonly counts: MessageCounts;

  constructor(capacityBytes: number, countsBefore: MessageCounts = noMessages()) {
    // Not zeroed: only what was written is ever shown.
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.#view = viewOf(this.#bytes);
    this.counts = countsBefore.slice();
  }

  get usedBytes(): number {
    return this.#used;
  }

  hasRoomFor(message: OutgoingMessage): boolean {
    return this.#used + lengthOf(message) <= this.#bytes.length;
  }

  /** Copies the message to the end of the page, which has room for it. */
  append(message: OutgoingMessage): void {
    if (message.kind === "encoded") {
      this.#copy(message.bytes);
      this.#count(message.type);
      return;
    }
    const start = this.#used;
    this.#copy(message.header);
    completeRouteMonitoringHeader(this.#view, start, message.timestampUs, message.update.length);
    this.#copy(message.update);
    this.#count(MessageType.routeMonitoring);
  }

  #copy(bytes: Uint8Array): void {
    this.#bytes.set(bytes, this.#used);
    this.#used += bytes.length;
  }

  #count(type: MessageType): void {
    this.counts[type] = (this.counts[type] ?? 0) + 1;
  }

  /** What is there from `offset` on, or up to `end`. Later messages do not change it. */
  from(offset: number, end = this.#used): Uint8Array {
    return this.#bytes.subarray(offset, end);
  }
}
