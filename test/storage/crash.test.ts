import { appendFileSync, mkdirSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import { compact } from "../../src/storage/compact.ts";
import type { FileCommitHistory } from "../../src/storage/file-commit-history.ts";
import { encodeRecord } from "../../src/storage/record.ts";
import { change, compactNow, dataFolder, historyIn, replay, textAfter, textOf } from "./recorded.ts";
import { disk, type PowerCut } from "./simulated-disk.ts";

vi.mock("node:fs", async () => (await import("./simulated-disk.ts")).simulatedFs);
afterEach(() => disk.restart());

const limits = { commitsKept: 2 };

/** Commits, snapshots with and without commits meanwhile, restarts; counts the commits that were acknowledged. */
function live(folder: string, made: { count: number }): void {
  const started = (): FileCommitHistory => {
    const { history } = historyIn(folder, limits);
    history.load();
    return history;
  };
  const commit = (history: FileCommitHistory) => {
    history.append(change(made.count + 1));
    made.count++;
  };

  const first = started();
  first.begin(Buffer.from("0"));
  for (let n = 0; n < 3; n++) commit(first);
  const job = first.seal();
  const bytes = compact(job, (stored) => {
    commit(first);
    return replay(stored);
  });
  first.compacted(job, bytes);
  commit(first);
  tear(folder, made.count);

  const second = started();
  compactNow(second);
  commit(second);
  second.seal();

  const third = started();
  commit(third);
  tear(folder, made.count);

  const fourth = started();
  const late = fourth.seal();
  commit(fourth);
  fourth.compacted(late, compact(late, replay));
}

/** Leaves most of a long record where commit `last` was written. */
function tear(folder: string, last: number): void {
  const { record } = change(last + 1);
  const torn = encodeRecord(record, Buffer.alloc(1000, "<x/>")).subarray(0, -9);
  const logs = readdirSync(join(folder, "history")).filter((name) => name.endsWith(".log"));
  const path = logs.map((name) => join(folder, "history", name)).findLast((log) => statSync(log).size > 0);
  appendFileSync(path ?? "", torn);
}

/** What the next process finds has all commits that were acknowledged, and is good to go on with. */
function expectRecovered(folder: string, made: number): void {
  const { history } = historyIn(folder, limits);
  const found = history.load();
  const last = found?.newest.id ?? 0;
  expect([made, made + 1]).toContain(last);
  expect(textOf(found)).toBe(last === 0 ? undefined : textAfter(last));
  const kept = history.commits().map(({ id }) => id);
  expect(kept).toEqual([last, last - 1].filter((id) => id > 0));
  for (const id of kept) expect(textOf(history.configurationAt(id))).toBe(textAfter(id));

  if (last === 0) history.begin(Buffer.from("0"));
  history.append(change(last + 1));
  compactNow(history);
  history.append(change(last + 2));
  expect(textOf(historyIn(folder, limits).history.load())).toBe(textAfter(last + 2));
}

const cuts: readonly PowerCut[] = [
  { names: "flushed", content: "flushed" },
  { names: "latest", content: "flushed" },
  { names: "flushed", content: "latest" },
  { names: "mixed", content: "mixed" },
  { names: "mixed", content: "mixed" },
];

/** The same series each time. */
function chances(seed: number): () => boolean {
  let state = seed + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state % 2 === 0;
  };
}

test("a crash at any step, with and without a power cut, leaves each commit made or not", () => {
  let crashes = 0;
  for (let crashAt = 1; ; crashAt++) {
    const scratch = dataFolder();
    const folder = join(scratch, "live");
    mkdirSync(folder);
    const made = { count: 0 };
    disk.restart(crashAt);
    try {
      live(folder, made);
      break;
    } catch (error) {
      if (!disk.isDead) throw error;
    }
    crashes++;
    const copies = cuts.map((cut, n) => {
      const copy = join(scratch, `${n}`);
      disk.cutPower(folder, copy, cut, chances(crashAt * 100 + n));
      return copy;
    });
    // What a killed process leaves unflushed is in effect in the next one: no power cut may take it away again.
    disk.goOn();
    const inEffect = historyIn(folder, limits).history.load()?.newest.id ?? 0;
    disk.cutPower(folder, join(scratch, "later"), { names: "flushed", content: "flushed" }, () => true);
    expect(historyIn(join(scratch, "later")).history.load()?.newest.id ?? 0).toBe(inEffect);
    for (const place of [folder, ...copies]) {
      disk.restart();
      expectRecovered(place, made.count);
    }
  }
  expect(crashes).toBeGreaterThan(60);
});
