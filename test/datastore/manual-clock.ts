import type { Clock } from "../../src/datastore/clock.ts";

/** A clock that a test moves. */
export class ManualClock implements Clock {
  readonly #timers = new Set<{ atMs: number; readonly elapsed: () => void }>();
  #nowMs: number;

  constructor(start = "2026-11-22T10:00:00Z") {
    this.#nowMs = Date.parse(start);
  }

  now = (): number => this.#nowMs;

  /** Timers that wait. */
  get waiting(): number {
    return this.#timers.size;
  }

  startTimer = (delayMs: number, elapsed: () => void): (() => void) => {
    const timer = { atMs: this.#nowMs + delayMs, elapsed };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  };

  advance(ms: number): void {
    this.#nowMs += ms;
    for (const timer of [...this.#timers].filter(({ atMs }) => atMs <= this.#nowMs)) {
      this.#timers.delete(timer);
      timer.elapsed();
    }
  }

  /** Somebody sets the time of day; nothing waits longer or shorter for it. */
  set(byMs: number): void {
    this.#nowMs += byMs;
    for (const timer of this.#timers) timer.atMs += byMs;
  }

  /** As after a process has ended: its timers are gone. */
  forget(): void {
    this.#timers.clear();
  }
}
