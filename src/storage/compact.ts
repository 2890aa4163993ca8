import type { Snapshot, StoredConfiguration } from "../datastore/commit-history.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { HistoryFolder } from "./history-folder.ts";
import { readConfiguration } from "./read-configuration.ts";
import { encodeRecord } from "./record.ts";

/** A snapshot to be made: of the configuration after commit `upTo`, which no log goes on from any more. */
export interface CompactionJob {
  readonly dataFolder: string;
  readonly upTo: number;
  readonly commitsKept: number;
}

/** Carries the changes out. */
export type Replay = (stored: StoredConfiguration) => Snapshot;

/**
 * Makes the snapshot, durably, and removes the files that neither it nor the last commits need. Returns the bytes of
 * its file. Throws, and has then changed nothing, when the files are damaged, the changes cannot be carried out, or the
 * disk fails.
 */
export function compact({ dataFolder, upTo, commitsKept }: CompactionJob, replay: Replay): number {
  const folder = new HistoryFolder(dataFolder);
  const files = folder.files();
  const from = files.snapshots.findLast((id) => id <= upTo);
  if (from === undefined) throw new Error(`There is no snapshot to make that of commit ${upTo} from`);
  const stored = readConfiguration(folder, files, from, upTo);
  if (stored.commitId !== upTo) throw new Error(`Commit ${upTo} is not there; the last one is ${stored.commitId}`);
  const record = stored.changes.at(-1)?.record ?? stored.snapshot.record;
  const { config, schemaId } = replay(stored);
  const snapshot = encodeRecord(record, config, schemaId);
  writeFileAtomically(folder.snapshotPath(upTo), snapshot);
  // The commits since are kept as well; so these are at least as many as are to be.
  folder.prune(files.snapshots.findLast((id) => id <= upTo - commitsKept + 1) ?? 0);
  return snapshot.length;
}
