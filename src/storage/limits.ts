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
  /** Bytes of a segment of the event log beyond which the next one is begun. */
  eventSegmentBytes: 2 * 1024 * 1024,
  /** Segments of the event log; the oldest one is removed for another. */
  eventSegments: 8,
  /** Bytes of events written at once. */
  eventWriteBytes: 256 * 1024,
  /** Bytes of events that wait to be written; what would be more is not kept. */
  eventPendingBytes: 4 * 1024 * 1024,
  /** Bytes of the event log that are read at once for a replay; a longer event is not kept. */
  eventReadBytes: 96 * 1024,
});

export type StorageLimits = { readonly [name in keyof typeof storageLimits]: number };
