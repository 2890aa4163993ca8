/** Limits of password hashes in the form of crypt(3). */
export const cryptLimits = Object.freeze({
  /** Rounds that a stored hash may ask for, each some microseconds; one with more is refused. */
  maxRounds: 1_000_000,
  /** Bytes of a clear-text password; each round works through all of them. */
  maxPasswordBytes: 1_024,
});
