/** Limits of what is kept on disk. */
export const storageLimits = Object.freeze({
  /** Commits kept in the history; older ones are removed. */
  commitsKept: 100,
  /** Bytes of changes after the newest snapshot beyond which another snapshot is made. */
  changesBytes: 1024 * 1024,
  /** The same as a share of that snapshot's size, where this is more. */
  changesShare: 0.25,
  /** A snapshot is made when no commit came for so long, in ms: it would take a processor from those under way … */
  compactionQuietMs: 5_000,
  /** … and so long after it was due at the latest, in ms. */
  compactionDelayMs: 60_000,
  /** Time that making a snapshot may take, in ms; beyond, it is given up. */
  compactionMs: 120_000,
  /** Time from a snapshot that could not be made to the next attempt, in ms. */
  compactionRetryMs: 60_000,
});

export type StorageLimits = { readonly [name in keyof typeof storageLimits]: number };
