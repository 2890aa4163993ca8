import type { Clock } from "../datastore/clock.ts";
import type { XmlElement } from "../xml/element.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import type { EventLog } from "./event-log.ts";
import type { EventRing } from "./event-ring.ts";
import type { NotificationLimits } from "./limits.ts";
import { LogReader } from "./log-reader.ts";
import { matchesFilter } from "./matches-filter.ts";
import { noticeMessage, type StreamEvent } from "./stream-event.ts";

/** What a subscriber wants; times in ms since the epoch. */
export interface SubscriptionRequest {
  /** Undefined = all events. */
  readonly filter?: SubtreeFilter | undefined;
  /** Which of some `<notification>`s are wanted, in place of a filter; a rejection is that of `next`. */
  readonly select?: ((notifications: readonly string[]) => Promise<readonly boolean[]>) | undefined;
  /** Whether the subscriber may be told of an event; asked for each event that the rest of the request is about. */
  readonly isPermitted?: (content: XmlElement) => boolean;
  /** First events that happened from then on are sent, as far as they are kept; undefined = only new ones. */
  readonly startMs?: number | undefined;
  /** The subscription ends then; undefined = it does not. */
  readonly stopMs?: number | undefined;
}

/** The subscriber is so far behind that events which it should have got are kept no more. */
export class SubscriberTooSlowError extends Error {
  constructor() {
    super("events that it has not taken are kept no more");
    this.name = "SubscriberTooSlowError";
  }
}

/** What a subscription needs of its stream. */
export interface SubscribedStream {
  readonly ring: EventRing;
  readonly eventLog: EventLog | undefined;
  readonly clock: Clock;
  readonly limits: NotificationLimits;
  /** The subscriber was too slow. */
  lost(): void;
  /** Calls once, when the next event happens. */
  onNext(happened: () => void): void;
}

/**
 * One subscriber's way through the events (RFC 5277): what is kept of those before it, if it asked for them,
 * `replayComplete`, new events as they happen, and `notificationComplete` when its stop time has come. It is no more than
 * a place in the sequence: a subscriber that takes nothing costs nothing.
 */
export class Subscription {
  readonly #stream: SubscribedStream;
  readonly #request: SubscriptionRequest;
  /** The first event that is no replay. */
  readonly #boundary: number;
  /** The first event to look at. */
  readonly #start: number;
  /** The next event to look at. */
  #position: number;
  /** While that is not in memory. */
  #reader: LogReader | undefined;
  #isReplaying: boolean;
  /** What `select` has found, to be sent next. */
  #selected: StreamEvent[] = [];
  #hasEnded = false;
  #wake: () => void = () => {};

  /** @internal Use `EventStream.subscribe`. */
  constructor(stream: SubscribedStream, request: SubscriptionRequest) {
    this.#stream = stream;
    this.#request = request;
    this.#boundary = stream.ring.next;
    this.#isReplaying = request.startMs !== undefined;
    this.#start = this.#isReplaying ? (stream.eventLog ?? stream.ring).first : this.#boundary;
    this.#position = this.#start;
  }

  /**
   * The next `<notification>`; undefined when there is none to come any more. One call at a time. Rejects with
   * `SubscriberTooSlowError`.
   */
  async next(): Promise<Uint8Array | undefined> {
    try {
      return await this.#next();
    } catch (error) {
      this.close();
      throw error;
    }
  }

