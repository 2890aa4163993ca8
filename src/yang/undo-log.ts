/** One step of an edit that was made: how to take it back, and what to free once nobody will. */
export interface UndoStep {
  undo(): void;
  discard?(): void;
}

/** What it takes to undo an edit made in place. Either `rollback` or `commit` ends it. */
export class UndoLog {
  #steps: UndoStep[] = [];

  push(step: UndoStep): void {
    this.#steps.push(step);
  }

  rollback(): void {
    const steps = this.#steps;
    this.#steps = [];
    for (const step of steps.reverse()) step.undo();
  }

  commit(): void {
    for (const step of this.#steps) step.discard?.();
    this.#steps = [];
  }
}
