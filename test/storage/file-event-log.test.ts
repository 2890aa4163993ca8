import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { LoggedEvent } from "../../src/notifications/event-log.ts";
import { FileEventLog } from "../../src/storage/file-event-log.ts";
import type { StorageLimits } from "../../src/storage/limits.ts";

let folder: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-events-"));
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const opened = (limits: Partial<StorageLimits> = {}) =>
  new FileEventLog({ dataFolder: folder, log: (level, message) => void said.push(`${level}: ${message}`), limits });

const event = (sequence: number, text = "x", timeMs = 1_000 * sequence): LoggedEvent => ({
  sequence,
  timeMs,
  message: Buffer.from(`<a>${sequence} ${text}</a>`),
});

/** Appends events of these texts; returns them. */
function appendAll(log: FileEventLog, texts: readonly string[]): LoggedEvent[] {
  return texts.map((text) => {
    const next = event(log.next, text);
    log.append(next);
    return next;
  });
}

async function readAll(log: FileEventLog, from = 1, notBeforeMs = 0): Promise<LoggedEvent[]> {
  const events: LoggedEvent[] = [];
  for await (const piece of log.read(from, notBeforeMs)) events.push(...piece);
  return events;
}

const files = () => readdirSync(join(folder, "events")).sort();
const pathOf = (index: number) => join(folder, "events", files().at(index) ?? "");
/** Three events a segment. */
const SMALL = { eventSegmentBytes: 200, eventSegments: 3, eventWriteBytes: 1 };
const CUT = "warn: The event log ends with something that is no event, as a crash leaves it; it is cut off";
const REMOVED = "error: A segment of the event log is damaged, or comes before a damaged one; it is removed";

test("what was appended is read again, by this process and by the next", async () => {
  const log = opened();
  const events = appendAll(log, ["one", "zwei €", "<b/>"]);
  expect(await readAll(log)).toEqual(events);
  await log.stop();
  const next = opened();
  expect(next.next).toBe(4);
  expect(next.createdMs).toBe(log.createdMs);
  expect(await readAll(next)).toEqual(events);
  expect(await readAll(next, 3)).toEqual(events.slice(2));
  events.push(...appendAll(next, ["four"]));
  expect(await readAll(next)).toEqual(events);
  await next.stop();
  expect(said).toEqual([]);
});

test("without a folder it is empty, and makes none before there is something to keep", async () => {
  const log = opened();
  expect([log.first, log.next]).toEqual([1, 1]);
  expect(await readAll(log)).toEqual([]);
  await log.stop();
  expect(readdirSync(folder)).toEqual([]);
});

test("the oldest segment goes when there is one too many, whole", async () => {
  const log = opened(SMALL);
  const events = appendAll(log, Array(40).fill("x"));
  const kept = await readAll(log);
  expect(files()).toHaveLength(3);
  expect(kept).toEqual(events.slice(-kept.length));
  expect(log.first).toBe(kept[0]?.sequence);
  expect(kept.length).toBeGreaterThanOrEqual(6);
  expect(kept.length).toBeLessThan(12);
  await log.stop();
  const next = opened(SMALL);
  expect(await readAll(next)).toEqual(kept);
  expect(next.createdMs).toBe(log.createdMs);
  await next.stop();
});

test("segments in which all happened before the time asked for are passed over", async () => {
  const log = opened({ ...SMALL, eventSegments: 10 });
  const events: LoggedEvent[] = [];
  for (let count = 0; count < 12; count++) {
    events.push(...appendAll(log, ["x"]));
    await readAll(log);
  }
  const found = await readAll(log, 1, 8_000);
  expect(found.length).toBeLessThan(12);
  expect(found.filter(({ timeMs }) => timeMs >= 8_000)).toEqual(events.slice(7));
  await log.stop();
});

test("a read goes on to what is written meanwhile, and over the end of what is removed meanwhile", async () => {
  const log = opened({ ...SMALL, eventReadBytes: 100 });
  appendAll(log, Array(4).fill("x"));
  const read = log.read(1, 0);
  expect((await read.next()).value?.map(({ sequence }) => sequence)).toEqual([1, 2]);
  appendAll(log, Array(30).fill("x"));
  await log.stop();
  const sequences: number[] = [];
  for await (const piece of read) sequences.push(...piece.map(({ sequence }) => sequence));
  expect(sequences[0]).toBe(3);
  expect(sequences.at(-1)).toBe(34);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
});

describe("events that cannot be kept are missing, which is told once", () => {
  test("where the disk does not keep up", async () => {
    const log = opened({ eventPendingBytes: 100 });
    const events = appendAll(log, ["one", "two", "three", "four"]);
    expect(await readAll(log)).toEqual(events.slice(0, 2));
    events.push(...appendAll(log, ["five"]));
    expect(await readAll(log)).toEqual([events[0], events[1], events[4]]);
    await log.stop();
    expect(said).toEqual(["error: Events cannot be kept in the event log"]);
  });

  test("where they are too long to be read", async () => {
    const log = opened({ eventReadBytes: 200 });
    const events = appendAll(log, ["one", "x".repeat(200), "three"]);
    expect(await readAll(log)).toEqual([events[0], events[2]]);
    await log.stop();
    expect(said).toEqual(["error: Events cannot be kept in the event log"]);
  });

  test("where the folder cannot be made; once it can, it goes on", async () => {
    writeFileSync(join(folder, "events"), "in the way");
    const log = opened();
    expect(said).toEqual(["error: The event log cannot be read; a new one is begun"]);
    appendAll(log, ["one", "two"]);
    expect(await readAll(log)).toEqual([]);
    rmSync(join(folder, "events"));
    const [three] = appendAll(log, ["three"]);
    expect(await readAll(log)).toEqual([three]);
    expect(log.first).toBe(3);
    await log.stop();
    expect(said.slice(1)).toEqual(["error: Events cannot be kept in the event log"]);
  });
});

