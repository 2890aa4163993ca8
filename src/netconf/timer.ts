/** Calls `elapsed` once after the delay, unless the returned function is called before. */
export type StartTimer = (delayMs: number, elapsed: () => void) => () => void;

/** The process's own timers; they do not keep it running. */
export const startTimer: StartTimer = (delayMs, elapsed) => {
  const timer = setTimeout(elapsed, delayMs).unref();
  return () => clearTimeout(timer);
};
