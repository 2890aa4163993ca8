/** Time as the speaker sees it; tests bring their own. */
export interface Clock {
  /** ms since the epoch, with a fraction as fine as the machine's clock. */
  now(): number;
  /** ms from some origin; never jumps. */
  monotonic(): number;
  /** Calls back once, after `delayMs`. */
  setTimer(callback: () => void, delayMs: number): Timer;
  /** Calls back once, after the input that waits now was read. */
  defer(callback: () => void): void;
}

export interface Timer {
  cancel(): void;
}

export const systemClock: Clock = {
  now: () => performance.timeOrigin + performance.now(),
  monotonic: () => performance.now(),
  setTimer(callback, delayMs) {
    const timeout = setTimeout(callback, delayMs);
    return { cancel: () => clearTimeout(timeout) };
  },
  defer(callback) {
    setImmediate(callback);
  },
};
