import type { Clock } from "./clock.ts";
import type { BmpLimits } from "./limits.ts";

/**
 * Tells when much begins to wait for a collector, and when little does again. Between the two shares of the limit
 * nothing is told, and a queue that goes up and down is told of once in `queueHighIntervalMs`.
 */
export class QueueWatch {
  readonly #clock: Clock;
  readonly #limits: BmpLimits;
  #isHigh = false;
  /** By the clock's `monotonic`. */
  #highMs = Number.NEGATIVE_INFINITY;

  constructor(clock: Clock, limits: BmpLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** So much waits of what may. Undefined: nothing to tell. */
  note(octets: number, limitBytes: number): "queue-high" | "queue-normal" | undefined {
    const { queueHighShare, queueNormalShare, queueHighIntervalMs } = this.#limits;
    if (this.#isHigh) {
      if (octets >= queueNormalShare * limitBytes) return undefined;
      this.#isHigh = false;
      return "queue-normal";
    }
    if (octets <= queueHighShare * limitBytes) return undefined;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#highMs < queueHighIntervalMs) return undefined;
    this.#highMs = nowMs;
    this.#isHigh = true;
    return "queue-high";
  }

  /** The connection has ended, and with it what waited. */
  forget(): void {
    this.#isHigh = false;
  }
}
