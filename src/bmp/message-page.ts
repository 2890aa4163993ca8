import type { MessageType } from "./codec/iana.ts";

/** Messages by `MessageType`. */
export type MessageCounts = Float64Array;

const MESSAGE_TYPES = 6;

export function noMessages(): MessageCounts {
  return new Float64Array(MESSAGE_TYPES);
}

/** Whole messages, one after the other, in memory that is written once and never moves. */
export class MessagePage {
  readonly #bytes: Uint8Array;
  #used = 0;
  /** Messages up to the last one of this page, counted from `countsBefore`. */
  readonly counts: MessageCounts;

  constructor(capacityBytes: number, countsBefore: MessageCounts = noMessages()) {
    // Not zeroed: only what was written is ever shown.
    this.#bytes = Buffer.allocUnsafeSlow(capacityBytes);
    this.counts = countsBefore.slice();
  }

  get usedBytes(): number {
    return this.#used;
  }

  hasRoomFor(length: number): boolean {
    return this.#used + length <= this.#bytes.length;
  }

  /** Copies one message, given in one or two parts, to the end of the page. */
  append(type: MessageType, head: Uint8Array, rest?: Uint8Array): void {
    this.#bytes.set(head, this.#used);
    this.#used += head.length;
    if (rest !== undefined) {
      this.#bytes.set(rest, this.#used);
      this.#used += rest.length;
    }
    this.counts[type] = (this.counts[type] ?? 0) + 1;
  }

  /** What is there from `offset` on. Later messages do not change it. */
  from(offset: number): Uint8Array {
    return this.#bytes.subarray(offset, this.#used);
  }
}
