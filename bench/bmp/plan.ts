/** What is measured of one table. */
export interface TablePlan {
  readonly name: string;
  /** Prefixes of a synthetic table; undefined: the one from the file that was given. */
  readonly routes: number | undefined;
  /** Numbers of collectors. */
  readonly collectors: readonly number[];
  readonly rounds: number;
  readonly hasGoBgp: boolean;
}

export interface Plan {
  readonly tables: readonly TablePlan[];
  /** Seconds of live updates. */
  readonly liveS: number;
  /** Whether what 1,000 sessions cost is measured. */
  readonly hasSessions: boolean;
  /** What a single dump may take, in ms. */
  readonly dumpMs: number;
}

export const fullPlan: Plan = {
  tables: [
    { name: "100k", routes: 100_000, collectors: [1, 4, 16], rounds: 5, hasGoBgp: true },
    { name: "real", routes: undefined, collectors: [1, 4, 16], rounds: 3, hasGoBgp: false },
    { name: "1M", routes: 1_000_000, collectors: [1, 4, 16], rounds: 1, hasGoBgp: false },
  ],
  liveS: 60,
  hasSessions: true,
  dumpMs: 180_000,
};

export const quickPlan: Plan = {
  tables: [{ name: "100k", routes: 100_000, collectors: [1, 16], rounds: 1, hasGoBgp: false }],
  liveS: 5,
  hasSessions: false,
  dumpMs: 20_000,
};
