import { existsSync, mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type {
  CommitHistory,
  CommitRecord,
  RecordedChange,
  StoredBytes,
  StoredConfiguration,
} from "../datastore/commit-history.ts";
import { AppendLog } from "./append-log.ts";
import { flush, writeFileAtomically } from "./atomic-file.ts";
import type { CompactionJob } from "./compact.ts";
import { DamagedFileError } from "./damaged-file-error.ts";
import { HistoryFolder } from "./history-folder.ts";
import { type StorageLimits, storageLimits } from "./limits.ts";
import type { StorageLog } from "./log.ts";
import { readChanges } from "./read-changes.ts";
import { type ReadConfiguration, readConfiguration, readSnapshot } from "./read-configuration.ts";
import { encodeRecord } from "./record.ts";

export interface FileCommitHistoryOptions {
  readonly dataFolder: string;
  readonly log: StorageLog;
  readonly limits?: Partial<StorageLimits>;
}

/**
 * Commit history in plain files: snapshots of the whole configuration, and logs of what the commits after them changed
 * (`HistoryFolder` has their names, `encodeRecord` what they hold). Running is the newest snapshot and all changes
 * after it; a commit costs the writing of its own change and no more.
 *
 * So that the changes do not grow without end, a snapshot is made of them from time to time (compaction), elsewhere:
 * 1. `seal` makes the log that commits go to from now on, named after the newest commit, M. Logs before it never change
 *    again.
 * 2. Another thread reads the newest snapshot and the changes up to M, and writes snapshot M beside them (`compact`).
 * 3. `compacted` is told. Old files may go.
 *
 * A crash leaves the same configuration wherever it comes: until snapshot M has its name, the older snapshot is the
 * newest, and its changes run on from log to log; afterwards it is M, and the changes after it are in log M, where they
 * have been written all the time. Nothing is copied or moved, so nothing can be lost or doubled. Snapshot M does not
 * get its name before log M has its own, so a snapshot without its log is damage, and never a crash. Where log M could
 * not be made durable, commits stay in the log before it, and log M stays empty and counts for nothing.
 */
export class FileCommitHistory implements CommitHistory {
  readonly #dataFolder: string;
  readonly #folder: HistoryFolder;
  readonly #startupPath: string;
  readonly #log: StorageLog;
  readonly #limits: StorageLimits;
  /** Undefined until it is loaded. */
  #newest: CommitRecord | undefined;
  /** Undefined before the first commit. */
  #snapshot: { readonly id: number; readonly bytes: number } | undefined;
  /** Bytes of changes after the snapshot. */
  #changesBytes = 0;
  /** Where the next commit goes, and the commit it begins after. */
  #open: { readonly id: number; readonly file: AppendLog };
  /** Those of the last commits, oldest first; undefined until somebody asks. */
  #records: CommitRecord[] | undefined;

  constructor({ dataFolder, log, limits }: FileCommitHistoryOptions) {
    this.#dataFolder = dataFolder;
    this.#folder = new HistoryFolder(dataFolder);
    this.#startupPath = join(dataFolder, "startup.xml");
    this.#log = log;
    this.#limits = { ...storageLimits, ...limits };
    this.#open = this.#logAfter(0, 0);
  }

  load(): StoredConfiguration | undefined {
    const files = this.#folder.files();
    const newest = files.snapshots.at(-1);
    const orphan = files.logs.find(({ bytes }) => bytes > 0);
    if (newest === undefined && orphan !== undefined) {
      const what = `it is missing, and commits that go on from it are in ${this.#folder.logPath(orphan.id)}`;
      throw new DamagedFileError(this.#folder.snapshotPath(orphan.id), 0, what, "Restore the folder from a backup.");
    }
    const found = newest === undefined ? undefined : readConfiguration(this.#folder, files, newest);
    if (found !== undefined) this.#goOnWith(found);
    this.#newest = found?.newest ?? nothing();
    return this.#newest.id === 0 ? undefined : found;
  }

  begin(config: Uint8Array): void {
    if (this.#newest?.id !== 0) throw new Error(`The history cannot begin: ${this.#newest?.id ?? "it is not loaded"}`);
    mkdirSync(this.#folder.path, { recursive: true, mode: 0o700 });
    flush(this.#dataFolder);
    this.#open.file.open();
    const record = encodeRecord(nothing(), config);
    writeFileAtomically(this.#folder.snapshotPath(0), record);
    this.#snapshot = { id: 0, bytes: record.length };
  }

  append({ record, change }: RecordedChange): void {
    if (this.#snapshot === undefined || record.id !== this.#commitId + 1)
      throw new Error(`Commit ${record.id} cannot follow: ${this.#newest?.id ?? "the history is not loaded"}`);
    const bytes = encodeRecord(record, change);
    this.#open.file.append(bytes);
    this.#newest = record;
    this.#changesBytes += bytes.length;
    if (this.#records !== undefined) this.#records = [...this.#records, record].slice(-this.#limits.commitsKept);
  }

  commits(): readonly CommitRecord[] {
    this.#records ??= this.#readRecords();
    return this.#records.toReversed();
  }

  configurationAt(id: number): StoredConfiguration | undefined {
    if (id < this.#oldestKept || id > this.#commitId) return undefined;
    const files = this.#folder.files();
    const snapshot = files.snapshots.findLast((each) => each <= id);
    return snapshot === undefined ? undefined : readConfiguration(this.#folder, files, snapshot, id);
  }

  changeOf(id: number): RecordedChange | undefined {
    if (id < this.#oldestListed || id > this.#commitId) return undefined;
    const files = this.#folder.files();
    const snapshot = files.snapshots.findLast((each) => each < id);
    return snapshot === undefined ? undefined : readChanges(this.#folder, files, snapshot, id).changes.at(-1);
  }

  storedBytes(): StoredBytes {
    const startup = statSync(this.#startupPath, { throwIfNoEntry: false })?.size ?? 0;
    return { snapshot: this.#snapshot?.bytes ?? 0, changes: this.#changesBytes, startup };
  }

  readStartup(): Uint8Array | undefined {
    return existsSync(this.#startupPath) ? readFileSync(this.#startupPath) : undefined;
  }

  writeStartup(config: Uint8Array | undefined): void {
    if (config !== undefined) return writeFileAtomically(this.#startupPath, config);
    rmSync(this.#startupPath, { force: true });
    flush(this.#dataFolder);
  }

  /** Whether a new snapshot is worth its making. */
  get isCompactionDue(): boolean {
    const { changesBytes, changesShare } = this.#limits;
    return this.#changesBytes > Math.max(changesBytes, (this.#snapshot?.bytes ?? 0) * changesShare);
  }

  /**
   * Ends the log that commits go to, and begins another one. Where that was done for a snapshot that did not come to
   * be, the job is the same as it was then. Throws the file system's error, and commits go where they went before.
   */
  seal(): CompactionJob {
    if (this.#open.id === this.#snapshot?.id && this.#newest !== undefined) {
      // A torn record after its end must not stay: it would be damage once there is another log.
      this.#open.file.open();
      const next = this.#logAfter(this.#commitId, 0);
      next.file.open();
      const sealed = this.#open.file;
      this.#open = next;
      sealed.close();
    }
    return { dataFolder: this.#dataFolder, upTo: this.#open.id, oldestKept: this.#oldestKept };
  }

  /** The job that `seal` gave was done, and the snapshot has so many bytes. */
  compacted({ upTo }: CompactionJob, snapshotBytes: number): void {
    this.#snapshot = { id: upTo, bytes: snapshotBytes };
    this.#changesBytes = this.#open.file.bytes;
  }

  /** Gives up the file that is held open. The history is not used after this. */
  close(): void {
    this.#open.file.close();
  }

  get #commitId(): number {
    return this.#newest?.id ?? 0;
  }

  /** Of `commits()`. */
  get #oldestListed(): number {
    return Math.max(1, this.#commitId - this.#limits.commitsKept + 1);
  }

  get #oldestKept(): number {
    return Math.min(this.#oldestListed, this.#newest?.unconfirmed?.revertTo ?? Number.MAX_SAFE_INTEGER);
  }

  #logAfter(id: number, bytes: number): { readonly id: number; readonly file: AppendLog } {
    return { id, file: new AppendLog(this.#folder.logPath(id), bytes) };
  }

  #goOnWith({ newest, snapshot, changesBytes, log }: ReadConfiguration): void {
    const path = this.#folder.logPath(log.id);
    // A process that was killed may have written a commit without flushing it, and it is in effect from now on.
    flush(path);
    if (log.tornBytes > 0)
      this.#log("warn", "A commit was being written when the server ended. It was not made, and is cut off", {
        path,
        commitId: newest.id + 1,
        offset: log.goodBytes,
        bytes: log.tornBytes,
      });
    this.#open = this.#logAfter(log.id, log.goodBytes);
    if (newest.id === 0) return;
    this.#snapshot = { id: snapshot.id, bytes: snapshot.bytes };
    this.#changesBytes = changesBytes;
  }

  #readRecords(): CommitRecord[] {
    const files = this.#folder.files();
    const oldest = this.#oldestListed;
    const from = files.snapshots.findLast((id) => id <= oldest) ?? files.snapshots[0];
    if (from === undefined) return [];
    const { changes } = readChanges(this.#folder, files, from, this.#commitId);
    const records = changes.map(({ record }) => record).filter(({ id }) => id >= oldest);
    return from < oldest ? records : [readSnapshot(this.#folder, files, from).record, ...records];
  }
}

/** Stands for what was there before the first commit. */
const nothing = (): CommitRecord => ({ id: 0, time: new Date().toISOString(), username: "", sessionId: 0 });
