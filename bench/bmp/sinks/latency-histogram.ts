import type { Distribution } from "../../shared/samples.ts";

const US_PER_MS = 1_000;
const BIN_US = 20;
/** The last bin has all that took longer: ten seconds. */
const BINS = 500_000;

/** Millions of latencies in little memory; each to 20 microseconds. */
export class LatencyHistogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #maxUs = 0;

  add(us: number): void {
    const bin = Math.min(BINS - 1, Math.floor(us / BIN_US));
    this.#bins[bin] = (this.#bins[bin] as number) + 1;
    this.#count += 1;
    this.#maxUs = Math.max(this.#maxUs, us);
  }

  distribution(): Distribution | undefined {
    if (this.#count === 0) return undefined;
    return { p50Ms: this.#quantileMs(0.5), p99Ms: this.#quantileMs(0.99), maxMs: this.#maxUs / US_PER_MS };
  }

  /** By the nearest rank, the upper end of its bin. */
  #quantileMs(share: number): number {
    let left = Math.ceil(share * this.#count);
    for (const [bin, count] of this.#bins.entries()) {
      left -= count;
      if (left <= 0) return ((bin + 1) * BIN_US) / US_PER_MS;
    }
    throw new Error("more latencies than were counted");
  }
}
