import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compactInThread } from "../../src/storage/compaction-thread.ts";
import { change, dataFolder, grown, historyIn, textAfter, textOf } from "./recorded.ts";

/** It uses the compiled thread: the build that comes before the tests makes it. */
const workerUrl = new URL("./appending-worker.mjs", import.meta.url);

const found = (folder: string) => historyIn(folder).history.load();

test("a thread makes the snapshot while commits go on", async () => {
  const folder = dataFolder();
  const history = grown(folder, 2);
  const job = history.seal();
  const done = compactInThread(workerUrl, "")(job);
  history.append(change(3));
  expect(textOf(found(folder))).toBe(textAfter(3));
  history.compacted(job, await done);
  history.append(change(4));
  expect(found(folder)).toMatchObject({ newest: { id: 4 }, snapshot: { id: 2, schemaId: "s" } });
  expect(textOf(found(folder))).toBe(textAfter(4));
});

test.each([
  ["throw", "no schema", undefined],
  ["refuse", "commit 2 cannot be carried out", undefined],
  ["exit", "The thread ended", undefined],
  ["hang", "It took longer than 500 ms", 500],
])("a thread that fails (%s) says why, and leaves everything as it was", async (setup, message, limitMs) => {
  const folder = dataFolder();
  const history = grown(folder, 2);
  const job = history.seal();
  await expect(compactInThread(workerUrl, setup, limitMs)(job)).rejects.toThrow(message);
  history.append(change(3));
  expect(textOf(found(folder))).toBe(textAfter(3));
  expect(readdirSync(join(folder, "history")).filter((name) => !name.endsWith(".log"))).toEqual(["000000000.snapshot"]);
});

test("damage in the files is what the thread says", async () => {
  const folder = dataFolder();
  const job = grown(folder, 2).seal();
  await expect(compactInThread(workerUrl, "")({ ...job, upTo: 5 })).rejects.toThrow("Commit 5 is not there");
});
