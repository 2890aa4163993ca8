import type { RecordedChange } from "../datastore/commit-history.ts";
import { decodeRecord, hasLaterRecord } from "./record.ts";

/** The smallest piece of a file that a crash leaves written or not, in bytes. */
const SECTOR_BYTES = 512;

/** What a log holds. */
export interface LogContent {
  readonly changes: readonly RecordedChange[];
  /** Bytes of these, from the start. */
  readonly goodBytes: number;
  /** What comes after them and is no record. */
  readonly rest?: LogRest;
}

export interface LogRest {
  /**
   * It is what a crash leaves of a record that was being written: nobody was told that it is a commit. A record that
   * has another one after it was complete once, and somebody was told so.
   */
  readonly isTorn: boolean;
  readonly what: string;
}

/** Reads a log that begins after commit `after`. */
export function decodeLog(bytes: Buffer, after: number): LogContent {
  const changes: RecordedChange[] = [];
  let goodBytes = 0;
  while (goodBytes < bytes.length) {
    const decoded = decodeRecord(bytes, goodBytes);
    if (decoded.kind !== "record") {
      const tail = bytes.subarray(goodBytes);
      const isTorn = (decoded.kind === "incomplete" || hasUnwrittenSector(tail, goodBytes)) && !hasLaterRecord(tail);
      return { changes, goodBytes, rest: { isTorn, what: decoded.what } };
    }
    const { record, payload } = decoded.stored;
    const expected = after + changes.length + 1;
    if (record.id !== expected) {
      const what = `commit ${record.id} stands where commit ${expected} belongs`;
      return { changes, goodBytes, rest: { isTorn: false, what } };
    }
    changes.push({ record, change: payload });
    goodBytes = decoded.end;
  }
  return { changes, goodBytes };
}

/**
 * Whether a sector of the tail, which begins at `offset` of its file, never reached the disk, though the file had been
 * made longer for it: it reads as NUL, which nothing that is written here contains. Sectors get there in any order.
 */
function hasUnwrittenSector(tail: Buffer, offset: number): boolean {
  for (let from = 0; from < tail.length; ) {
    const to = from + SECTOR_BYTES - ((offset + from) % SECTOR_BYTES);
    if (tail.subarray(from, to).every((byte) => byte === 0)) return true;
    from = to;
  }
  return false;
}
