import { Budget } from "../shared/budget.ts";
import { formatCount } from "../shared/report/format.ts";
import { verdictText } from "../shared/report/verdict.ts";
import { measureSize } from "./measures/measure-size.ts";
import type { SizeResult } from "./measures/results.ts";
import type { Plan } from "./plan.ts";
import { comparisonTable } from "./report/comparison-table.ts";
import { judge } from "./report/goals.ts";
import { heading } from "./report/heading.ts";
import { subjectTable } from "./report/subject-table.ts";
import type { Subject } from "./subject.ts";
import { subjectsOf } from "./subjects.ts";

/** Measures everything in the plan and prints it. Returns whether no goal was missed. */
export async function run(plan: Plan): Promise<boolean> {
  const head = heading();
  const { headline, plain, peer } = subjectsOf(plan);
  const progress = progressSince(performance.now());
  const budget = new Budget(plan.operationMs, plan.runMs);
  const measure = (subjects: readonly Subject[]) => measureAll(subjects, { plan, budget, progress });
  // First what is judged: a machine that is slow leaves no time for the rest.
  const results = new Map([...(await measure([headline])), ...(await measure([plain, peer]))]);
  const of = (subject: Subject): readonly SizeResult[] => results.get(subject) ?? [];
  const verdict = judge(of(headline));
  const parts = [
    head,
    ...[headline, plain, peer].map((subject) => subjectTable(subject.name, of(subject))),
    comparisonTable("netconfd by bmpconfd, plain list", of(plain), of(peer)),
    verdictText(verdict),
  ];
  process.stdout.write(parts.join("\n"));
  return verdict.missed.length === 0;
}

type Progress = (subject: Subject, entries: number, measure: string) => void;

/** Lines on stderr: stdout is for the results. */
function progressSince(beganAtMs: number): Progress {
  return ({ name }, entries, measure) => {
    const elapsedS = Math.round((performance.now() - beganAtMs) / 1_000);
    process.stderr.write(`bench: ${elapsedS} s: ${name}, N = ${formatCount(entries)}: ${measure}\n`);
  };
}

/** One number of entries after the other, so that servers are compared at about the same time. */
async function measureAll(
  subjects: readonly Subject[],
  { plan, budget, progress }: { readonly plan: Plan; readonly budget: Budget; readonly progress: Progress },
): Promise<Map<Subject, SizeResult[]>> {
  const results = new Map<Subject, SizeResult[]>(subjects.map((subject) => [subject, []]));
  const sizes = [...new Set(subjects.flatMap((subject) => subject.sizes))].sort((a, b) => a - b);
  for (const entries of sizes) {
    for (const subject of subjects.filter((each) => each.sizes.includes(entries))) {
      const tell = (measure: string): void => progress(subject, entries, measure);
      results.get(subject)?.push(await measureSize(subject, entries, { plan, budget, progress: tell }));
    }
  }
  return results;
}
