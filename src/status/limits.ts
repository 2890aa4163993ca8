/** Limits of the status page. */
export const statusLimits = Object.freeze({
  /** ms for which what was read is shown again, however many ask. */
  statusFreshMs: 1_000,
  /** ms from one look of an open page to the next one. */
  statusPollMs: 3_000,
  /** Sessions, neighbours, MRT feeds and relayed routers that are shown, of each; of more, those that are not up come first. */
  statusRows: 200,
  /** Commits that are shown. */
  statusCommits: 10,
  /** Bytes of a commit's change as it is stored; of a larger one no differences are shown. */
  statusChangeBytes: 64 * 1024,
  /** Differences of a commit that are shown. */
  statusDifferences: 20,
  /** Characters of a value, a key or an error that are shown. */
  statusTextCharacters: 120,
  /** Seconds of messages that are plotted. */
  statusPlotS: 600,
  /** ms that a point of the plot stands for at least. */
  statusPointMs: 2_000,
});

export type StatusLimits = { readonly [name in keyof typeof statusLimits]: number };
