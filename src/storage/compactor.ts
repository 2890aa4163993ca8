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
}

/** Has a new snapshot made when one is due: one at a time, and never as part of a commit. */
export class Compactor {
  readonly #options: CompactorOptions;
  readonly #retryMs: number;
  #running: Promise<void> | undefined;
  /** On the clock of `performance.now`. */
  #notBeforeMs = 0;

  constructor(options: CompactorOptions) {
    this.#options = options;
    this.#retryMs = options.retryMs ?? storageLimits.compactionRetryMs;
  }

  /** To be called after commits, and at any other time; it costs nothing until a snapshot is due. */
  consider(): void {
    if (this.#running !== undefined || !this.#options.history.isCompactionDue) return;
    if (performance.now() < this.#notBeforeMs) return;
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
