import type { Outcome } from "../../shared/outcome.ts";
import { formatCount, formatMs } from "../../shared/report/format.ts";
import { layOut } from "../../shared/report/table.ts";
import type { SizeResult } from "../measures/results.ts";
import { rows } from "./rows.ts";

/** All that was measured with one server, a column for each number of entries, and why something was not. */
export function subjectTable(name: string, results: readonly SizeResult[]): string {
  const reasons: string[] = [];
  const cell = (outcome: Outcome<string>): string => {
    if (outcome.kind === "measured") return outcome.value;
    if (outcome.kind === "over-budget") return `> ${formatMs(outcome.afterMs)}`;
    if (outcome.kind === "not-tried") return "-";
    if (!reasons.includes(outcome.reason)) reasons.push(outcome.reason);
    return `failed [${reasons.indexOf(outcome.reason) + 1}]`;
  };
  const lines = [
    [name, ...results.map(({ entries }) => `N = ${formatCount(entries)}`)],
    ...rows.map((row) => [row.label, ...results.map((result) => cell(row.cell(result)))]),
  ];
  return layOut(lines) + reasons.map((reason, index) => `[${index + 1}] ${reason}\n`).join("");
}
