import { readFileSync } from "node:fs";
import type { CommitRecord, Snapshot, StoredConfiguration } from "../datastore/commit-history.ts";
import { DamagedFileError } from "./damaged-file-error.ts";
import type { HistoryFiles, HistoryFolder } from "./history-folder.ts";
import { type ReadChanges, readChanges } from "./read-changes.ts";
import { decodeRecord } from "./record.ts";

/** A configuration as its files hold it. */
export interface ReadConfiguration extends StoredConfiguration, ReadChanges {
  readonly snapshot: ReadSnapshot;
}

export interface ReadSnapshot extends Snapshot {
  readonly id: number;
  readonly record: CommitRecord;
  /** Of the file. */
  readonly bytes: number;
}

/** Reads snapshot `id` and the changes after it, up to commit `upTo`. Throws `DamagedFileError`. */
export function readConfiguration(
  folder: HistoryFolder,
  files: HistoryFiles,
  id: number,
  upTo = Number.MAX_SAFE_INTEGER,
): ReadConfiguration {
  const snapshot = readSnapshot(folder, files, id);
  const read = readChanges(folder, files, id, upTo);
  return { ...read, newest: read.changes.at(-1)?.record ?? snapshot.record, snapshot };
}

/** Reads snapshot `id`. Throws `DamagedFileError`. */
export function readSnapshot(folder: HistoryFolder, files: HistoryFiles, id: number): ReadSnapshot {
  const path = folder.snapshotPath(id);
  const bytes = readFileSync(path);
  const decoded = decodeRecord(bytes, 0);
  const damaged = (offset: number, what: string) =>
    new DamagedFileError(path, offset, what, adviceFor(folder, files, id));
  if (decoded.kind !== "record") throw damaged(0, decoded.what);
  const { stored, end } = decoded;
  if (stored.record.id !== id) throw damaged(0, `it holds commit ${stored.record.id}`);
  if (end !== bytes.length) throw damaged(end, "something follows the configuration");
  const { record, payload: config, schemaId } = stored;
  return { id, record, config, schemaId, bytes: bytes.length };
}

/** A snapshot that older files lead to as well is no loss. */
function adviceFor(folder: HistoryFolder, files: HistoryFiles, id: number): string {
  const older = files.snapshots.findLast((other) => other < id);
  if (older === undefined || !leadsTo(folder, files, older, id)) return "Restore the folder from a backup.";
  return `Remove it: the same is then put together from ${folder.snapshotPath(older)} and the commits after that.`;
}

function leadsTo(folder: HistoryFolder, files: HistoryFiles, from: number, id: number): boolean {
  try {
    return readConfiguration(folder, files, from, id).newest.id === id;
  } catch {
    return false;
  }
}
