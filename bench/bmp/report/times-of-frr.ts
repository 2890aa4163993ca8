import { medianOf } from "../../shared/samples.ts";
import type { DumpComparison } from "../measures/results.ts";

/** How many times as long as bmpconfd FRR has taken. Undefined where one of them has no time. */
export function timesOfFrr({ results }: DumpComparison): number | undefined {
  const timesOf = (name: string): readonly number[] =>
    results.find(({ exporter }) => exporter === name)?.dumps.map(({ ms }) => ms) ?? [];
  const ours = timesOf("bmpconfd");
  const theirs = timesOf("FRR");
  return ours.length === 0 || theirs.length === 0 ? undefined : medianOf(theirs) / medianOf(ours);
}
