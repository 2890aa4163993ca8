import { beforeAll, expect, test } from "vitest";
import { configChange, sessionStart } from "../../src/notifications/base-notifications.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { selectEvents } from "../../src/yang/select-events.ts";
import { schemaFixture } from "../datastore/engine-fixture.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

const alice = { sessionId: 7, username: "alice", user: undefined };
const filter = (select: string) => ({
  select,
  namespaces: new Map([["n", "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"]]),
});
const message = (content: string) => notificationMessage(0, content).toString();
/** The largest report of a change that there can be. */
const LARGE = message(
  configChange({
    by: alice,
    datastore: "running",
    edits: Array.from({ length: yangLimits.reportedEdits }, (_, index) => ({
      operation: "create",
      target: {
        text: `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='::1'][bmp:alias='${index}']`,
        namespaces: { bmp: "urn:bmpconfd:yang:bmp" },
      },
    })),
  }),
);

test("others get their turn after each event", () => {
  const job = selectEvents(schema, filter("//n:edit"), [LARGE, message(sessionStart(alice)), LARGE]);
  for (let event = 0; event < 3; event++) expect(job.next()).toEqual({ done: false, value: undefined });
  expect(job.next()).toEqual({ done: true, value: [true, false, true] });
});

test.each(["//*", "//n:edit[n:operation='create']", "//n:edit[contains(n:target, 'bmp-session')][last()]"])(
  "%s stays within the bound for the largest event",
  (select) => {
    const job = selectEvents(schema, filter(select), [LARGE]);
    job.next();
    expect(job.next().value).toEqual([true]);
  },
);

test("what looks at more than the bound is given up, and the event freed", () => {
  const job = selectEvents(schema, filter("//n:edit"), [LARGE], 100);
  expect(() => job.next()).toThrow(
    "resource-denied: The expression looks at more than 100 nodes. Name the way to what is wanted, or use a subtree filter.",
  );
});

test("what no module defines is not selected", () => {
  const job = selectEvents(schema, filter("/*"), [message('<herb xmlns="urn:example:events"/>'), "<no/>"]);
  job.next();
  job.next();
  expect(job.next().value).toEqual([false, false]);
});
