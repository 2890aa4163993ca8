import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { FileEventLog } from "../../src/storage/file-event-log.ts";
import { dataFolder } from "./recorded.ts";

const ROUNDS = 8;
const program = fileURLToPath(new URL("./logging-process.mjs", import.meta.url));

/** Has a process log events, and kills it so long after its first one. Returns the number of the last one. */
async function logUntilKilled(folder: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  child.stdout.on("data", (text) => {
    if (told === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    told += text;
  });
  const [, signal] = (await once(child, "close")) as [number, string];
  expect([signal, complaints]).toEqual(["SIGKILL", ""]);
  return Number(told.split("\n").at(-2));
}

test("kill -9 at any time leaves a log of all events but the last ones, in order, without damage", async () => {
  const folder = dataFolder();
  const errors: string[] = [];
  let next = 1;
  for (let round = 0; round < ROUNDS; round++) {
    const last = await logUntilKilled(folder, 20 + Math.random() * 150);
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
