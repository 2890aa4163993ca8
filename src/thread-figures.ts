import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { getHeapStatistics } from "node:v8";

/** How a thread is doing. Plain data that crosses threads. */
export interface ThreadFigures {
  /** Seconds by which its event loop was late since the figures were taken last. */
  readonly lag: { readonly mean: number; readonly p99: number; readonly max: number };
  /** Bytes of JavaScript objects. */
  readonly heapBytes: number;
}

/** How often the loop is looked at, in ms. */
const RESOLUTION_MS = 20;
const NS_IN_A_SECOND = 1e9;

let histogram: IntervalHistogram | undefined;

/**
 * Figures of the thread that calls this. The loop is watched from the first call on, so that it costs nothing where
 * nobody asks; that call finds no lag.
 */
export function threadFigures(): ThreadFigures {
  const lag = takeLag();
  return { lag, heapBytes: getHeapStatistics().used_heap_size };
}

function takeLag(): ThreadFigures["lag"] {
  if (histogram === undefined) {
    histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    histogram.enable();
  }
  const { count, mean, max } = histogram;
  const p99 = histogram.percentile(99);
  histogram.reset();
  return count === 0 ? { mean: 0, p99: 0, max: 0 } : { mean: lateness(mean), p99: lateness(p99), max: lateness(max) };
}

/** What is measured is the time from one look to the next one. */
const lateness = (ns: number): number => Math.max(0, ns / NS_IN_A_SECOND - RESOLUTION_MS / 1000);
