import type { Snapshot, StoredConfiguration } from "../datastore/commit-history.ts";
import { writeFileAtomically } from "./atomic-file.ts";
import { HistoryFolder } from "./history-folder.ts";
import { readConfiguration } from "./read-configuration.ts";
import { encodeRecord } from "./record.ts";

/** A snapshot to be made: of the configuration after commit `upTo`, which no log goes on from any more. */
export interface CompactionJob {
  readonly dataFolder: string;
  readonly upTo: number;
  /** The first commit after which the configuration is still wanted. */
  readonly oldestKept: number;
}

/** Carries the changes out. */
export type Replay = (stored: StoredConfiguration) => Snapshot;

/**
 * Makes the snapshot, durably, and removes the files that neither it nor the commits kept need. Returns the bytes of
 * its file. Throws, and has then changed nothing, when the files are damaged, the changes cannot be carried out, or the
 * disk fails.
 */
export function compact({ dataFolder, upTo, oldestKept }: CompactionJob, replay: Replay): number {
  const folder = new HistoryFolder(dataFolder);
  const files = folder.files();
  const from = files.snapshots.findLast((id) => id <= upTo);
  if (from === undefined) throw new Error(`There is no snapshot to make that of commit ${upTo} from`);
  const stored = readConfiguration(folder, files, from, upTo);
  const { newest } = stored;
  if (newest.id !== upTo) throw new Error(`Commit ${upTo} is not there; the last one is ${newest.id}`);
  const { config, schemaId } = replay(stored);
  const snapshot = encodeRecord(newest, config, schemaId);
  writeFileAtomically(folder.snapshotPath(upTo), snapshot);
  folder.prune(files.snapshots.findLast((id) => id <= oldestKept) ?? 0);
  return snapshot.length;
}
