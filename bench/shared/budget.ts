/** Something took longer than it may. The server is still at it: its state is unknown. */
export class OverBudgetError extends Error {
  readonly budgetMs: number;

  constructor(budgetMs: number) {
    super(`not within ${budgetMs} ms`);
    this.name = "OverBudgetError";
    this.budgetMs = budgetMs;
  }
}

/** Keeps slow servers from holding up the run: a limit for each single operation, and a time by which all must end. */
export class Budget {
  readonly #operationMs: number;
  readonly #endsAtMs: number;

  /** Times in ms; the run's time begins now. */
  constructor(operationMs: number, runMs: number) {
    this.#operationMs = operationMs;
    this.#endsAtMs = performance.now() + runMs;
  }

  get isSpent(): boolean {
    return performance.now() >= this.#endsAtMs;
  }

  /** What an operation that begins now may take, in ms. */
  get forOneMs(): number {
    return Math.round(Math.max(0, Math.min(this.#operationMs, this.#endsAtMs - performance.now())));
  }

  /** Rejects with OverBudgetError when `operation` takes longer. */
  async within<T>(operation: Promise<T>): Promise<T> {
    const budgetMs = this.forOneMs;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new OverBudgetError(budgetMs)), budgetMs);
    });
    try {
      return await Promise.race([operation, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
