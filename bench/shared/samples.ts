/** A number of durations, summed up. With fewer than 100 of them p99 is the longest. */
export interface Distribution {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** There must be at least one duration. */
export function distributionOf(durationsMs: readonly number[]): Distribution {
  const sorted = Float64Array.from(durationsMs).sort();
  return { p50Ms: quantile(sorted, 0.5), p99Ms: quantile(sorted, 0.99), maxMs: quantile(sorted, 1) };
}

/** By the nearest rank, as all quantiles here. There must be at least one value. */
export const medianOf = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

/** By the nearest rank. */
function quantile(sorted: Float64Array, share: number): number {
  const rank = Math.max(1, Math.ceil(share * sorted.length));
  const value = sorted[rank - 1];
  if (value === undefined) throw new Error("no durations");
  return value;
}

/**
 * What somebody who asks every `intervalMs` would have waited, from the waits of one who asks again only once answered:
 * during a long wait further requests would have come, each of which waits an interval less than the one before.
 */
export function withOmitted(waitsMs: readonly number[], intervalMs: number): number[] {
  const all: number[] = [];
  for (const waitMs of waitsMs) {
    for (let restMs = waitMs; restMs > 0; restMs -= intervalMs) all.push(restMs);
  }
  return all;
}
