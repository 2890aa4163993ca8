import { type MessageCounts, MessagePage } from "./message-page.ts";
import { lengthOf, type OutgoingMessage } from "./outgoing-message.ts";

/** A page of the log: it knows its place and, once it is full, the page after it. */
interface LogPage {
  readonly page: MessagePage;
  /** Position of its first octet. */
  readonly start: number;
  next?: LogPage;
}

/**
 * What all collectors are told, encoded once. Positions count octets from the log's beginning. Pages are linked
 * forward only and the log holds just the last one: a page lives as long as a cursor stands on it or before it.
 */
export class MessageLog {
  readonly #pageBytes: number;
  readonly #pageFilled: () => void;
  #last: LogPage;

  /** `pageFilled` is called, before a page is added, when the next message does not fit the last one. */
  constructor(pageBytes: number, pageFilled: () => void) {
    this.#pageBytes = pageBytes;
    this.#pageFilled = pageFilled;
    this.#last = { page: new MessagePage(pageBytes), start: 0 };
  }

  /** Position after the last message. */
  get end(): number {
    return this.#last.start + this.#last.page.usedBytes;
  }

  append(message: OutgoingMessage): void {
    if (!this.#last.page.hasRoomFor(message)) {
      this.#pageFilled();
      this.#addPage(Math.max(lengthOf(message), this.#pageBytes));
    }
    this.#last.page.append(message);
  }

  #addPage(capacityBytes: number): void {
    const next = { page: new MessagePage(capacityBytes, this.#last.page.counts), start: this.end };
    this.#last.next = next;
    this.#last = next;
  }

  /** Where the log ends now. */
  lastPlace(): LogEnd {
    const { page } = this.#last;
    return { at: this.#last, offset: page.usedBytes, counts: page.counts.slice() };
  }

  /** A reader of what is appended from now on. */
  follow(): LogCursor {
    return new LogCursor(this, this.#last);
  }
}

/** A place in the log that is not passed. */
interface LogEnd {
  readonly at: LogPage;
  readonly offset: number;
  /** Messages up to there. */
  readonly counts: MessageCounts;
}

/** A place in the log, always between two messages. */
export class LogCursor {
  readonly #log: MessageLog;
  #at: LogPage;
  #offset: number;
  readonly #counts: MessageCounts;
  #end: LogEnd | undefined;

  constructor(log: MessageLog, at: LogPage) {
    this.#log = log;
    this.#at = at;
    this.#offset = at.page.usedBytes;
    this.#counts = at.page.counts.slice();
  }

  /** Another reader, from here on. */
  fork(): LogCursor {
    const fork = new LogCursor(this.#log, this.#at);
    fork.#offset = this.#offset;
    fork.#counts.set(this.#counts);
    return fork;
  }

  /** Octets between this place and the end of the log, or where it ends for this reader. */
  get behindBytes(): number {
    const end = this.#end === undefined ? this.#log.end : this.#end.at.start + this.#end.offset;
    return end - this.#at.start - this.#offset;
  }

  /** What is appended from now on is not for this reader, and not kept for it. */
  endHere(): void {
    const end = this.#log.lastPlace();
    // Pages lead to those that come after them: what is left needs a chain of its own.
    const first: LogPage = { page: this.#at.page, start: this.#at.start };
    let last = first;
    for (let { next } = this.#at; next !== undefined; next = next.next) {
      last.next = { page: next.page, start: next.start };
      last = last.next;
    }
    this.#at = first;
    this.#end = { ...end, at: last };
  }

  /** Passes what is left of one page and adds its messages to `passed`. Undefined at the end of the log. */
  take(passed: MessageCounts): Uint8Array | undefined {
    if (this.#offset === this.#at.page.usedBytes && this.#at.next !== undefined && this.#at !== this.#end?.at) {
      this.#at = this.#at.next;
      this.#offset = 0;
    }
    const { page } = this.#at;
    const { offset, counts } = this.#at === this.#end?.at ? this.#end : { offset: page.usedBytes, counts: page.counts };
    if (this.#offset === offset) return undefined;
    const slice = page.from(this.#offset, offset);
    this.#offset = offset;
    for (const [type, count] of counts.entries()) {
      passed[type] = (passed[type] ?? 0) + count - (this.#counts[type] ?? 0);
      this.#counts[type] = count;
    }
    return slice;
  }
}