describe("damage", () => {
  test("at the end, as a crash leaves it, is cut off", async () => {
    const log = opened();
    const events = appendAll(log, ["one", "two", "three"]);
    await log.stop();
    const { size } = statSync(pathOf(0));
    truncateSync(pathOf(0), size - 3);
    appendFileSync(pathOf(0), Buffer.alloc(700));
    const next = opened();
    expect(said).toEqual([CUT]);
    expect(next.next).toBe(3);
    const again = appendAll(next, ["again"]);
    expect(await readAll(next)).toEqual([...events.slice(0, 2), ...again]);
    await next.stop();
    expect(await readAll(opened())).toEqual([...events.slice(0, 2), ...again]);
    expect(said).toEqual([CUT]);
  });

  test("of a segment that was being begun leaves those before it", async () => {
    const log = opened();
    const events = appendAll(log, ["one"]);
    await log.stop();
    writeFileSync(join(folder, "events", "000000000000002.log"), "0123");
    const next = opened();
    expect(said).toEqual(["warn: A segment of the event log was not begun; it is removed"]);
    expect(await readAll(next)).toEqual(events);
    expect(files()).toEqual(["000000000000001.log"]);
  });

  test("in a sealed segment leaves out the rest of that, and is told once", async () => {
    const log = opened(SMALL);
    const events = appendAll(log, Array(9).fill("x"));
    await log.stop();
    const bytes = readFileSync(pathOf(0));
    bytes[bytes.indexOf(">2 x<") + 3] = 0x79;
    writeFileSync(pathOf(0), bytes);
    const next = opened(SMALL);
    expect(said).toEqual([]);
    const second = Number(files()[1]?.slice(0, 15));
    for (const _ of [1, 2]) expect(await readAll(next)).toEqual([events[0], ...events.slice(second - 1)]);
    expect(said).toEqual(["error: A segment of the event log is damaged; its further events are left out"]);
  });

  test("of a sealed segment's header takes it, and those before it, away", async () => {
    const log = opened(SMALL);
    const events = appendAll(log, Array(9).fill("x"));
    await log.stop();
    expect(files()).toHaveLength(3);
    const newest = Number(files()[2]?.slice(0, 15));
    writeFileSync(pathOf(1), `x${readFileSync(pathOf(1)).toString().slice(1)}`);
    const next = opened(SMALL);
    expect(said).toEqual([REMOVED, REMOVED]);
    expect(files()).toHaveLength(1);
    expect(await readAll(next)).toEqual(events.slice(newest - 1));
    expect(next.first).toBe(newest);
  });
});

/** What may happen to a log, one after the other. */
const steps = fc.array(
  fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        kind: fc.constant("append" as const),
        texts: fc.array(fc.string({ maxLength: 80 }), { maxLength: 8 }),
      }),
    },
    fc.record({ kind: fc.constant("restart" as const) }),
    // What a crash leaves: some bytes less, some that are no event instead.
    fc.record({ kind: fc.constant("torn" as const), less: fc.nat(300), more: fc.uint8Array({ maxLength: 40 }) }),
  ),
  { maxLength: 12 },
);

test("is a queue: of what was appended it has the newest, in order, less what a crash took from the end", async () => {
  await fc.assert(
    fc.asyncProperty(steps, async (run) => {
      rmSync(join(folder, "events"), { recursive: true, force: true });
      let log = opened(SMALL);
      let model: LoggedEvent[] = [];
      const check = async () => {
        const found = await readAll(log);
        expect(found).toEqual(found.length === 0 ? [] : model.slice(-found.length));
        // Never less than two of the three segments, once they were full.
        expect(found.length).toBeGreaterThanOrEqual(Math.min(model.length, 2));
        expect(log.first).toBe(found[0]?.sequence ?? log.next);
      };
      for (const step of run) {
        if (step.kind === "append") {
          const texts = step.texts.map((text) => text.replaceAll("\n", " "));
          for (const added of appendAll(log, texts)) model.push(added);
        } else {
          await log.stop();
          if (step.kind === "torn") model = tear(step, model);
          log = opened(SMALL);
          expect(log.next).toBeGreaterThan(model.at(-1)?.sequence ?? 0);
          await check();
          // What was torn is on disk until something else is.
          model.push(...appendAll(log, ["and on"]));
        }
        await check();
      }
      await log.stop();
    }),
    { numRuns: 150 },
  );
});

/** Cuts the newest segment, and puts something else there; returns what is left of the model. */
function tear({ less, more }: { less: number; more: Uint8Array }, model: LoggedEvent[]): LoggedEvent[] {
  if (model.length === 0) return model;
  const path = pathOf(-1);
  const lines = readFileSync(path).toString("latin1").split("\n");
  const bytes = readFileSync(path);
  // The header was flushed with the name; what is torn is what came after it.
  const length = Math.max(bytes.length - less, (lines[0]?.length ?? 0) + 1);
  writeFileSync(path, Buffer.concat([bytes.subarray(0, length), more]));
  const gone = lines.length - bytes.subarray(0, length).toString("latin1").split("\n").length;
  return model.slice(0, model.length - gone);
}
