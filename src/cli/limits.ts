/** Limits of what users of the command line can do. */
export interface CliLimits {
  /** Sessions of the command line open at once; a further one is told so, and closed. They count as sessions, too. */
  readonly sessions: number;
  /** Seconds without input, or without any of the output being taken, while nothing else is done. Then the session ends. */
  readonly idleTimeS: number;
  /** Characters of a line; one that is longer is refused, at a terminal what is beyond is not taken. */
  readonly lineCharacters: number;
  /** Characters of the command of an `exec` request, with all its lines. */
  readonly scriptCharacters: number;
  /** Keys typed ahead of the command that runs; no more are taken from the client until it has ended. */
  readonly typeAheadKeys: number;
  /** Lines that a session remembers. */
  readonly historyLines: number;
  /** Characters of output that make a write; the next ones are made when the client has taken these. */
  readonly writeCharacters: number;
  /** Values and words that `?` and Tab list. */
  readonly listedWords: number;
  /** Columns of a terminal, at least and at most: others are taken for the nearest of these. */
  readonly leastColumns: number;
  readonly mostColumns: number;
  /** The same of its rows. */
  readonly leastRows: number;
  readonly mostRows: number;
}

export const cliLimits: CliLimits = Object.freeze({
  sessions: 64,
  idleTimeS: 600,
  lineCharacters: 4096,
  scriptCharacters: 65_536,
  typeAheadKeys: 1024,
  historyLines: 100,
  writeCharacters: 16_384,
  listedWords: 200,
  leastColumns: 20,
  mostColumns: 500,
  leastRows: 5,
  mostRows: 500,
});
