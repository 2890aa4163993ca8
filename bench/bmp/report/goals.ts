import { formatBytes, formatCount, formatMs, formatRatio } from "../../shared/report/format.ts";
import { type Bound, boundText, isWithin, type Verdict } from "../../shared/report/verdict.ts";
import type { DumpComparison, LiveResult, SessionsResult } from "../measures/results.ts";
import { timesOfFrr } from "./times-of-frr.ts";

export interface Measured {
  readonly comparisons: readonly DumpComparison[];
  readonly live: LiveResult;
  /** Undefined: not in the plan. */
  readonly sessions: SessionsResult | undefined;
}

interface Goal extends Bound {
  readonly label: string;
  /** Undefined: not in the plan. */
  readonly value: number | undefined;
}

export function judge(measured: Measured): Verdict {
  const goals = goalsOf(measured);
  return {
    missed: goals.flatMap((goal) => (goal.value === undefined || isWithin(goal, goal.value) ? [] : [text(goal)])),
    notJudged: goals.filter(({ value }) => value === undefined).map(({ label }) => label),
  };
}

function goalsOf({ comparisons, live, sessions }: Measured): Goal[] {
  const fasterThanFrr = (table: string, collectors: number, atLeast: number): Goal => {
    const comparison = comparisons.find((each) => each.table === table && each.collectors === collectors);
    return {
      label: `${table} × ${collectors}, times as fast as FRR`,
      // A dump that failed is a goal that was missed.
      value: comparison && (timesOfFrr(comparison) ?? 0),
      atLeast,
      format: formatRatio,
    };
  };
  return [
    fasterThanFrr("100k", 1, 6),
    fasterThanFrr("100k", 16, 25),
    fasterThanFrr("real", 1, 15),
    fasterThanFrr("real", 16, 60),
    {
      label: "1M, most RSS",
      value: largestRss(comparisons.filter(({ table }) => table === "1M")),
      atMost: 400_000_000,
      format: formatBytes,
    },
    { label: "live, p99 of latency", value: live.latency.p99Ms, atMost: 10, format: formatMs },
    { label: "live, updates that collectors which read did not get", value: live.lost, atMost: 0, format: formatCount },
    {
      label: "sessions, share of reconnections within one second",
      value: sessions && sessions.mostInOneSecond / Math.max(1, sessions.reconnected),
      atMost: 0.4,
      format: (share) => `${Math.round(100 * share)} %`,
    },
  ];
}

function largestRss(comparisons: readonly DumpComparison[]): number | undefined {
  const all = comparisons.flatMap(({ results }) =>
    results.filter(({ exporter }) => exporter === "bmpconfd").flatMap(({ dumps }) => dumps),
  );
  return all.length === 0 ? undefined : Math.max(...all.map(({ rssBytes }) => rssBytes));
}

const text = (goal: Goal): string => `${goal.label}: ${goal.format(goal.value ?? 0)}, ${boundText(goal)}`;
