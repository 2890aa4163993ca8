import type { Clock } from "./clock.ts";

const MS_PER_S = 1000;

/** A timer whose delay may change while it runs: the time already passed counts. */
export class AdjustableTimer {
  readonly #clock: Clock;
  readonly #delayMs: () => number;
  readonly #expired: () => void;
  readonly #sinceMs: number;
  #cancel: () => void = () => undefined;
  #isExpired = false;

  /** Starts at once. `sinceMs`, of the clock's `monotonic`, is when the delay begins. */
  constructor(clock: Clock, delayMs: () => number, expired: () => void, sinceMs = clock.monotonic()) {
    this.#clock = clock;
    this.#delayMs = delayMs;
    this.#expired = expired;
    this.#sinceMs = sinceMs;
    this.rearm();
  }

  get isExpired(): boolean {
    return this.#isExpired;
  }

  /** Seconds to go, rounded up. */
  get remainingS(): number {
    return Math.ceil(this.#remainingMs() / MS_PER_S);
  }

  /** Asks for the delay again. */
  rearm(): void {
    if (this.#isExpired) return;
    this.#cancel();
    this.#cancel = this.#clock.schedule(this.#remainingMs(), () => {
      this.#isExpired = true;
      this.#expired();
    });
  }

  cancel(): void {
    this.#isExpired = true;
    this.#cancel();
  }

  #remainingMs(): number {
    return Math.max(0, this.#sinceMs + this.#delayMs() - this.#clock.monotonic());
  }
}
