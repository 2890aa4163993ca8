import type { Clock } from "./clock.ts";

/** Work that is done in slices. */
export interface SlicedTask {
  /** Does one slice; true: there is more. Must not throw. */
  runSlice(): boolean;
}

/** Gives each task one slice after the other in turn, a few a turn of the event loop, so that none starves the rest. */
export class RunQueue {
  readonly #clock: Clock;
  readonly #slicesPerTurn: number;
  readonly #tasks = new Set<SlicedTask>();
  #isScheduled = false;

  constructor(clock: Clock, slicesPerTurn: number) {
    this.#clock = clock;
    this.#slicesPerTurn = slicesPerTurn;
  }

  add(task: SlicedTask): void {
    this.#tasks.add(task);
    this.#schedule();
  }

  delete(task: SlicedTask): void {
    this.#tasks.delete(task);
  }

  #schedule(): void {
    if (this.#isScheduled || this.#tasks.size === 0) return;
    this.#isScheduled = true;
    this.#clock.defer(() => this.#runTurn());
  }

  #runTurn(): void {
    this.#isScheduled = false;
    let slices = this.#slicesPerTurn;
    for (const task of this.#tasks) {
      if (slices-- === 0) break;
      // To the end of the line, if there is more: a Set iterates in order of insertion.
      this.#tasks.delete(task);
      if (task.runSlice()) this.#tasks.add(task);
    }
    this.#schedule();
  }
}
