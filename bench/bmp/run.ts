import { Budget } from "../shared/budget.ts";
import { machineLine } from "../shared/report/machine.ts";
import { verdictText } from "../shared/report/verdict.ts";
import { mrtTable } from "./feed/mrt-table.ts";
import { syntheticTable } from "./feed/synthetic-table.ts";
import type { Table } from "./feed/table.ts";
import { compareDumps } from "./measures/compare-dumps.ts";
import { measureLive } from "./measures/live.ts";
import type { DumpComparison } from "./measures/results.ts";
import { measureSessions } from "./measures/sessions.ts";
import type { Plan, TablePlan } from "./plan.ts";
import { dumpTable } from "./report/dump-table.ts";
import { judge } from "./report/goals.ts";
import { liveTable, sessionsTable } from "./report/live-table.ts";

const RUN_MS = 3_600_000;
const SMALL_TABLE = 1_000;

/** Measures everything in the plan and prints it. Returns whether no goal was missed. */
export async function run(plan: Plan, mrtFile: string | undefined): Promise<boolean> {
  const head = machineLine();
  const beganAtMs = performance.now();
  const progress = (what: string): void => {
    process.stderr.write(`bench: ${Math.round((performance.now() - beganAtMs) / 1_000)} s: ${what}\n`);
  };
  const budget = new Budget(plan.dumpMs, RUN_MS);
  const comparisons: DumpComparison[] = [];
  for (const tablePlan of plan.tables) {
    const table = tableOf(tablePlan, mrtFile);
    if (table !== undefined) comparisons.push(...(await compareDumps(table, tablePlan, { budget, progress })));
  }
  progress("live");
  const small = syntheticTable("small", SMALL_TABLE);
  const live = await measureLive(small, plan.liveS);
  progress("sessions");
  const sessions = plan.hasSessions ? await measureSessions(small) : undefined;
  const verdict = judge({ comparisons, live, sessions });
  const parts = [
    head,
    ...comparisons.map(dumpTable),
    liveTable(live),
    ...(sessions === undefined ? [] : [sessionsTable(sessions)]),
    verdictText(verdict),
  ];
  process.stdout.write(parts.join("\n"));
  return verdict.missed.length === 0;
}

/** Undefined where it is to come from a file and there is none. */
function tableOf({ name, routes }: TablePlan, mrtFile: string | undefined): Table | undefined {
  if (routes !== undefined) return syntheticTable(name, routes);
  return mrtFile === undefined ? undefined : mrtTable(mrtFile);
}
