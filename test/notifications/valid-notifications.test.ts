import { beforeAll, expect, test } from "vitest";
import { sessionEnd, sessionStart } from "../../src/notifications/base-notifications.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import { StreamState } from "../../src/notifications/stream-state.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";
import { ManualClock } from "./manual-clock.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

const TIME_MS = Date.parse("2026-11-25T10:00:00Z");
const alice = { username: "alice", sessionId: 7, sourceHost: "2001:db8::7" };

/** Parses and validates the notification as libyang knows it from the modules; returns its data as JSON (RFC 7951). */
function validated(content: string) {
  using parsed = schema.context.parseNotification(notificationMessage(TIME_MS, content));
  schema.context.validateNotification(parsed);
  expect(parsed.eventTime).toBe("2026-11-25T10:00:00.000Z");
  return JSON.parse(parsed.notificationTree.print({ format: "json" }));
}

const ALICE = { username: "alice", "session-id": 7, "source-host": "2001:db8::7" };

test.each([
  ["session start", sessionStart(alice), { "netconf-session-start": ALICE }],
  [
    "session start with odd characters",
    sessionStart({ ...alice, username: "<a>\n&\t\u0001" }),
    { "netconf-session-start": { ...ALICE, username: "<a>\n&\t\ufffd" } },
  ],
  [
    "session end",
    sessionEnd(alice, { reason: "closed" }),
    { "netconf-session-end": { ...ALICE, "termination-reason": "closed" } },
  ],
  [
    "session end, killed",
    sessionEnd(alice, { reason: "killed", killedBy: 9 }),
    { "netconf-session-end": { ...ALICE, "killed-by": 9, "termination-reason": "killed" } },
  ],
])("%s is valid by its module", (_, content, expected) => {
  expect(content).not.toContain("\n");
  const [[name, data]] = Object.entries(expected) as [[string, object]];
  expect(validated(content)).toEqual({ [`ietf-netconf-notifications:${name}`]: data });
});

test("the notices about a subscription are valid by their module", async () => {
  const clock = new ManualClock();
  const events = new EventStream({ clock });
  const subscription = events.subscribe({ startMs: 0, stopMs: clock.now() - 1 });
  for (const name of ["replayComplete", "notificationComplete"]) {
    using parsed = schema.context.parseNotification((await subscription.next()) ?? "");
    schema.context.validateNotification(parsed);
    expect(parsed.notification.name).toBe(name);
  }
  expect(await subscription.next()).toBeUndefined();
});

test("the stream is in the state that <get> shows (RFC 5277 section 3.2.5)", async () => {
  const state = await new StreamState(new EventStream({ clock: new ManualClock() })).state();
  const filter = [{ name: "netconf", attributes: [], children: [], text: "" }];
  const expected =
    '<netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams><stream><name>NETCONF</name>' +
    "<description>Everything that this server reports.</description><replaySupport>true</replaySupport>" +
    "<replayLogCreationTime>2026-11-25T10:00:00.000+00:00</replayLogCreationTime></stream></streams></netconf>";
  const engine = engineFixture(schema);
  expect(engine.get(state, filter)).toBe(expected);
  expect(engine.get(state)).toBe(expected);
});

test("the state costs nothing for a <get> of something else", async () => {
  const state = new StreamState(new EventStream());
  expect(await state.state([{ name: "bmp", attributes: [], children: [], text: "" }])).toEqual([]);
});
