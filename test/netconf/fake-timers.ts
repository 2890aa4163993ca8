import type { StartTimer } from "../../src/netconf/timer.ts";

/** Timers that a test lets elapse. */
export class FakeTimers {
  readonly #running = new Map<object, { readonly delayMs: number; readonly elapsed: () => void }>();

  readonly start: StartTimer = (delayMs, elapsed) => {
    const key = {};
    this.#running.set(key, { delayMs, elapsed });
    return () => void this.#running.delete(key);
  };

  /** The delays of the timers that run, in ms. */
  get delaysMs(): number[] {
    return [...this.#running.values()].map(({ delayMs }) => delayMs);
  }

  elapseNewest(): void {
    const [key, timer] = [...this.#running].at(-1) ?? [];
    if (key !== undefined) this.#running.delete(key);
    timer?.elapsed();
  }

  elapseAll(): void {
    const timers = [...this.#running.values()];
    this.#running.clear();
    for (const { elapsed } of timers) elapsed();
  }
}
