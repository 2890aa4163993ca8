import { setTimeout as delay } from "node:timers/promises";

const POLL_MS = 50;

/**
 * Asks `probe` until it returns something other than undefined or false, and returns that.
 * Throws after `withinS` seconds, with `what` and whatever `probe` threw last.
 */
export async function eventually<T>(
  what: string,
  probe: () => T | Promise<T>,
  withinS = 20,
): Promise<Exclude<Awaited<T>, undefined | false>> {
  const deadline = performance.now() + withinS * 1000;
  let cause: unknown;
  for (;;) {
    try {
      const found = await probe();
      if (found !== undefined && found !== false) return found as Exclude<Awaited<T>, undefined | false>;
      cause = undefined;
    } catch (thrown) {
      cause = thrown;
    }
    if (performance.now() > deadline) {
      const why = cause instanceof Error ? `: ${cause.message}` : "";
      throw new Error(`not within ${withinS} s: ${what}${why}`, { cause });
    }
    await delay(POLL_MS);
  }
}
