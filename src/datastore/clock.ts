/** Time, as a test can move it. */
export interface Clock {
  /** ms since the epoch. */
  now(): number;
  /** Calls `elapsed` once after the delay, however long, unless the returned function is called before. */
  startTimer(delayMs: number, elapsed: () => void): () => void;
}

/** The longest delay that the process's timers know, in ms. */
const LONGEST_MS = 2 ** 31 - 1;

/** The process's own; its timers do not keep it running, and go on whatever the time of day is set to. */
export const systemClock: Clock = {
  now: Date.now,
  startTimer: (delayMs, elapsed) => {
    let leftMs = delayMs;
    let timer: NodeJS.Timeout;
    const wait = () => {
      if (leftMs <= 0) return elapsed();
      const partMs = Math.min(leftMs, LONGEST_MS);
      leftMs -= partMs;
      timer = setTimeout(wait, partMs).unref();
    };
    timer = setTimeout(wait, 0).unref();
    return () => clearTimeout(timer);
  },
};
