import { readFileSync } from "node:fs";
import type { RecordedChange } from "../datastore/commit-history.ts";
import { DamagedFileError } from "./damaged-file-error.ts";
import type { HistoryFiles, HistoryFolder } from "./history-folder.ts";
import { decodeLog } from "./log-content.ts";

/** The changes after a snapshot. */
export interface ReadChanges {
  readonly changes: readonly RecordedChange[];
  /** Bytes of the logs read, torn records left out. */
  readonly changesBytes: number;
  /** The last log read: its name, the bytes of its whole records, and those of a torn one after them. */
  readonly log: { readonly id: number; readonly goodBytes: number; readonly tornBytes: number };
}

/**
 * Reads the changes after commit `from`, up to commit `upTo` where there are as many. Throws `DamagedFileError`.
 *
 * Logs follow one another: each begins after the commit that the one before it ends with. One that is empty was made
 * to go on with and then was not (the server ended, or could not make its name durable): the log before it went on.
 */
export function readChanges(folder: HistoryFolder, files: HistoryFiles, from: number, upTo: number): ReadChanges {
  const logs = files.logs.filter(({ id, bytes }) => id === from || (id > from && bytes > 0)).map(({ id }) => id);
  const changes: RecordedChange[] = [];
  let changesBytes = 0;
  let log = { id: from, goodBytes: 0, tornBytes: 0 };

  const damaged = (id: number, offset: number, what: string, mend: readonly string[]): DamagedFileError => {
    const later = logs.filter((other) => other > id).map((other) => `rm ${quoted(folder.logPath(other))}`);
    const advice = adviceFor(files, id, from + changes.length, [...mend, ...later].join(" && "));
    return new DamagedFileError(folder.logPath(id), offset, what, advice);
  };

  if (logs[0] !== from) throw damaged(from, 0, "it is missing", [`touch ${quoted(folder.logPath(from))}`]);
  for (const id of logs) {
    const end = from + changes.length;
    if (end >= upTo) break;
    const path = folder.logPath(id);
    if (id !== end) {
      const what = `it goes on from commit ${id}, but the log before it ends with commit ${end}`;
      throw damaged(id, 0, what, [`rm ${quoted(path)}`]);
    }
    const bytes = readFileSync(path);
    const { changes: found, goodBytes, rest } = decodeLog(bytes, id);
    for (const change of found) changes.push(change);
    changesBytes += goodBytes;
    log = { id, goodBytes, tornBytes: bytes.length - goodBytes };
    const isReached = from + changes.length >= upTo;
    if (rest !== undefined && !isReached && !(rest.isTorn && id === logs.at(-1)))
      throw damaged(id, goodBytes, rest.what, [`truncate -s ${goodBytes} ${quoted(path)}`]);
  }
  return { changes: changes.slice(0, Math.max(0, upTo - from)), changesBytes, log };
}

/** What to do when the commits after `end` cannot be read, of which log `id` holds the first. */
function adviceFor(files: HistoryFiles, id: number, end: number, commands: string): string {
  const newest = files.snapshots.at(-1) ?? 0;
  if (id < newest)
    return `Running does not depend on it, only the history before commit ${newest} does. Restore the folder from a backup.`;
  const state = end === 0 ? "what was before the first commit" : `commit ${end}`;
  return `Restore the folder from a backup; or, to go on with ${state} and lose the commits after it: ${commands}`;
}

/** As a word of a shell's command. */
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;
