/** Limits of what the server tells about itself. */
export const observeLimits = Object.freeze({
  /** Bytes of log lines that wait for a reader of stderr who does not keep up; lines beyond are dropped. */
  maxUnwrittenLogBytes: 1024 * 1024,
});
