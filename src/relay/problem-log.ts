import type { Clock } from "../bgp/clock.ts";
import type { ProblemKind } from "./router-tables.ts";

/** How many messages could not be taken as they were, by why. */
export type ProblemCounts = Readonly<Record<ProblemKind, number>>;

/** Counts what is wrong with a router's messages, and logs it at a bounded rate. */
export class ProblemLog {
  readonly #clock: Clock;
  readonly #intervalMs: number;
  readonly #log: (fields: Readonly<Record<string, unknown>>) => void;
  readonly #counts: Record<ProblemKind, number> = {
    malformed: 0,
    "unknown-peer": 0,
    "treat-as-withdraw": 0,
    "unusable-update": 0,
  };
  #loggedMs = Number.NEGATIVE_INFINITY;
  #unlogged = 0;

  constructor(clock: Clock, intervalMs: number, log: (fields: Readonly<Record<string, unknown>>) => void) {
    this.#clock = clock;
    this.#intervalMs = intervalMs;
    this.#log = log;
  }

  get counts(): ProblemCounts {
    return this.#counts;
  }

  note(problem: ProblemKind, detail: string): void {
    this.#counts[problem]++;
    const nowMs = this.#clock.monotonic();
    if (nowMs - this.#loggedMs < this.#intervalMs) {
      this.#unlogged++;
      return;
    }
    this.#log({ problem, detail, unlogged: this.#unlogged });
    this.#loggedMs = nowMs;
    this.#unlogged = 0;
  }
}
