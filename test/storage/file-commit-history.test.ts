import { appendFileSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { UnsupportedHistoryError } from "../../src/storage/history-folder.ts";
import { change, compactNow, dataFolder, grown, historyIn, textAfter, textOf } from "./recorded.ts";

const filesIn = (folder: string): string[] => readdirSync(join(folder, "history")).sort();
const found = (folder: string) => historyIn(folder).history.load();

test("before the first commit there is none, no startup, and nothing on disk", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder);
  expect(history.load()).toBeUndefined();
  expect(history.commits()).toEqual([]);
  expect(history.configurationAt(1)).toBeUndefined();
  expect(history.readStartup()).toBeUndefined();
  expect(readdirSync(folder)).toEqual([]);
});

test("a new process finds what running was before the first commit, and each change since, byte for byte", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder);
  history.load();
  history.begin(Buffer.from("<a>é\n</a>"));
  history.append(change(1));
  history.append(change(2, "\n<b/>\n"));
  expect(found(folder)).toMatchObject({
    newest: { id: 2 },
    snapshot: { id: 0, config: Buffer.from("<a>é\n</a>") },
    changes: [change(1), change(2, "\n<b/>\n")],
  });
});

test("an empty configuration is a configuration, and an empty change a change", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder);
  history.load();
  history.begin(Buffer.alloc(0));
  history.append(change(1, ""));
  expect(found(folder)).toMatchObject({ snapshot: { config: Buffer.alloc(0) }, changes: [change(1, "")] });
});

test("a history that began and had no commit begins again", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder);
  history.load();
  history.begin(Buffer.from("an earlier startup"));
  const { history: again } = historyIn(folder);
  expect(again.load()).toBeUndefined();
  again.begin(Buffer.from("0"));
  again.append(change(1));
  expect(textOf(found(folder))).toBe(textAfter(1));
});

test("a commit goes where the last process left off", () => {
  const folder = dataFolder();
  grown(folder, 2);
  const { history } = historyIn(folder);
  history.load();
  history.append(change(3));
  expect(textOf(found(folder))).toBe(textAfter(3));
  expect(filesIn(folder)).toEqual(["000000000.log", "000000000.snapshot"]);
});

test("what the operators configured is for the owner's eyes", () => {
  const folder = dataFolder();
  grown(folder, 1);
  const modes = [join(folder, "history"), ...filesIn(folder).map((name) => join(folder, "history", name))];
  expect(modes.map((path) => statSync(path).mode & 0o777)).toEqual([0o700, 0o600, 0o600]);
});

test("a commit that does not follow the last one is our own mistake", () => {
  const folder = dataFolder();
  const history = grown(folder, 1);
  expect(() => history.append(change(1))).toThrow("Commit 1 cannot follow: 1");
  expect(() => history.append(change(3))).toThrow("Commit 3 cannot follow: 1");
  expect(() => history.begin(Buffer.from(""))).toThrow("The history cannot begin: 1");
  const { history: unread } = historyIn(folder);
  expect(() => unread.append(change(1))).toThrow("the history is not loaded");
  expect(() => unread.begin(Buffer.from(""))).toThrow("it is not loaded");
  const { history: unbegun } = historyIn(dataFolder());
  unbegun.load();
  expect(() => unbegun.append(change(1))).toThrow("Commit 1 cannot follow: 0");
});

test("a torn record is told and cut off by the next commit; only reading changes nothing", () => {
  const folder = dataFolder();
  grown(folder, 2);
  const path = join(folder, "history/000000000.log");
  const { size } = statSync(path);
  appendFileSync(path, '{"format":1,"id":3,"ti');
  const { history, lines } = historyIn(folder);
  expect(textOf(history.load())).toBe(textAfter(2));
  expect(lines).toEqual([
    ["warn", expect.stringContaining("was being written"), { path, commitId: 3, offset: size, bytes: 22 }],
  ]);
  expect(statSync(path).size).toBe(size + 22);
  history.append(change(3));
  expect(textOf(found(folder))).toBe(textAfter(3));
});

