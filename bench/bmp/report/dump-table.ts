import { formatBytes, formatCount, formatMs, formatRatio } from "../../shared/report/format.ts";
import { layOut } from "../../shared/report/table.ts";
import { medianOf } from "../../shared/samples.ts";
import type { DumpComparison, DumpResult } from "../measures/results.ts";
import { timesOfFrr } from "./times-of-frr.ts";

const MS_PER_S = 1_000;

/** One table with one number of collectors: a line for each exporter. */
export function dumpTable(comparison: DumpComparison): string {
  const { table, routes, collectors, results, rawMs } = comparison;
  const heading = [
    `${table}, ${formatCount(routes)} routes × ${collectors}`,
    "prefixes",
    "time",
    "fastest..slowest",
    "routes/s",
    "octets/s",
    "messages",
    "CPU",
    "RSS",
    "faster than FRR",
    "of bare writer",
  ];
  return layOut([
    heading,
    ...results.map((result) => [result.exporter, ...cells(result, comparison)]),
    ["bare writer", "", formatMs(medianOf(rawMs)), range(rawMs)],
  ]);
}

function cells({ exporter, learned, dumps, failure }: DumpResult, comparison: DumpComparison): string[] {
  if (dumps.length === 0) return [formatCount(learned), failure ?? "-"];
  const times = dumps.map(({ ms }) => ms);
  const ms = medianOf(times);
  const perSecond = (count: number): number => (count / ms) * MS_PER_S;
  const ratio = timesOfFrr(comparison);
  return [
    formatCount(learned),
    formatMs(ms),
    range(times),
    formatCount(perSecond(learned * comparison.collectors)),
    formatBytes(perSecond(medianOf(dumps.map(({ bytes }) => bytes)))),
    formatCount(medianOf(dumps.map(({ messages }) => messages))),
    formatMs(medianOf(dumps.map(({ cpuMs }) => cpuMs))),
    formatBytes(Math.max(...dumps.map(({ rssBytes }) => rssBytes))),
    ...(exporter === "bmpconfd"
      ? [ratio === undefined ? "-" : formatRatio(ratio), `${Math.round((100 * medianOf(comparison.rawMs)) / ms)} %`]
      : []),
    ...(failure === undefined ? [] : [`then: ${failure}`]),
  ];
}

const range = (times: readonly number[]): string => `${formatMs(Math.min(...times))}..${formatMs(Math.max(...times))}`;
