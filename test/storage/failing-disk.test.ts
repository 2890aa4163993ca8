import { truncateSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test, vi } from "vitest";
import type { FileCommitHistory } from "../../src/storage/file-commit-history.ts";
import { change, compactNow, dataFolder, grown, historyIn, textAfter, textOf } from "./recorded.ts";
import { disk } from "./simulated-disk.ts";

vi.mock("node:fs", async () => (await import("./simulated-disk.ts")).simulatedFs);
afterEach(() => disk.restart());

const found = (folder: string) => textOf(historyIn(folder).history.load());

/** What is done in the life of a history, each with the number of commits there are then. */
function commit(history: FileCommitHistory, made: number): void {
  if (made === 0) history.begin(Buffer.from("0"));
  history.append(change(made + 1));
}
const deeds = [commit, commit, commit, compactNow, commit];

/** Steps of all deeds on a disk that works. */
function stepsOfAll(): number {
  const { history } = historyIn(dataFolder());
  history.load();
  disk.restart();
  for (const deed of deeds) deed(history, history.commits().length);
  return disk.steps;
}

test.each([
  ["once", [0]],
  ["and fails at the next step too, such as the cutting back", [0, 1]],
  ["and fails at the step after, such as the flush of what was cut back", [0, 2]],
])("a disk that fails %s costs what was being done, and no commit that was made", (_, failing) => {
  const steps = stepsOfAll();
  expect(steps).toBeGreaterThan(25);
  let refusedForGood = 0;
  for (let at = 1; at <= steps; at++) {
    const folder = dataFolder();
    let { history } = historyIn(folder);
    history.load();
    disk.restart(
      undefined,
      failing.map((n) => at + n),
    );
    for (const deed of deeds) {
      for (let isDone = false; !isDone; ) {
        const made = history.commits().length;
        try {
          deed(history, made);
          isDone = true;
        } catch (error) {
          const { message } = error as Error;
          expect(message).toContain("EIO");
          expect(history.commits()).toHaveLength(made);
          if (message.includes("could not be put back")) {
            refusedForGood++;
            expect(() => disk.aside(() => commit(history, made))).toThrow("No commit is made until");
            history = disk.aside(() => reloaded(folder));
            expect([made, made + 1]).toContain(history.commits().length);
          } else {
            // First: whoever finds something flushes it.
            expect(disk.aside(() => foundAfterPowerCut(folder)) ?? "0").toBe(textAfter(made));
            expect(disk.aside(() => found(folder)) ?? "0").toBe(textAfter(made));
          }
        }
      }
    }
    expect(found(folder)).toBe(textAfter(history.commits().length));
    expect(history.commits().length).toBeGreaterThanOrEqual(4);
  }
  expect(refusedForGood > 0).toBe(failing.length > 1);
});

test("where the next log cannot be made, commits go where they went before", () => {
  const folder = dataFolder();
  const history = grown(folder, 2);
  disk.restart(undefined, [2]);
  expect(() => history.seal()).toThrow("EIO");
  history.append(change(3));
  expect(found(folder)).toBe(textAfter(3));
  compactNow(history);
  history.append(change(4));
  expect(found(folder)).toBe(textAfter(4));
});

test("a log that somebody shortened is not written to", () => {
  const folder = dataFolder();
  grown(folder, 2);
  const history = reloaded(folder);
  truncateSync(join(folder, "history/000000000.log"), 100);
  expect(() => commit(history, 2)).toThrow("has become shorter: 100 bytes instead of");
});

function foundAfterPowerCut(folder: string): string | undefined {
  const copy = join(dataFolder(), "copy");
  disk.cutPower(folder, copy, { names: "flushed", content: "flushed" }, () => true);
  return found(copy);
}

function reloaded(folder: string): FileCommitHistory {
  const { history } = historyIn(folder);
  history.load();
  return history;
}