test("a torn record does not outlive the log it stands in", () => {
  const folder = dataFolder();
  grown(folder, 2);
  appendFileSync(join(folder, "history/000000000.log"), '{"format":1,"id":3');
  const { history } = historyIn(folder);
  history.load();
  history.seal();
  history.append(change(3));
  expect(textOf(found(folder))).toBe(textAfter(3));
});

test("commits are listed newest first, as many as are kept, over all logs", () => {
  const folder = dataFolder();
  const history = grown(folder, 3, { commitsKept: 4 });
  compactNow(history);
  history.append(change(4));
  const expected = (ids: number[]) => ids.map((id) => change(id).record);
  expect(history.commits()).toEqual(expected([4, 3, 2, 1]));
  history.append(change(5));
  expect(history.commits()).toEqual(expected([5, 4, 3, 2]));
  const { history: again } = historyIn(folder, { commitsKept: 4 });
  again.load();
  expect(again.commits()).toEqual(expected([5, 4, 3, 2]));
});

test("the configuration after each of the last commits is kept, and older files go with the next snapshot", () => {
  const folder = dataFolder();
  const history = grown(folder, 0, { commitsKept: 5 });
  for (let id = 1; id <= 40; id++) {
    history.append(change(id));
    if (id % 4 === 0) compactNow(history);
    const kept = history.commits().map((record) => record.id);
    expect(kept).toEqual(Array.from({ length: Math.min(5, id) }, (_, n) => id - n));
    for (const at of kept) expect(textOf(history.configurationAt(at))).toBe(textAfter(at));
    for (const at of [id - 5, 0, id + 1]) expect(history.configurationAt(at)).toBeUndefined();
  }
  expect(filesIn(folder)).toEqual(["36", "40"].flatMap((id) => [`0000000${id}.log`, `0000000${id}.snapshot`]));
});

test("an old file that cannot be removed is in nobody's way", () => {
  const folder = dataFolder();
  const history = grown(folder, 2, { commitsKept: 1 });
  compactNow(history);
  mkdirSync(join(folder, "history/000000001.snapshot/in-the-way"), { recursive: true });
  for (const id of [3, 4]) {
    history.append(change(id));
    compactNow(history);
  }
  expect(filesIn(folder)).toEqual([
    "000000001.snapshot",
    ...["3", "4"].flatMap((id) => [`00000000${id}.log`, `00000000${id}.snapshot`]),
  ]);
  expect(textOf(found(folder))).toBe(textAfter(4));
});

test("commits in the format before the release are told, not overlooked", () => {
  const folder = dataFolder();
  mkdirSync(join(folder, "history"));
  const path = join(folder, "history/000000001.commit");
  writeFileSync(path, '{"format":1,"id":1}\n<a/>');
  expect(() => found(folder)).toThrow(UnsupportedHistoryError);
  expect(() => found(folder)).toThrow(path);
});

test("the startup datastore is kept and can be deleted", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder);
  history.writeStartup(Buffer.from("<a/>"));
  expect(historyIn(folder).history.readStartup()?.toString()).toBe("<a/>");
  history.writeStartup(undefined);
  expect(historyIn(folder).history.readStartup()).toBeUndefined();
});

test("what a commit changed is found in whatever log it is, as long as that is kept", () => {
  const folder = dataFolder();
  const history = grown(folder, 3, { commitsKept: 4 });
  compactNow(history);
  for (const id of [4, 5]) history.append(change(id));
  expect([2, 3, 4, 5].map((id) => history.changeOf(id))).toEqual([2, 3, 4, 5].map((id) => change(id)));
  // The log of commit 1 is there, and the list of commits has it no longer.
  for (const id of [0, 1, 6]) expect(history.changeOf(id)).toBeUndefined();
  // With the third as the oldest one, the snapshot after it is all that is kept.
  history.append(change(6));
  compactNow(history);
  expect(history.commits().map(({ id }) => id)).toEqual([6, 5, 4, 3]);
  expect(history.changeOf(3)).toBeUndefined();
  expect(history.changeOf(4)).toEqual(change(4));
});
