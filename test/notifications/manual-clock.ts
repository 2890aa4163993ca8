import type { Clock } from "../../src/notifications/clock.ts";

/** A clock that a test moves. */
export class ManualClock implements Clock {
  #nowMs: number;
  readonly #timers = new Map<object, { readonly atMs: number; readonly elapsed: () => void }>();

  constructor(start = "2026-11-25T10:00:00Z") {
    this.#nowMs = Date.parse(start);
  }

  now(): number {
    return this.#nowMs;
  }

  startTimer(delayMs: number, elapsed: () => void): () => void {
    const key = {};
    this.#timers.set(key, { atMs: this.#nowMs + delayMs, elapsed });
    return () => void this.#timers.delete(key);
  }

  get timers(): number {
    return this.#timers.size;
  }

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const [key, { atMs, elapsed }] of this.#timers) {
      if (atMs > this.#nowMs) continue;
      this.#timers.delete(key);
      elapsed();
    }
  }
}
