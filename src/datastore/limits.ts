/** Limits of the datastore's thread. */
export const datastoreLimits = Object.freeze({
  /** Time a call may hold up the thread before that is ended and built anew; only that call fails. */
  engineCallMs: 30_000,
  /** Time after which a call lets others have their turn, as soon as it can. */
  sliceMs: 4,
  /** Units of a commit's difference that cross between threads in one message. */
  unitsPerPart: 250,
  /** Time the thread may take to start: compile the modules, read and validate what is stored. */
  engineStartMs: 120_000,
  /** Bytes of accepted edits kept for rebuilding the candidate; past it they are replaced by the candidate itself. */
  candidateJournalBytes: 8 * 1024 * 1024,
  /** Bytes of replies under way that are printed ahead because a tree is about to change; beyond, one is given up. */
  replyAheadBytes: 256 * 1024 * 1024,
  /** Changes of running since the commit to go back to while a confirmed commit waits; a further one is refused. */
  unconfirmedCommits: 1_000,
  /** Partial locks held at once, by all sessions together; a further one is refused. */
  partialLocks: 1_000,
  /** Partial locks of one session. */
  partialLocksPerSession: 16,
  /** Nodes that one partial lock is on. */
  partialLockNodes: 1_000,
  /** Nodes that all partial locks together are on. */
  lockedNodes: 10_000,
  /** Time from a confirmed commit that could not be undone to the next attempt, in ms. */
  revertRetryMs: 10_000,
  /** Time between two attempts to start the thread again after it failed to. */
  engineRestartMs: 1_000,
});

export type DatastoreLimits = { readonly [name in keyof typeof datastoreLimits]: number };
