import type { EventLog, LoggedEvent } from "./event-log.ts";
import { StreamEvent } from "./stream-event.ts";

/** Reads the event log one event at a time, a piece of it being in memory. */
export class LogReader {
  readonly #pieces: ReturnType<EventLog["read"]>;
  #piece: readonly LoggedEvent[] = [];
  #at = 0;
  /** Whether it has given an event. */
  hasGiven = false;

  /** As `EventLog.read`. */
  constructor(log: EventLog, from: number, notBeforeMs: number) {
    this.#pieces = log.read(from, notBeforeMs);
  }

  /** Undefined at the end. */
  async next(): Promise<StreamEvent | undefined> {
    while (this.#at >= this.#piece.length) {
      const { done, value } = await this.#pieces.next();
      if (done === true) return undefined;
      this.#piece = value;
      this.#at = 0;
    }
    const { sequence, timeMs, message } = this.#piece[this.#at++] as LoggedEvent;
    this.hasGiven = true;
    return new StreamEvent(sequence, timeMs, message);
  }

  async close(): Promise<void> {
    await this.#pieces.return();
  }
}
