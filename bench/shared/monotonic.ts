const NS_PER_US = 1_000n;

/** Microseconds of the machine's monotonic clock, the same in all threads and processes. */
export const monotonicUs = (): number => Number(process.hrtime.bigint() / NS_PER_US);
