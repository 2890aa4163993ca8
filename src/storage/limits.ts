/** Limits of what is kept on disk. */
export const storageLimits = Object.freeze({
  /** Commits kept in the history; older ones are removed. */
  commitsKept: 100,
});
