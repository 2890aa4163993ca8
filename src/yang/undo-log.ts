import type { Job } from "../job.ts";

/** One step of an edit that was made: how to take it back, and what to free once nobody will. */
export interface UndoStep {
  undo(): void;
  discard?(): void;
}

/** Steps undone or freed before others get their turn. */
const STEPS_IN_A_SLICE = 64;

/** What it takes to undo an edit made in place. Either `rollback` or `commit` ends it. */
export class UndoLog {
  #steps: UndoStep[] = [];

  push(step: UndoStep): void {
    this.#steps.push(step);
  }

  rollback(): Job<void> {
    return this.#end((step) => step.undo());
  }

  commit(): Job<void> {
    return this.#end((step) => step.discard?.());
  }

  /** The newest step first. Given up, it still ends them all. */
  *#end(end: (step: UndoStep) => void): Job<void> {
    const steps = this.#steps;
    this.#steps = [];
    try {
      while (steps.length > 0) {
        for (const step of steps.splice(-STEPS_IN_A_SLICE).reverse()) end(step);
        yield;
      }
    } finally {
      for (const step of steps.reverse()) end(step);
    }
  }
}
