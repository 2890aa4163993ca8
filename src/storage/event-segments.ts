import { closeSync, openSync, readdirSync, readFileSync, readSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { decodeEvent, decodeHeader, type SegmentHeader } from "./event-record.ts";
import type { StorageLog } from "./log.ts";

const NAME = /^\d{15}\.log$/;
const NEWLINE = 0x0a;
/** No header is longer. */
const HEADER_BYTES = 512;

/** A file of the event log. */
export interface Segment extends SegmentHeader {
  readonly path: string;
  /** Bytes of it that are records, from the start. */
  bytes: number;
}

/** What is on disk of an event log. */
export interface StoredSegments {
  /** Oldest first. */
  readonly segments: Segment[];
  /** Sequence number of the next event. */
  readonly next: number;
  /** Time of the newest event, ms since the epoch; 0 = none. */
  readonly newestMs: number;
}

export const segmentPath = (folder: string, first: number): string =>
  join(folder, `${String(first).padStart(15, "0")}.log`);

/**
 * Looks at what a process before left. Of the newest segment what is no record is given up, and with it what comes
 * after: a crash may leave anything there. Another one whose header is damaged is removed, and all before it, as if it
 * had been their time.
 */
export function loadSegments(folder: string, log: StorageLog): StoredSegments {
  const names = namesIn(folder, log);
  const segments: Segment[] = [];
  for (const name of names.toReversed()) {
    const path = join(folder, name);
    const header = readHeader(path);
    if (header !== undefined) segments.unshift({ path, ...header, bytes: statSync(path).size });
    else if (segments.length === 0)
      remove(path, "A segment of the event log was not begun; it is removed", "warn", log);
    else {
      const old = names.slice(0, names.indexOf(name) + 1);
      for (const gone of old) remove(join(folder, gone), DAMAGED, "error", log);
      break;
    }
  }
  return { segments, ...endOf(segments.at(-1), log) };
}

function readHeader(path: string): SegmentHeader | undefined {
  const file = openSync(path, "r");
  try {
    const start = Buffer.alloc(HEADER_BYTES);
    const line = start.subarray(0, readSync(file, start, 0, HEADER_BYTES, 0));
    return decodeHeader(line.subarray(0, Math.max(0, line.indexOf(NEWLINE))));
  } finally {
    closeSync(file);
  }
}

const DAMAGED = "A segment of the event log is damaged, or comes before a damaged one; it is removed";

function endOf(newest: Segment | undefined, log: StorageLog): { readonly next: number; readonly newestMs: number } {
  if (newest === undefined) return { next: 1, newestMs: 0 };
  const content = readFileSync(newest.path);
  let { first: next, newestBeforeMs: newestMs } = newest;
  let good = content.indexOf(NEWLINE) + 1;
  for (let end = content.indexOf(NEWLINE, good); end >= 0; end = content.indexOf(NEWLINE, good)) {
    const event = decodeEvent(content.subarray(good, end));
    if (event === undefined) break;
    next = event.sequence + 1;
    newestMs = Math.max(newestMs, event.timeMs);
    good = end + 1;
  }
  if (good < content.length) {
    const fields = { path: newest.path, bytes: content.length - good };
    log("warn", "The event log ends with something that is no event, as a crash leaves it; it is cut off", fields);
  }
  newest.bytes = good;
  return { next, newestMs };
}

function namesIn(folder: string, log: StorageLog): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => NAME.test(name))
      .sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") {
      log("error", "The event log cannot be read; a new one is begun", { path: folder, error: String(error) });
    }
    return [];
  }
}

function remove(path: string, message: string, level: "warn" | "error", log: StorageLog): void {
  log(level, message, { path });
  rmSync(path, { force: true });
}
