/** Limits of the framing layer. */
export const framingLimits = Object.freeze({
  /** Bytes of one NETCONF message, its framing not counted; a longer one is a `FramingError` and ends the session. */
  maxMessageBytes: 16 * 1024 * 1024,
});
