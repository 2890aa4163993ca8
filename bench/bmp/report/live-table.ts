import { formatAllMs, formatBytes, formatCount, formatMs } from "../../shared/report/format.ts";
import { layOut } from "../../shared/report/table.ts";
import type { LiveResult, SessionsResult } from "../measures/results.ts";

export function liveTable(live: LiveResult): string {
  const { p50Ms, p99Ms, maxMs } = live.latency;
  return layOut([
    [`live, ${formatCount(live.updates)} updates in ${live.seconds} s`, "bmpconfd"],
    [`latency to ${live.collectors} collectors, p50 / p99 / longest`, formatAllMs([p50Ms, p99Ms, maxMs])],
    ["not received", formatCount(live.lost)],
    ["CPU for each second", formatMs(live.cpuMsPerS)],
    ["growth of RSS", formatBytes(live.rssGrowthBytes)],
    ["connections of the collector that does not read", formatCount(live.stalledConnections)],
  ]);
}

export function sessionsTable(result: SessionsResult): string {
  return layOut([
    [`${formatCount(result.sessions)} sessions`, "bmpconfd"],
    ["commit of all of them", formatMs(result.commitAllMs)],
    ["commit of one more", formatMs(result.commitOneMs)],
    ["CPU for each second, idle", formatMs(result.idleCpuMsPerS)],
    ["reconnected after all connections ended at once", formatCount(result.reconnected)],
    ["most of these within one second", formatCount(result.mostInOneSecond)],
  ]);
}
