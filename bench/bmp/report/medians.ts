import type { DumpComparison } from "../measures/results.ts";

export function medianOf(values: readonly number[]): number {
  const sorted = Float64Array.from(values).sort();
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  if (upper === undefined || lower === undefined) throw new Error("no values");
  return (lower + upper) / 2;
}

/** How many times as long as bmpconfd FRR has taken. Undefined where one of them has no time. */
export function timesOfFrr({ results }: DumpComparison): number | undefined {
  const timesOf = (name: string): readonly number[] =>
    results.find(({ exporter }) => exporter === name)?.dumps.map(({ ms }) => ms) ?? [];
  const ours = timesOf("bmpconfd");
  const theirs = timesOf("FRR");
  return ours.length === 0 || theirs.length === 0 ? undefined : medianOf(theirs) / medianOf(ours);
}
