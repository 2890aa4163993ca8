import type { Clock } from "./clock.ts";

/** Lets `burst` things happen at once, and one more each `intervalMs`. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #burst: number;
  readonly #intervalMs: number;
  /** By the clock's `monotonic`: when the bucket is full again. */
  #fullMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, burst: number, intervalMs: number) {
    this.#clock = clock;
    this.#burst = burst;
    this.#intervalMs = intervalMs;
  }

  /** Whether it may happen now; it counts then. */
  take(): boolean {
    const nowMs = this.#clock.monotonic();
    const fullMs = Math.max(nowMs, this.#fullMs) + this.#intervalMs;
    if (fullMs - nowMs > this.#burst * this.#intervalMs) return false;
    this.#fullMs = fullMs;
    return true;
  }

  refill(): void {
    this.#fullMs = Number.NEGATIVE_INFINITY;
  }
}
