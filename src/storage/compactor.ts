import type { CompactionJob } from "./compact.ts";
import type { FileCommitHistory } from "./file-commit-history.ts";
import { storageLimits } from "./limits.ts";
import type { StorageLog } from "./log.ts";

export interface CompactorOptions {
  readonly history: FileCommitHistory;
  /** Does the job elsewhere and resolves to the snapshot's bytes. Rejects when it was not done. */
  readonly compact: (job: CompactionJob) => Promise<number>;
  readonly log: StorageLog;
  readonly retryMs?: number;
  /** 0 = at once. */
  readonly quietMs?: number;
  readonly delayMs?: number;
}

/** Has a new snapshot made when one is due: one at a time, never as part of a commit, and rather when there are none. */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #retryMs: number;
  readonly #quietMs: number;
  readonly #delayMs: number;
  #timer: NodeJS.Timeout | undefined;
  /** When it was found to be due; on the clock of `performance.now`. */
  #dueMs: number | undefined;
  #running: Promise<void> | undefined;
  /** On the clock of `performance.now`. */
  #notBeforeMs = 0;

  constructor(options: CompactorOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? storageLimits.compactionRetryMs;
    this.#quietMs = options.quietMs ?? storageLimits.compactionQuietMs;
    this.#delayMs = options.delayMs ?? storageLimits.compactionDelayMs;
  }

  /** To be called after commits, and at any other time; it costs nothing until a snapshot is due. */
  consider(): void {
    if (this.#running !== undefined || !this.#options.history.isCompactionDue) return;
    const now = performance.now();
    if (now < this.#notBeforeMs) return;
    this.#dueMs ??= now;
    clearTimeout(this.#timer);
    const waitMs = Math.min(this.#quietMs, this.#dueMs + this.#delayMs - now);
    if (waitMs <= 0) return this.#start();
    this.#timer = setTimeout(() => this.#start(), waitMs);
    this.#timer.unref();
  }

  #start(): void {
    this.#dueMs = undefined;
    this.#running = this.#run().finally(() => {
      this.#running = undefined;
    });
  }

  /** Resolves when no snapshot is being made. */
  async idle(): Promise<void> {
    await this.#running;
  }

  /** Never rejects: the changes are all there, the next start only takes longer. */
  async #run(): Promise<void> {
    const { history, compact, log } = this.#options;
    const startMs = performance.now();
    try {
      const job = history.seal();
      const bytes = await compact(job);
      history.compacted(job, bytes);
      log("info", "Snapshot of the configuration made", {
        commitId: job.upTo,
        bytes,
        ms: Math.round(performance.now() - startMs),
      });
    } catch (error) {
      this.#notBeforeMs = performance.now() + this.#retryMs;
      log("error", "No snapshot of the configuration could be made; trying again later", {
        error,
        retryMs: this.#retryMs,
      });
    }
  }
}
