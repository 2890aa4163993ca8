/** What a number is judged by. */
export interface Bound {
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly format: (value: number) => string;
}

export const isWithin = ({ atMost = Infinity, atLeast = -Infinity }: Bound, value: number): boolean =>
  value <= atMost && value >= atLeast;

export const boundText = ({ atMost, atLeast, format }: Bound): string =>
  atMost === undefined ? `at least ${format(atLeast ?? 0)}` : `at most ${format(atMost)}`;

export interface Verdict {
  /** A line for each goal that was missed, or not measured though it was planned. */
  readonly missed: readonly string[];
  /** A line for each goal about what is not in the plan. */
  readonly notJudged: readonly string[];
}

/** The last lines of a bench. */
export function verdictText({ missed, notJudged }: Verdict): string {
  const lines = missed.length === 0 ? ["goals hold"] : missed.map((line) => `missed: ${line}`);
  return [...notJudged.map((line) => `not judged: ${line}`), ...lines].map((line) => `${line}\n`).join("");
}
