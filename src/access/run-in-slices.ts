import { setImmediate as nextTurn } from "node:timers/promises";
import type { Job } from "../job.ts";
import { accessLimits } from "./limits.ts";

/** Does a job in slices of about `cryptSliceMs`, with a turn of the event loop for others after each. */
export async function runInSlices<T>(job: Job<T>): Promise<T> {
  for (;;) {
    const end = performance.now() + accessLimits.cryptSliceMs;
    do {
      const { done, value } = job.next();
      if (done === true) return value;
    } while (performance.now() < end);
    await nextTurn();
  }
}
