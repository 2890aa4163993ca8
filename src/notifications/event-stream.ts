import { type Clock, systemClock } from "./clock.ts";
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
}

/** The event stream NETCONF (RFC 5277 section 3.2.3): all events of the server. */
export class EventStream implements EventSink {
  readonly #clock: Clock;
  readonly #limits: NotificationLimits;
  readonly #ring: EventRing;
  /** When the oldest event could have happened that can be replayed, in ms since the epoch. */
  readonly createdMs: number;
  #waiting: (() => void)[] = [];

  constructor(options: EventStreamOptions = {}) {
    this.#clock = options.clock ?? systemClock;
    this.#limits = { ...notificationLimits, ...options.limits };
    this.createdMs = this.#clock.now();
    this.#ring = new EventRing(1, this.#limits);
  }

  publish(content: string, timeMs = this.#clock.now()): void {
    this.#ring.add(new StreamEvent(this.#ring.next, timeMs, notificationMessage(timeMs, content)));
    for (const happened of this.#waiting.splice(0)) happened();
  }

  /** The time by which start and stop times are judged, in ms since the epoch. */
  now(): number {
    return this.#clock.now();
  }

  subscribe(request: SubscriptionRequest): Subscription {
    const stream = {
      ring: this.#ring,
      clock: this.#clock,
      limits: this.#limits,
      onNext: (happened: () => void) => void this.#waiting.push(happened),
    };
    return new Subscription(stream, request);
  }
}
