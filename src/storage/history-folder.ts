import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";

const OLD_COMMIT = /^\d{9}\.commit$/;
const ID = /^(\d{9})\.(?:snapshot|log)$/;

/** The history holds files that this version does not read. */
export class UnsupportedHistoryError extends Error {
  constructor(path: string) {
    super(
      `${path} was written by a version before the release of 0.1.0, and this one does not read it. Move the files ` +
        "*.commit away; running is then taken from the startup datastore. Their configuration is the XML after line 1.",
    );
    this.name = "UnsupportedHistoryError";
  }
}

/** The files there are, by the commit in their names, ascending. */
export interface HistoryFiles {
  readonly snapshots: readonly number[];
  readonly logs: readonly { readonly id: number; readonly bytes: number }[];
}

/**
 * The names in the folder `history`: `NNNNNNNNN.snapshot` is the configuration after commit N, `NNNNNNNNN.log` holds
 * the commits from N + 1 on.
 */
export class HistoryFolder {
  readonly path: string;

  constructor(dataFolder: string) {
    this.path = join(dataFolder, "history");
  }

  snapshotPath(id: number): string {
    return join(this.path, `${digits(id)}.snapshot`);
  }

  logPath(id: number): string {
    return join(this.path, `${digits(id)}.log`);
  }

  /** Throws `UnsupportedHistoryError`. */
  files(): HistoryFiles {
    const names = this.#names();
    const old = names.find((name) => OLD_COMMIT.test(name));
    if (old !== undefined) throw new UnsupportedHistoryError(join(this.path, old));
    return {
      snapshots: idsOf(names, "snapshot"),
      logs: idsOf(names, "log").map((id) => ({ id, bytes: statSync(this.logPath(id)).size })),
    };
  }

  /**
   * Removes what belongs to commits before snapshot `oldest`, and what a crash left half written. A snapshot goes
   * before its log, since one without a log is damage. What cannot be removed is left to the next time.
   */
  prune(oldest: number): void {
    const names = this.#names();
    const ids = new Set(names.flatMap((name) => ID.exec(name)?.[1] ?? []).map(Number));
    const old = [...ids].filter((id) => id < oldest).map((id) => [this.snapshotPath(id), this.logPath(id)]);
    const drafts = names.filter((name) => name.endsWith(".tmp")).map((name) => [join(this.path, name)]);
    for (const paths of [...old, ...drafts]) {
      try {
        for (const path of paths) rmSync(path, { force: true });
      } catch {
        // It is in nobody's way.
      }
    }
  }

  #names(): string[] {
    try {
      return readdirSync(this.path).sort();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
      throw error;
    }
  }
}

const digits = (id: number): string => String(id).padStart(9, "0");

function idsOf(names: readonly string[], kind: string): number[] {
  const name = new RegExp(`^(\\d{9})\\.${kind}$`);
  return names.flatMap((candidate) => name.exec(candidate)?.[1] ?? []).map(Number);
}
