import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { type CompactionJob, compact } from "../../src/storage/compact.ts";
import { Compactor } from "../../src/storage/compactor.ts";
import type { FileCommitHistory } from "../../src/storage/file-commit-history.ts";
import { change, dataFolder, grown, historyIn, replay, textAfter, textOf } from "./recorded.ts";

const limits = { changesBytes: 1000 };

/** A compactor whose jobs wait until they are told to go on. */
function compactorOf(history: FileCommitHistory, retryMs = 60_000, waits = { quietMs: 0, delayMs: 0 }) {
  const jobs: { readonly job: CompactionJob; finish(): void; fail(): void }[] = [];
  const lines: unknown[][] = [];
  const compactor = new Compactor({
    history,
    compact: (job) =>
      new Promise((resolve, reject) => {
        jobs.push({ job, finish: () => resolve(compact(job, replay)), fail: () => reject(new Error("no memory")) });
      }),
    log: (...line) => void lines.push(line),
    retryMs,
    ...waits,
  });
  return { compactor, jobs, lines };
}

/** Commits until a snapshot is due; returns the id of the last one. */
function grow(history: FileCommitHistory, from: number): number {
  let id = from;
  while (!history.isCompactionDue) history.append(change(++id));
  return id;
}

const found = (folder: string) => historyIn(folder).history.load();

test("a snapshot is made when the changes are more than the limit, and only then", async () => {
  const folder = dataFolder();
  const history = grown(folder, 4, limits);
  const { compactor, jobs, lines } = compactorOf(history);
  compactor.consider();
  expect(jobs).toEqual([]);
  expect(grow(history, 4)).toBe(5);
  compactor.consider();
  compactor.consider();
  expect(jobs.map(({ job }) => job.upTo)).toEqual([5]);
  history.append(change(6));
  compactor.consider();
  jobs[0]?.finish();
  await compactor.idle();
  compactor.consider();
  expect(jobs).toHaveLength(1);
  expect(found(folder)).toMatchObject({ newest: { id: 6 }, snapshot: { id: 5 } });
  expect(textOf(found(folder))).toBe(textAfter(6));
  expect(lines).toMatchObject([["info", "Snapshot of the configuration made", { commitId: 5 }]]);
  expect(grow(history, 6)).toBe(10);
});

test("a snapshot waits until no commit came for quietMs, and for delayMs at the most", () => {
  vi.useFakeTimers();
  try {
    const history = grown(dataFolder(), 4, limits);
    const { compactor, jobs } = compactorOf(history, 60_000, { quietMs: 50, delayMs: 120 });
    let id = grow(history, 4);
    // One commit every 40 ms: never quiet.
    for (let ms = 0; ms < 120; ms += 40) {
      compactor.consider();
      expect(jobs).toEqual([]);
      vi.advanceTimersByTime(40);
      history.append(change(++id));
    }
    compactor.consider();
    expect(jobs).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("a snapshot is made in a quiet time", () => {
  vi.useFakeTimers();
  try {
    const history = grown(dataFolder(), 4, limits);
    const { compactor, jobs } = compactorOf(history, 60_000, { quietMs: 50, delayMs: 120 });
    grow(history, 4);
    compactor.consider();
    vi.advanceTimersByTime(49);
    expect(jobs).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(jobs).toHaveLength(1);
  } finally {
    vi.useRealTimers();
  }
});

test("a large configuration waits for a quarter of its size in changes", () => {
  const folder = dataFolder();
  const { history } = historyIn(folder, limits);
  history.load();
  history.begin(Buffer.alloc(100_000, " "));
  history.append(change(1, "x".repeat(24_000)));
  expect(history.isCompactionDue).toBe(false);
  history.append(change(2, "x".repeat(1000)));
  expect(history.isCompactionDue).toBe(true);
  const { history: again } = historyIn(folder, limits);
  again.load();
  expect(again.isCompactionDue).toBe(true);
});

test("a snapshot that cannot be made is told and tried again later, the same; commits do not notice", async () => {
  const folder = dataFolder();
  const history = grown(folder, 5, limits);
  const { compactor, jobs, lines } = compactorOf(history, 50);
  compactor.consider();
  jobs[0]?.fail();
  await compactor.idle();
  compactor.consider();
  expect(jobs).toHaveLength(1);
  expect(lines).toMatchObject([
    [
      "error",
      "No snapshot of the configuration could be made; trying again later",
      { error: { message: "no memory" } },
    ],
  ]);
  history.append(change(6));
  await new Promise((resolve) => setTimeout(resolve, 60));
  compactor.consider();
  jobs[1]?.finish();
  await compactor.idle();
  expect(jobs.map(({ job }) => job.upTo)).toEqual([5, 5]);
  expect(found(folder)).toMatchObject({ newest: { id: 6 }, snapshot: { id: 5 } });
});

test("a snapshot that was being made when the server ended is made by the next one", async () => {
  const folder = dataFolder();
  const history = grown(folder, 5, limits);
  compactorOf(history).compactor.consider();
  history.append(change(6));

  const { history: again } = historyIn(folder, limits);
  again.load();
  const { compactor, jobs } = compactorOf(again);
  compactor.consider();
  jobs[0]?.finish();
  await compactor.idle();
  expect(found(folder)).toMatchObject({ newest: { id: 6 }, snapshot: { id: 5 } });
});

test("a disk that refuses the next log is told, and commits go on", async () => {
  const folder = dataFolder();
  const history = grown(folder, 5, limits);
  const { compactor, jobs, lines } = compactorOf(history, 0);
  const inTheWay = join(folder, "history/000000005.log");
  mkdirSync(inTheWay);
  compactor.consider();
  await compactor.idle();
  expect(lines).toMatchObject([["error", expect.any(String), { error: { code: "EISDIR" } }]]);
  history.append(change(6));
  rmSync(inTheWay, { recursive: true });
  compactor.consider();
  expect(jobs.map(({ job }) => job.upTo)).toEqual([6]);
  expect(textOf(found(folder))).toBe(textAfter(6));
});
