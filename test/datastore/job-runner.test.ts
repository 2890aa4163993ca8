import { expect, test } from "vitest";
import { JobRunner, type RunnerCall } from "../../src/datastore/job-runner.ts";
import type { Job } from "../../src/job.ts";

/** A runner that gives every job one step a slice, and what happened, in order. */
function fixture() {
  const events: string[] = [];
  const turns: number[] = [];
  const runner = new JobRunner((id) => turns.push(id), 0);
  const idle: Promise<void>[] = [];
  const add = (id: number, isConcurrent: boolean, begin: RunnerCall["begin"]) => {
    idle.push(
      new Promise((resolve) => {
        const end = (event: string) => {
          events.push(event);
          resolve();
        };
        runner.add({
          id,
          isConcurrent,
          begin,
          done: (value) => end(`${id} done ${String(value)}`),
          failed: (error) => end(`${id} failed ${(error as Error).message}`),
        });
      }),
    );
  };
  return { events, turns, add, settled: () => Promise.all(idle) };
}

function* steps(events: string[], name: string, count: number): Job<string> {
  for (let step = 1; step <= count; step++) {
    events.push(`${name}${step}`);
    yield;
  }
  return name;
}

test("a call without a job is answered at once", () => {
  const { events, add } = fixture();
  add(1, false, () => 42);
  expect(events).toEqual(["1 done 42"]);
});

test("jobs that are not concurrent are done one after the other", async () => {
  const { events, add, settled } = fixture();
  add(1, false, () => steps(events, "a", 3));
  add(2, false, () => steps(events, "b", 2));
  add(3, false, () => 7);
  await settled();
  expect(events).toEqual(["a1", "a2", "a3", "1 done a", "b1", "b2", "2 done b", "3 done 7"]);
});

test("concurrent ones are served between the slices of others, in turns", async () => {
  const { events, add, settled } = fixture();
  add(1, false, () => steps(events, "w", 4));
  add(2, true, () => steps(events, "r", 2));
  add(3, true, () => steps(events, "s", 2));
  add(4, true, () => "now");
  expect(events).toEqual(["w1", "r1", "s1", "4 done now"]);
  await settled();
  expect(events.indexOf("2 done r")).toBeLessThan(events.indexOf("1 done w"));
  expect(events.filter((event) => /^[rs]\d/.test(event))).toEqual(["r1", "s1", "r2", "s2"]);
});

test("a job that throws, at its start or later, fails alone", async () => {
  const { events, add, settled } = fixture();
  add(1, false, () => {
    throw new Error("at once");
  });
  add(2, false, function* (): Job<void> {
    yield;
    throw new Error("later");
  });
  add(3, false, () => steps(events, "a", 1));
  await settled();
  expect(events).toEqual(["1 failed at once", "2 failed later", "a1", "3 done a"]);
});

test("it is told before each slice whose turn it is", async () => {
  const { events, turns, add, settled } = fixture();
  add(1, false, () => steps(events, "a", 2));
  add(2, true, () => steps(events, "b", 1));
  await settled();
  expect(new Set(turns)).toEqual(new Set([1, 2]));
  expect(turns.lastIndexOf(1)).toBeGreaterThan(turns.indexOf(2));
});
