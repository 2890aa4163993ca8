import { type Clock, systemClock } from "../bmp/clock.ts";
import { type PlaneLimits, planeLimits } from "./limits.ts";
import type { PlaneEvent } from "./plane-event.ts";

const MS_PER_S = 1_000;

/**
 * Lets `eventBurst` events through, and `eventsPerS` more each second. How many were too many is told once a second, so
 * that whoever follows the events knows that something is missing.
 */
export class EventLimiter {
  readonly #send: (event: PlaneEvent) => void;
  readonly #limits: Pick<PlaneLimits, "eventsPerS" | "eventBurst">;
  readonly #clock: Clock;
  #allowed: number;
  #countedMs: number;
  #suppressed = 0;
  #cancelReport: () => void = () => {};

  constructor(
    send: (event: PlaneEvent) => void,
    limits: Partial<Pick<PlaneLimits, "eventsPerS" | "eventBurst">> = {},
    clock: Clock = systemClock,
  ) {
    this.#send = send;
    this.#limits = { ...planeLimits, ...limits };
    this.#clock = clock;
    this.#allowed = this.#limits.eventBurst;
    this.#countedMs = clock.monotonic();
  }

  report(event: PlaneEvent): void {
    this.#allowMore();
    if (this.#allowed >= 1) {
      this.#allowed--;
      this.#send(event);
    } else if (this.#suppressed++ === 0) {
      this.#cancelReport = this.#clock.schedule(MS_PER_S, () => this.#tellSuppressed());
    }
  }

  /** Tells what was not told yet. */
  stop(): void {
    this.#cancelReport();
    this.#tellSuppressed();
  }

  #allowMore(): void {
    const now = this.#clock.monotonic();
    const { eventsPerS, eventBurst } = this.#limits;
    this.#allowed = Math.min(eventBurst, this.#allowed + ((now - this.#countedMs) / MS_PER_S) * eventsPerS);
    this.#countedMs = now;
  }

  #tellSuppressed(): void {
    if (this.#suppressed > 0) this.#send({ kind: "events-suppressed", count: this.#suppressed });
    this.#suppressed = 0;
  }
}
