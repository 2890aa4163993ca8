import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import type { RecordedChange, Snapshot, StoredConfiguration } from "../../src/datastore/commit-history.ts";
import { compact } from "../../src/storage/compact.ts";
import { FileCommitHistory } from "../../src/storage/file-commit-history.ts";
import type { StorageLimits } from "../../src/storage/limits.ts";

/** Commit `id` by the same person at the same time. */
export const change = (id: number, text = `<a>${id}</a>`): RecordedChange => ({
  record: { id, time: "2026-11-22T10:00:00.000Z", username: "admin", sessionId: 7 },
  change: Buffer.from(text),
});

/** The same, made while commit `revertTo` may have to be gone back to. */
export const unconfirmedChange = (id: number, revertTo: number): RecordedChange => ({
  record: {
    ...change(id).record,
    kind: "edit-config",
    description: 'several\nlines, "quotes" and é',
    unconfirmed: { revertTo, deadline: "2026-11-22T10:10:00.000Z", persist: "token", bootId: "b" },
  },
  change: change(id).change,
});

/** The configuration whose changes are text to be added to its end. */
export const replay = ({ snapshot, changes }: StoredConfiguration): Snapshot => ({
  config: Buffer.concat([snapshot.config, ...changes.map((each) => each.change)]),
  schemaId: "s",
});

export const textOf = (stored: StoredConfiguration | undefined): string | undefined =>
  stored === undefined ? undefined : replay(stored).config.toString();

/** An empty data directory, which goes with the test. */
export function dataFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "bmpconfd-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A history whose file does not stay open, and what it logs. */
export function historyIn(folder: string, limits: Partial<StorageLimits> = {}) {
  const lines: unknown[][] = [];
  const history = new FileCommitHistory({ dataFolder: folder, log: (...line) => void lines.push(line), limits });
  onTestFinished(() => history.close());
  return { history, lines };
}

/** The history of a folder that has commits 1 to `last` after the configuration "0". */
export function grown(folder: string, last: number, limits: Partial<StorageLimits> = {}): FileCommitHistory {
  const { history } = historyIn(folder, limits);
  history.load();
  history.begin(Buffer.from("0"));
  for (let id = 1; id <= last; id++) history.append(change(id));
  return history;
}

/** Makes a snapshot of the newest commit here and now. */
export function compactNow(history: FileCommitHistory): void {
  const job = history.seal();
  history.compacted(job, compact(job, replay));
}

/** What `grown` leads to. */
export const textAfter = (last: number): string =>
  "0" + Array.from({ length: last }, (_, n) => `<a>${n + 1}</a>`).join("");
