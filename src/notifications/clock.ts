/** Time, as a test can move it. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Calls `elapsed` once after the delay, unless the returned function is called before. */
  startTimer(delayMs: number, elapsed: () => void): () => void;
}

/** The process's own; its timers do not keep it running. */
export const systemClock: Clock = {
  now: Date.now,
  startTimer: (delayMs, elapsed) => {
    const timer = setTimeout(elapsed, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
