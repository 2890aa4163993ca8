import { OverBudgetError } from "./budget.ts";

/** What became of one measure. */
export type Outcome<T> =
  | { readonly kind: "measured"; readonly value: T }
  /** Ended before it was done, after this time. */
  | { readonly kind: "over-budget"; readonly afterMs: number }
  | { readonly kind: "failed"; readonly reason: string }
  | { readonly kind: "not-tried" };

export const notTried: Outcome<never> = { kind: "not-tried" };

/** Runs one measure. Its failure is a result, too: the table shows it, and the run goes on. */
export async function outcomeOf<T>(measure: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { kind: "measured", value: await measure() };
  } catch (error) {
    if (error instanceof OverBudgetError) return { kind: "over-budget", afterMs: error.budgetMs };
    return { kind: "failed", reason: (error as Error).message };
  }
}

/** Something else about what was measured. */
export function mapOutcome<T, U>(outcome: Outcome<T>, map: (value: T) => U): Outcome<U> {
  return outcome.kind === "measured" ? { kind: "measured", value: map(outcome.value) } : outcome;
}
