import { type Clock, systemClock } from "../datastore/clock.ts";
import type { EventLog } from "./event-log.ts";
import { EventRing } from "./event-ring.ts";
import { type NotificationLimits, notificationLimits } from "./limits.ts";
import { notificationMessage, StreamEvent } from "./stream-event.ts";
import { Subscription, type SubscriptionRequest } from "./subscription.ts";

/** Where everybody reports what happens. Never throws, and costs little when nobody is interested. */
export interface EventSink {
  /** `content`: the notification's element as XML; `timeMs`: when it happened, now unless told. */
  publish(content: string, timeMs?: number): void;
}

export interface EventStreamOptions {
  readonly clock?: Clock;
  readonly limits?: Partial<NotificationLimits>;
  /** Without it only the newest events can be replayed. */
  readonly eventLog?: EventLog;
}

/** The event stream NETCONF (RFC 5277 section 3.2.3): all events of the server. */
export class EventStream implements EventSink {
  readonly #clock: Clock;
  readonly #limits: NotificationLimits;
  readonly #ring: EventRing;
  readonly #eventLog: EventLog | undefined;
  /** When the oldest event could have happened that can be replayed, in ms since the epoch. */
  readonly createdMs: number;
  /** Subscriptions that ended since their subscriber was too slow. */
  lostSubscribers = 0;
  #waiting: (() => void)[] = [];

  constructor(options: EventStreamOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...notificationLimits, ...options.limits };
    this.#eventLog = options.eventLog;
    this.createdMs = options.eventLog?.createdMs ?? this.#clock.now();
    this.#ring = new EventRing(options.eventLog?.next ?? 1, this.#limits);
  }

  publish(content: string, timeMs = this.#clock.now()): void {
    const event = new StreamEvent(this.#ring.next, timeMs, notificationMessage(timeMs, content));
    this.#ring.add(event);
    this.#eventLog?.append(event);
    for (const happened of this.#waiting.splice(0)) happened();
  }

  /** The time by which start and stop times are judged, in ms since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  /** Resolves when all that was published is on disk. */
  async stop(): Promise<void> {
    await this.#eventLog?.stop();
  }

  subscribe(request: SubscriptionRequest): Subscription {
    const stream = {
      ring: this.#ring,
      eventLog: this.#eventLog,
      clock: this.#clock,
      limits: this.#limits,
      lost: () => void this.lostSubscribers++,
      onNext: (happened: () => void) => void this.#waiting.push(happened),
    };
    return new Subscription(stream, request);
  }
}
