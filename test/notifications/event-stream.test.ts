import { mkdtempSync, readdirSync, readlinkSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationLimits } from "../../src/notifications/limits.ts";
import { SubscriberTooSlowError, type Subscription } from "../../src/notifications/subscription.ts";
import { FileEventLog } from "../../src/storage/file-event-log.ts";
import type { StorageLimits } from "../../src/storage/limits.ts";
import { ManualClock } from "../datastore/manual-clock.ts";

const happened = (name: string) => `<${name} xmlns="urn:example:events"/>`;

test("a filter that passes over many events lets others have their turn in between", async () => {
  const events = new EventStream();
  const filter = [{ name: "wanted", attributes: [], children: [], text: "" }];
  const subscription = events.subscribe({ filter });
  const passedOver = 10 * notificationLimits.eventsPerStep;
  for (let count = 0; count < passedOver; count++) events.publish(happened("other"));
  events.publish(happened("wanted"));
  let turns = 0;
  let isDone = false;
  const count = () => {
    turns++;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  expect(Buffer.from((await subscription.next()) ?? "").toString()).toContain("wanted");
  isDone = true;
  expect(turns).toBeGreaterThanOrEqual(9);
});

test("an event is encoded once: all subscribers are given the same bytes", async () => {
  const events = new EventStream();
  const subscriptions = [1, 2, 3].map(() => events.subscribe({}));
  events.publish(happened("one"));
  const [first, ...others] = await Promise.all(subscriptions.map((subscription) => subscription.next()));
  for (const other of others) expect(other).toBe(first);
});

test("a subscription that is closed while it waits gives nothing any more", async () => {
  const events = new EventStream();
  const subscription = events.subscribe({});
  const waiting = subscription.next();
  subscription.close();
  events.publish(happened("one"));
  expect(await waiting).toBeUndefined();
  expect(await subscription.next()).toBeUndefined();
});

test("what was selected together is sent as far as it is permitted when its turn comes", async () => {
  const events = new EventStream();
  let isPermitted = true;
  const select = vi.fn(async (all: readonly string[]) => all.map(() => true));
  const subscription = events.subscribe({ select, isPermitted: ({ name }) => isPermitted || name === "three" });
  for (const name of ["one", "two", "three"]) events.publish(happened(name));
  const next = async () => Buffer.from((await subscription.next()) ?? "").toString();
  expect(await next()).toContain("<one ");
  isPermitted = false;
  expect(await next()).toContain("<three ");
  expect(select).toHaveBeenCalledTimes(1);
});

describe("with an event log", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "bmpconfd-stream-"));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** A stream of which only three events are in memory. */
  function opened(limits: Partial<StorageLimits> = {}) {
    const eventLog = new FileEventLog({ dataFolder: folder, log: () => {}, limits });
    return { eventLog, events: new EventStream({ eventLog, clock: new ManualClock(), limits: { recentEvents: 3 } }) };
  }

  const publish = (events: EventStream, from: number, to: number) => {
    for (let number = from; number <= to; number++) events.publish(happened(`n${number}`));
  };

  /** What the subscription gives next, by the events' numbers and the notices' names. */
  async function take(subscription: Subscription, count: number): Promise<string[]> {
    const names: string[] = [];
    while (names.length < count) {
      const message = Buffer.from((await subscription.next()) ?? "").toString();
      names.push(/<\/eventTime><([^ ]+)/.exec(message)?.[1] ?? message);
    }
    return names;
  }
  const numbered = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, index) => `n${from + index}`);

  test("replay gives what is not in memory any more, and goes over to new events without a gap", async () => {
    const { events } = opened({ eventReadBytes: 300 });
    publish(events, 1, 20);
    const subscription = events.subscribe({ startMs: 0 });
    expect(await take(subscription, 10)).toEqual(numbered(1, 10));
    publish(events, 21, 40);
    expect(await take(subscription, 31)).toEqual([...numbered(11, 20), "replayComplete", ...numbered(21, 40)]);
    const waiting = take(subscription, 2);
    publish(events, 41, 42);
    expect(await waiting).toEqual(numbered(41, 42));
    subscription.close();
    await events.stop();
  });

  test("replay gives what happened before the process began", async () => {
    const first = opened();
    publish(first.events, 1, 5);
    await first.events.stop();
    const second = opened();
    publish(second.events, 6, 7);
    expect(second.events.createdMs).toBe(first.events.createdMs);
    expect(await take(second.events.subscribe({ startMs: 0 }), 8)).toEqual([...numbered(1, 7), "replayComplete"]);
    await second.events.stop();
  });

  test("a subscriber that lags behind what is in memory reads the log until it has caught up", async () => {
    const { events } = opened();
    const subscription = events.subscribe({});
    publish(events, 1, 30);
    expect(await take(subscription, 25)).toEqual(numbered(1, 25));
    publish(events, 31, 31);
    expect(await take(subscription, 6)).toEqual(numbered(26, 31));
    await events.stop();
  });

  test("one that lags behind the log has lost events, and is told so", async () => {
    const { events } = opened({ eventSegmentBytes: 500, eventSegments: 2, eventWriteBytes: 1 });
    const subscription = events.subscribe({});
    publish(events, 1, 40);
    await expect(subscription.next()).rejects.toThrow(SubscriberTooSlowError);
    await events.stop();
  });

  test("the same during a replay; one that begins with what is left is fine", async () => {
    const { events, eventLog } = opened({
      eventSegmentBytes: 500,
      eventSegments: 2,
      eventWriteBytes: 1,
      eventReadBytes: 300,
    });
    publish(events, 1, 40);
    const subscription = events.subscribe({ startMs: 0 });
    const [first] = await take(subscription, 1);
    expect(first).toBe(`n${eventLog.first}`);
    publish(events, 41, 80);
    await expect(take(subscription, 60)).rejects.toThrow(SubscriberTooSlowError);
    await events.stop();
  });

  test("events that the log could not keep are missing in a replay, and end a subscription that waits for them", async () => {
    const { events } = opened({ eventPendingBytes: 1_000 });
    const subscription = events.subscribe({});
    publish(events, 1, 30);
    const replayed = await take(events.subscribe({ startMs: 0 }), 9);
    expect(replayed).toEqual([...numbered(1, 5), ...numbered(28, 30), "replayComplete"]);
    await expect(take(subscription, 10)).rejects.toThrow(SubscriberTooSlowError);
    await events.stop();
  });

  /** Files of the log that the process has open. */
  const openFiles = () =>
    readdirSync("/proc/self/fd").filter((fd) => {
      try {
        return readlinkSync(`/proc/self/fd/${fd}`).startsWith(folder);
      } catch {
        return false;
      }
    });

  test.each(["while it reads", "while its subscriber does not"])(
    "one that is closed in the middle of a replay, %s, lets go of the log",
    async (when) => {
      const { events } = opened({ eventReadBytes: 300 });
      publish(events, 1, 30);
      const subscription = events.subscribe({ startMs: 0 });
      await take(subscription, 2);
      // That which is written to, and that which is read.
      expect(openFiles()).toHaveLength(2);
      const waiting = when === "while it reads" ? subscription.next() : undefined;
      subscription.close();
      await waiting;
      expect(await subscription.next()).toBeUndefined();
      await vi.waitFor(() => expect(openFiles()).toHaveLength(1));
      await events.stop();
      expect(openFiles()).toEqual([]);
    },
  );

  test("one that has lost events lets go of the log", async () => {
    const { events } = opened({ eventSegmentBytes: 500, eventSegments: 2, eventWriteBytes: 1 });
    const subscription = events.subscribe({});
    publish(events, 1, 40);
    await expect(subscription.next()).rejects.toThrow(SubscriberTooSlowError);
    await vi.waitFor(() => expect(openFiles()).toHaveLength(1));
    await events.stop();
  });
});
