import { mapOutcome, type Outcome } from "../../shared/outcome.ts";
import { formatCount, formatRatio } from "../../shared/report/format.ts";
import { layOut } from "../../shared/report/table.ts";
import type { OperationResult, SizeResult } from "../measures/results.ts";

interface Compared {
  readonly label: string;
  /** The less the better. */
  readonly cost: (result: SizeResult) => Outcome<number>;
}

const p50 = ({ times }: OperationResult): number => times.p50Ms;
const longestWait = ({ waits }: OperationResult): number => waits.maxMs;

const compared: readonly Compared[] = [
  { label: "modify one + commit", cost: ({ modify }) => mapOutcome(modify, p50) },
  { label: "create one + commit", cost: ({ create }) => mapOutcome(create, p50) },
  { label: "delete one + commit", cost: (result) => mapOutcome(result.delete, p50) },
  { label: "bulk of all + commit", cost: ({ bulk }) => mapOutcome(bulk, p50) },
  { label: "get-config of all", cost: ({ readAll }) => mapOutcome(readAll, p50) },
  { label: "filtered read by key", cost: ({ readOne }) => mapOutcome(readOne, p50) },
  {
    label: "filtered reads, pipelined",
    cost: ({ pipeline }) => mapOutcome(pipeline, ({ perSecond }) => 1 / perSecond),
  },
  { label: "server CPU: modify one + commit", cost: ({ modify }) => mapOutcome(modify, ({ cpuMs }) => cpuMs) },
  { label: "longest wait: modify one + commit", cost: ({ modify }) => mapOutcome(modify, longestWait) },
  { label: "longest wait: bulk of all + commit", cost: ({ bulk }) => mapOutcome(bulk, longestWait) },
  { label: "RSS after all of this", cost: ({ loadedMemory }) => mapOutcome(loadedMemory, ({ rssBytes }) => rssBytes) },
  { label: "start from disk", cost: ({ restart }) => mapOutcome(restart, ({ startMs }) => startMs) },
];

/** How many times of what `ours` needs `theirs` needs, for the numbers of entries that both were measured with. */
export function comparisonTable(title: string, ours: readonly SizeResult[], theirs: readonly SizeResult[]): string {
  const pairs = ours.flatMap((our) => {
    const their = theirs.find(({ entries }) => entries === our.entries);
    return their === undefined ? [] : [{ our, their }];
  });
  return layOut([
    [title, ...pairs.map(({ our }) => `N = ${formatCount(our.entries)}`)],
    ...compared.map(({ label, cost }) => [label, ...pairs.map(({ our, their }) => ratio(cost(our), cost(their)))]),
  ]);
}

function ratio(our: Outcome<number>, their: Outcome<number>): string {
  if (our.kind !== "measured" || our.value <= 0) return "-";
  if (their.kind === "measured") return formatRatio(their.value / our.value);
  return "-";
}
