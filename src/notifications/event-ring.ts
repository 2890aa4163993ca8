import type { NotificationLimits } from "./limits.ts";
import type { StreamEvent } from "./stream-event.ts";

/** The newest events, which all subscribers share. */
export class EventRing {
  readonly #limits: NotificationLimits;
  readonly #events: StreamEvent[] = [];
  #bytes = 0;
  /** Sequence number of the next event. */
  next: number;

  constructor(next: number, limits: NotificationLimits) {
    this.next = next;
    this.#limits = limits;
  }

  /** Sequence number of the oldest event it holds; `next` when there is none. */
  get first(): number {
    return this.next - this.#events.length;
  }

  /** Undefined when it is older than `first`, or has not happened yet. */
  get(sequence: number): StreamEvent | undefined {
    return this.#events[sequence - this.first];
  }

  /** `event` is number `next`. */
  add(event: StreamEvent): void {
    this.#events.push(event);
    this.#bytes += event.message.length;
    this.next++;
    while (this.#events.length > this.#limits.recentEvents || this.#bytes > this.#limits.recentBytes) {
      this.#bytes -= this.#events.shift()?.message.length ?? 0;
    }
  }
}
