import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { RecordedCommit } from "../../src/datastore/commit-history.ts";
import { DamagedFileError, FileCommitHistory } from "../../src/storage/file-commit-history.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-history-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const commit = (id: number, config = `<a>${id}</a>`): RecordedCommit => ({
  record: { id, time: "2026-11-22T10:00:00.000Z", username: "admin", sessionId: 7 },
  config: Buffer.from(config),
});

test("before the first commit there is none, and no startup", () => {
  const history = new FileCommitHistory(folder);
  expect(history.latest()).toBeUndefined();
  expect(history.readStartup()).toBeUndefined();
});

test("a new process finds the newest commit, byte for byte", () => {
  const history = new FileCommitHistory(folder);
  history.append(commit(1));
  history.append(commit(2, "<a>é\n</a>"));
  const found = new FileCommitHistory(folder).latest();
  expect(found?.record).toEqual({ id: 2, time: "2026-11-22T10:00:00.000Z", username: "admin", sessionId: 7 });
  expect(Buffer.from(found?.config ?? []).toString()).toBe("<a>é\n</a>");
});

test("an empty configuration is a configuration", () => {
  new FileCommitHistory(folder).append(commit(1, ""));
  expect(new FileCommitHistory(folder).latest()?.config.length).toBe(0);
});

test("of more commits than are kept the oldest go", () => {
  const history = new FileCommitHistory(folder, 3);
  for (let id = 1; id <= 5; id++) history.append(commit(id));
  expect(readdirSync(join(folder, "history")).sort()).toEqual([
    "000000003.commit",
    "000000004.commit",
    "000000005.commit",
  ]);
});

test("an old commit that cannot be removed is no reason to refuse a new one", () => {
  mkdirSync(join(folder, "history", "000000001.commit", "in-the-way"), { recursive: true });
  const history = new FileCommitHistory(folder, 2);
  for (let id = 2; id <= 4; id++) history.append(commit(id));
  expect(new FileCommitHistory(folder).latest()?.record.id).toBe(4);
  expect(readdirSync(join(folder, "history")).sort()).toEqual([
    "000000001.commit",
    "000000003.commit",
    "000000004.commit",
  ]);
});

test("what a crash left half written is not a commit", () => {
  const history = new FileCommitHistory(folder);
  history.append(commit(1));
  writeFileSync(join(folder, "history", "000000002.commit.tmp"), '{"format":1');
  expect(new FileCommitHistory(folder).latest()?.record.id).toBe(1);
});

test.each([
  [
    "one byte is flipped",
    (bytes: Buffer) => Buffer.from(bytes.toString().replace("<a>1", "<a>2")),
    "its checksum does not match",
  ],
  ["its end is cut off", (bytes: Buffer) => bytes.subarray(0, -1), "its checksum does not match"],
  ["its header is cut off", (bytes: Buffer) => bytes.subarray(0, 20), "it has no header line"],
  ["its header is no JSON", () => Buffer.from("nonsense\n<a/>"), "its header line is not one of ours"],
  [
    "it is that of another commit",
    (bytes: Buffer) => Buffer.from(bytes.toString().replace('"id":1', '"id":9')),
    "its header is that of commit 9",
  ],
])("damage is reported, not guessed round: %s", (_, damage, what) => {
  new FileCommitHistory(folder).append(commit(1));
  const path = join(folder, "history", "000000001.commit");
  writeFileSync(path, damage(readFileSync(path)));
  expect(() => new FileCommitHistory(folder).latest()).toThrow(new DamagedFileError(path, what));
});

test("the startup datastore is kept and can be deleted", () => {
  const history = new FileCommitHistory(folder);
  history.writeStartup(Buffer.from("<a/>"));
  expect(Buffer.from(new FileCommitHistory(folder).readStartup() ?? []).toString()).toBe("<a/>");
  history.writeStartup(undefined);
  expect(new FileCommitHistory(folder).readStartup()).toBeUndefined();
});
