import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { CommitHistory, CommitRecord, RecordedCommit } from "../datastore/commit-history.ts";
import { syncFolder, writeFileAtomically } from "./atomic-file.ts";
import { storageLimits } from "./limits.ts";

const COMMIT_FILE = /^(\d{9})\.commit$/;
const NEWLINE = 0x0a;

/** A file in the data directory is not what we wrote: told, never guessed round. */
export class DamagedFileError extends Error {
  constructor(path: string, what: string) {
    super(`${path} is damaged: ${what}. Restore it from a backup, or remove it to fall back to the commit before it.`);
    this.name = "DamagedFileError";
  }
}

/** One line of JSON before the configuration. */
interface Header extends CommitRecord {
  readonly format: 1;
  /** Of the configuration that follows, hex. */
  readonly sha256: string;
}

/**
 * Commit history in plain files: `history/NNNNNNNNN.commit`, one a commit, each a JSON header line and the XML
 * configuration; and `startup.xml`. A file exists whole or not at all, so the newest one is the running configuration.
 */
export class FileCommitHistory implements CommitHistory {
  readonly #folder: string;
  readonly #startupPath: string;
  readonly #commitsKept: number;
  /** Ids on disk, ascending. */
  readonly #ids: number[];

  constructor(dataFolder: string, commitsKept: number = storageLimits.commitsKept) {
    this.#folder = join(dataFolder, "history");
    this.#startupPath = join(dataFolder, "startup.xml");
    this.#commitsKept = commitsKept;
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    this.#ids = readdirSync(this.#folder)
      .map((name) => COMMIT_FILE.exec(name)?.[1])
      .filter((digits) => digits !== undefined)
      .map(Number)
      .sort((a, b) => a - b);
  }

  latest(): RecordedCommit | undefined {
    const id = this.#ids.at(-1);
    return id === undefined ? undefined : this.#read(id);
  }

  append({ record, config }: RecordedCommit): void {
    const header: Header = { format: 1, ...record, sha256: sha256(config) };
    const path = this.#path(record.id);
    try {
      writeFileAtomically(path, Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), config]));
    } catch (error) {
      // Renamed but not flushed, it would be the running configuration of the next start.
      rmSync(path, { force: true });
      throw error;
    }
    this.#ids.push(record.id);
    this.#prune();
  }

  readStartup(): Uint8Array | undefined {
    return existsSync(this.#startupPath) ? readFileSync(this.#startupPath) : undefined;
  }

  writeStartup(config: Uint8Array | undefined): void {
    if (config !== undefined) return writeFileAtomically(this.#startupPath, config);
    rmSync(this.#startupPath, { force: true });
    syncFolder(join(this.#startupPath, ".."));
  }

  #read(id: number): RecordedCommit {
    const path = this.#path(id);
    const bytes = readFileSync(path);
    const end = bytes.indexOf(NEWLINE);
    if (end < 0) throw new DamagedFileError(path, "it has no header line");
    const header = parseHeader(path, bytes.toString("utf8", 0, end));
    const config = bytes.subarray(end + 1);
    if (header.id !== id) throw new DamagedFileError(path, `its header is that of commit ${header.id}`);
    if (sha256(config) !== header.sha256) throw new DamagedFileError(path, "its checksum does not match");
    const { time, username, sessionId } = header;
    return { record: { id, time, username, sessionId }, config };
  }

  #path(id: number): string {
    return join(this.#folder, `${String(id).padStart(9, "0")}.commit`);
  }

  /** Old commits are history, not configuration: failing to remove one is no reason to refuse a new one. */
  #prune(): void {
    for (const id of this.#ids.splice(0, this.#ids.length - this.#commitsKept)) {
      try {
        rmSync(this.#path(id), { force: true });
      } catch {
        // The next start finds it again.
      }
    }
  }
}

function parseHeader(path: string, line: string): Header {
  try {
    const header = JSON.parse(line) as Header;
    if (header.format === 1 && typeof header.id === "number" && typeof header.sha256 === "string") return header;
  } catch {
    // reported below, like any other header that is not ours
  }
  throw new DamagedFileError(path, "its header line is not one of ours");
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
