import { expect, test } from "vitest";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationLimits } from "../../src/notifications/limits.ts";

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
