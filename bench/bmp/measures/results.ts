import type { Distribution } from "../../shared/samples.ts";
import type { Dump } from "./dump.ts";

/** Of one exporter with one table and one number of collectors. */
export interface DumpResult {
  readonly exporter: string;
  /** Prefixes that it has told a collector. */
  readonly learned: number;
  /** One for each round that was done. */
  readonly dumps: readonly Dump[];
  /** Why there are no more. */
  readonly failure: string | undefined;
}

/** All exporters with one table and one number of collectors. */
export interface DumpComparison {
  readonly table: string;
  readonly routes: number;
  readonly collectors: number;
  readonly results: readonly DumpResult[];
  /** What a bare writer takes for bmpconfd's octets, in ms, one for each round. */
  readonly rawMs: readonly number[];
}

export interface LiveResult {
  readonly updates: number;
  readonly seconds: number;
  /** That read. */
  readonly collectors: number;
  /** From the router's write to the arrival at a collector. */
  readonly latency: Distribution;
  /** Announcements that collectors which read did not get. */
  readonly lost: number;
  /** Connections that the collector which does not read has had. */
  readonly stalledConnections: number;
  readonly rssGrowthBytes: number;
  /** Of the exporter, for each second. */
  readonly cpuMsPerS: number;
}

export interface SessionsResult {
  readonly sessions: number;
  readonly commitAllMs: number;
  readonly commitOneMs: number;
  readonly idleCpuMsPerS: number;
  /** Connections that came again after all were ended at once, and the most of them within one second. */
  readonly reconnected: number;
  readonly mostInOneSecond: number;
}
