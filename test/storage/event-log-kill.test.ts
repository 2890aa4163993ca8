import { expect, test } from "vitest";
import { FileEventLog } from "../../src/storage/file-event-log.ts";
import { runUntilKilled } from "./killed-process.ts";
import { dataFolder } from "./recorded.ts";

const ROUNDS = 8;
const program = new URL("./logging-process.mjs", import.meta.url);

test("kill -9 at any time leaves a log of all events but the last ones, in order, without damage", async () => {
  const folder = dataFolder();
  const errors: string[] = [];
  let next = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const last = await runUntilKilled(program, folder, 20 + Math.random() * 150);
    const log = (level: string, message: string) => void (level === "error" && errors.push(message));
    const events = new FileEventLog({ dataFolder: folder, log });
    const sequences: number[] = [];
    for await (const piece of events.read(events.first, 0)) {
      for (const { sequence, message } of piece) {
        expect(Buffer.from(message).toString()).toBe(`<a>${sequence}</a>`);
        sequences.push(sequence);
      }
    }
    expect(sequences).toEqual(Array.from(sequences, (_, index) => events.first + index));
    expect(events.next).toBe((sequences.at(-1) ?? 0) + 1);
    expect(events.next).toBeLessThanOrEqual(last + 2);
    // What a process before has kept stays.
    expect(events.next).toBeGreaterThanOrEqual(next);
    next = events.next;
  }
  expect(next).toBeGreaterThan(ROUNDS);
  expect(errors).toEqual([]);
}, 60_000);
