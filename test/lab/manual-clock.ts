import type { Clock, Timer } from "../../src/bgp/clock.ts";

/** A clock that stands still until a test moves it. */
export class ManualClock implements Clock {
  #elapsedMs = 0;
  readonly #timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();

  now(): number {
    return this.#elapsedMs;
  }

  monotonic(): number {
    return this.#elapsedMs;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = { dueMs: this.#elapsedMs + delayMs, callback };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  defer(callback: () => void): void {
    setImmediate(callback);
  }

  get timers(): number {
    return this.#timers.size;
  }

  /** Lets `ms` pass: what falls due is called in order, each at its time. */
  advance(ms: number): void {
    const end = this.#elapsedMs + ms;
    for (;;) {
      const [next] = [...this.#timers].filter(({ dueMs }) => dueMs <= end).sort((a, b) => a.dueMs - b.dueMs);
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#elapsedMs = next.dueMs;
      next.callback();
    }
    this.#elapsedMs = end;
  }
}
