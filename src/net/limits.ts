/** Limits of listeners. */
export const netLimits = Object.freeze({
  /** Time until an address that could not be bound, though it had to be, is tried again, in ms. */
  listenRetryMs: 10_000,
});
