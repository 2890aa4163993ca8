const MS_PER_S = 1000;
/** Part of the delay that chance may take off, as RFC 4271 section 10 has it for BGP's timers. */
const JITTER = 0.25;

/**
 * Milliseconds to wait after the `failures`-th failure in a row (1 = the first): `initialS` doubled with each failure,
 * never above `maximumS` (RFC 7854 section 3.2), times 0.75 to 1. `chance` is 0 to 1.
 */
export function retryDelayMs(failures: number, initialS: number, maximumS: number, chance: number): number {
  const delayS = Math.min(initialS * 2 ** (failures - 1), maximumS);
  return delayS * MS_PER_S * (1 - JITTER * chance);
}