  async #next(): Promise<Uint8Array | undefined> {
    for (let passed = 1; !this.#hasEnded; passed++) {
      const selected = this.#selected.shift();
      if (selected !== undefined) {
        // Asked now, not when it was selected: the subscriber may have taken its time.
        if (this.#isPermitted(selected)) return selected.message;
        continue;
      }
      if (this.#isReplaying && this.#position >= this.#boundary) {
        this.#isReplaying = false;
        return this.#notice("replayComplete");
      }
      const event = await this.#take();
      if (event === undefined) {
        if (this.#isStopTime() && !this.#hasEnded) {
          this.#hasEnded = true;
          return this.#notice("notificationComplete");
        }
        await this.#somethingNew();
      } else if (this.#request.select !== undefined) await this.#selectFrom(event, this.#request.select);
      else if (this.#isWanted(event) && this.#isPermitted(event) && !this.#hasEnded) return event.message;
      else if (passed % this.#stream.limits.eventsPerStep === 0) await new Promise(setImmediate);
    }
    return undefined;
  }

  /** The subscriber is gone: `next` gives undefined, soon also if it waits. Idempotent. */
  close(): void {
    this.#hasEnded = true;
    this.#wake();
    // What cannot be closed is in nobody's way.
    this.#leaveLog().catch(() => undefined);
  }

  /** Asks about the event, and about some of those behind it that have happened. */
  async #selectFrom(event: StreamEvent, select: NonNullable<SubscriptionRequest["select"]>): Promise<void> {
    const { eventsPerStep, selectionBytes } = this.#stream.limits;
    const asked: StreamEvent[] = [];
    let bytes = 0;
    let next: StreamEvent | undefined = event;
    for (let taken = 1; next !== undefined; taken++) {
      if (this.#isWanted(next)) {
        asked.push(next);
        bytes += next.message.length;
      }
      // replayComplete stands between.
      const isEndOfReplay = this.#isReplaying && this.#position >= this.#boundary;
      const isLast = taken === eventsPerStep || bytes >= selectionBytes || isEndOfReplay;
      next = isLast ? undefined : await this.#take();
    }
    const isSelected = await select(asked.map(({ message }) => Buffer.from(message).toString()));
    this.#selected = asked.filter((_, index) => isSelected[index] === true);
  }

  /** Undefined when all that has happened was looked at. */
  async #take(): Promise<StreamEvent | undefined> {
    const { ring } = this.#stream;
    while (this.#position < ring.first && !this.#hasEnded) {
      const event = await this.#takeFromLog();
      if (event !== undefined) return event;
    }
    await this.#leaveLog();
    const event = ring.get(this.#position);
    if (event !== undefined) this.#position++;
    return event;
  }

  /** Undefined when the log has nothing more for now. */
  async #takeFromLog(): Promise<StreamEvent | undefined> {
    const { ring, eventLog } = this.#stream;
    if (eventLog !== undefined) this.#reader ??= new LogReader(eventLog, this.#position, this.#request.startMs ?? 0);
    const reader = this.#reader;
    const event = await reader?.next();
    if (this.#hasEnded) return undefined;
    if (event !== undefined) {
      this.#passOver(event.sequence);
      this.#position++;
      return event;
    }
    // It may have been written meanwhile.
    if (reader?.hasGiven !== true) this.#passOver(ring.first);
    await this.#leaveLog();
    return undefined;
  }

  /**
   * Goes to event `position`. Throws where one is passed over that the subscriber should have got: a new one, or one
   * that was removed during its replay. Other gaps are the log's own.
   */
  #passOver(position: number): void {
    const { ring, eventLog } = this.#stream;
    const isBelated = this.#position > this.#start && this.#position < (eventLog ?? ring).first;
    if (position > this.#position && (this.#position >= this.#boundary || isBelated)) {
      this.#stream.lost();
      throw new SubscriberTooSlowError();
    }
    this.#position = position;
  }

  async #leaveLog(): Promise<void> {
    const reader = this.#reader;
    this.#reader = undefined;
    await reader?.close();
  }

  #isWanted(event: StreamEvent): boolean {
    const { filter, startMs, stopMs } = this.#request;
    if (stopMs !== undefined && event.timeMs > stopMs) return false;
    if (startMs !== undefined && event.timeMs < startMs) return false;
    return filter === undefined || matchesFilter(filter, event.content);
  }

  #isPermitted({ content }: StreamEvent): boolean {
    const { isPermitted } = this.#request;
    return isPermitted === undefined || isPermitted(content);
  }

  #isStopTime(): boolean {
    const { stopMs } = this.#request;
    return stopMs !== undefined && this.#stream.clock.now() > stopMs;
  }

  /** Resolves at the next event, at the stop time, or when the subscription ends. */
  async #somethingNew(): Promise<void> {
    const { clock, ring } = this.#stream;
    if (this.#position < ring.next || this.#hasEnded) return;
    const { stopMs } = this.#request;
    let stopTimer = () => {};
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#stream.onNext(resolve);
      if (stopMs === undefined) return;
      stopTimer = clock.startTimer(stopMs + 1 - clock.now(), resolve);
    });
    stopTimer();
  }

  /** What is about the subscription itself, which no filter keeps out. */
  #notice(name: Parameters<typeof noticeMessage>[1]): Uint8Array {
    return noticeMessage(this.#stream.clock.now(), name);
  }
}
