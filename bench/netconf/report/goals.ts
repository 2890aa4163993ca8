import { mapOutcome, type Outcome } from "../../shared/outcome.ts";
import { formatBytes, formatCount, formatMs, formatRatio } from "../../shared/report/format.ts";
import { type Bound, boundText, isWithin, type Verdict } from "../../shared/report/verdict.ts";
import type { OperationResult, SizeResult } from "../measures/results.ts";
import { memoryPerEntry } from "./memory-per-entry.ts";

const SIZE = 10_000;
const LARGE_SIZE = 100_000;
const SMALL_SIZE = 10;

/** A bound that a number must keep to. */
interface Goal extends Bound {
  readonly label: string;
  readonly entries: number;
  readonly value: (result: SizeResult) => Outcome<number>;
}

const p50 = ({ times }: OperationResult): number => times.p50Ms;
const cpu = ({ cpuMs }: OperationResult): number => cpuMs;

const oneEntry = ["modify", "create", "delete"] as const;
const everything = [...oneEntry, "bulk", "readAll", "readOne", "pipeline", "large"] as const;
const labels = {
  modify: "modify one + commit",
  create: "create one + commit",
  delete: "delete one + commit",
  bulk: "bulk of all + commit",
  readAll: "get-config of all",
  readOne: "filtered read by key",
  pipeline: "filtered reads, pipelined",
  large: "edit of 8 MB + discard",
};

const time = (label: string, entries: number, value: Goal["value"], atMostMs: number): Goal => ({
  label,
  entries,
  value,
  atMost: atMostMs,
  format: formatMs,
});

const goals: readonly Goal[] = [
  time("modify one + commit, p50", SIZE, ({ modify }) => mapOutcome(modify, p50), 6),
  ...oneEntry.map((name) => time(`server CPU: ${labels[name]}`, SIZE, (result) => mapOutcome(result[name], cpu), 5)),
  {
    label: labels.pipeline,
    entries: SIZE,
    value: ({ pipeline }) => mapOutcome(pipeline, ({ perSecond }) => perSecond),
    atLeast: 4_000,
    format: (value) => `${formatCount(value)}/s`,
  },
  time("get-config of all, p50", SIZE, ({ readAll }) => mapOutcome(readAll, p50), 130),
  time("bulk of all + commit, p50", SIZE, ({ bulk }) => mapOutcome(bulk, p50), 800),
  ...everything.map((name) =>
    time(
      `another session's longest wait during: ${labels[name]}`,
      SIZE,
      (result) => mapOutcome<{ waits: { maxMs: number } }, number>(result[name], ({ waits }) => waits.maxMs),
      50,
    ),
  ),
  {
    label: "memory per entry in wasm",
    entries: LARGE_SIZE,
    value: (result) => memoryPerEntry(result, "wasmBytes"),
    atMost: 2_500,
    format: formatBytes,
  },
  time("start from disk", LARGE_SIZE, ({ restart }) => mapOutcome(restart, ({ startMs }) => startMs), 5_000),
];

/** Judges what was measured with the model that the server is for. */
export function judge(results: readonly SizeResult[]): Verdict {
  const missed: string[] = [];
  const notJudged: string[] = [];
  for (const goal of [...goals, growthGoal(results)]) {
    const result = results.find(({ entries }) => entries === goal.entries);
    const name = `${goal.label}, N = ${formatCount(goal.entries)}`;
    if (result === undefined) notJudged.push(name);
    else if (!isMet(goal, goal.value(result)))
      missed.push(`${name}: ${shown(goal, goal.value(result))}, ${boundText(goal)}`);
  }
  return { missed, notJudged };
}

/** What an edit costs follows the edit, not the datastore. */
function growthGoal(results: readonly SizeResult[]): Goal {
  const small = results.find(({ entries }) => entries === SMALL_SIZE)?.modify;
  return {
    label: `modify one + commit, p50, times that of N = ${SMALL_SIZE}`,
    entries: SIZE,
    value: ({ modify }) =>
      small?.kind === "measured"
        ? mapOutcome(modify, (result) => p50(result) / p50(small.value))
        : { kind: "not-tried" },
    atMost: 2,
    format: formatRatio,
  };
}

const isMet = (goal: Goal, outcome: Outcome<number>): boolean =>
  outcome.kind === "measured" && isWithin(goal, outcome.value);

function shown({ format }: Goal, outcome: Outcome<number>): string {
  if (outcome.kind === "measured") return format(outcome.value);
  if (outcome.kind === "over-budget") return `not done after ${formatMs(outcome.afterMs)}`;
  return outcome.kind === "failed" ? "failed" : "not measured";
}
