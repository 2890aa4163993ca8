import type { Job } from "../job.ts";

/** Takes one step after the other, and lets other sessions go first in between. */
export async function inTurns<T>(job: Job<T>): Promise<T> {
  for (;;) {
    const { done, value } = job.next();
    if (done === true) return value;
    await new Promise(setImmediate);
  }
}
