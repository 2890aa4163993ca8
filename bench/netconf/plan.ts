/** How much is measured. Times in ms. */
export interface Plan {
  /** Entries of the `bmp-session` list. */
  readonly sizes: readonly number[];
  /** Entries of the plain list, in bmpconfd. */
  readonly plainSizes: readonly number[];
  /** The same in the peer. */
  readonly peerSizes: readonly number[];
  /** Bulk loads in one pass, at most. */
  readonly bulkRounds: number;
  /** A pass of one kind of operation ends with the first one that is done after this time. */
  readonly passMs: number;
  /** What a single operation may take. */
  readonly operationMs: number;
  /** What the whole run may take; what has not begun by then is not tried. */
  readonly runMs: number;
}

/** netconfd's edits cost with the square of the list: at 100,000 entries one would take it an hour. */
export const fullPlan: Plan = {
  sizes: [10, 1_000, 10_000, 100_000],
  plainSizes: [10, 1_000, 10_000, 100_000],
  peerSizes: [10, 1_000, 10_000],
  bulkRounds: 3,
  passMs: 3_000,
  operationMs: 120_000,
  runMs: 3_600_000,
};

export const quickPlan: Plan = {
  sizes: [10, 10_000],
  plainSizes: [10, 1_000],
  peerSizes: [10, 1_000],
  bulkRounds: 1,
  passMs: 300,
  operationMs: 10_000,
  runMs: 42_000,
};
