/** An event as it is kept. */
export interface LoggedEvent {
  /** Counts up by one with each event. */
  readonly sequence: number;
  /** When it happened, ms since the epoch. */
  readonly timeMs: number;
  /** The whole `<notification>`, in UTF-8 and on one line. */
  readonly message: Uint8Array;
}

/** Where events are kept that are not among the newest, and beyond the end of the process. */
export interface EventLog {
  /** When it was begun, ms since the epoch. */
  readonly createdMs: number;
  /** Sequence number of the oldest event it has; `next` when it has none. */
  readonly first: number;
  /** Sequence number of the next event. */
  readonly next: number;
  /** Takes event number `next`. Nothing waits for it, and nothing fails: an event that cannot be kept is missing. */
  append(event: LoggedEvent): void;
  /**
   * The events from number `from` on, in pieces, to the newest one there is when that is reached. Those before
   * `notBeforeMs` may be left out. What is removed meanwhile is missing.
   */
  read(from: number, notBeforeMs: number): AsyncGenerator<readonly LoggedEvent[], void, void>;
  /** Resolves when all that was appended is kept, even if the machine fails. */
  stop(): Promise<void>;
}
