import { beforeAll, expect, test } from "vitest";
import type { DownReason } from "../../src/bmp/down-reason.ts";
import type { BmpSessionEvent } from "../../src/bmp/session-host.ts";
import { configChange, confirmedCommit, sessionEnd, sessionStart } from "../../src/notifications/base-notifications.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import { StreamState } from "../../src/notifications/stream-state.ts";
import type { PlaneEvent } from "../../src/plane/plane-event.ts";
import { planeNotification } from "../../src/plane/plane-notification.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { engineFixture, schemaFixture } from "../datastore/engine-fixture.ts";
import { ManualClock } from "../datastore/manual-clock.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

const TIME_MS = Date.parse("2026-11-25T10:00:00Z");
const alice = { username: "alice", sessionId: 7, sourceHost: "2001:db8::7", user: undefined };

/** What the targets of edits refer to, and what notifications are in. */
const CONFIG =
  '<bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session><vpn-instance>_public_</vpn-instance><address>::1</address>' +
  "<alias>a'&lt;b</alias><port>1</port></bmp-session>" +
  "<bmp-session><vpn-instance>_public_</vpn-instance><address>2001:db8::1</address><alias/></bmp-session></bmp>" +
  '<bgp xmlns="urn:bmpconfd:yang:bgp"><local-as>65000</local-as><router-id>192.0.2.9</router-id>' +
  "<neighbor><address>192.0.2.1</address><remote-as>64512</remote-as></neighbor></bgp>";

/**
 * The module has a condition on the session's parameters that is never met, as it stands in the wrong place: in
 * `when "../confirm-event != 'timeout'"` the node to begin with is the notification itself (RFC 7950 section 7.21.5).
 */
const UNMET = `When condition "../confirm-event != 'timeout'" not satisfied.`;

/** Parses and validates the notification as libyang knows it from the modules; returns its data as JSON (RFC 7951). */
function validated(content: string) {
  using parsed = schema.context.parseNotification(notificationMessage(TIME_MS, content));
  using config = schema.context.parseData(CONFIG, { format: "xml" });
  if (content.startsWith("<netconf-confirmed-commit") && content.includes("<username>")) {
    expect(() => schema.context.validateNotification(parsed, config)).toThrow(UNMET);
  } else schema.context.validateNotification(parsed, config);
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
  [
    "config change",
    configChange({
      by: alice,
      datastore: "running",
      edits: [
        { operation: "create", target: { text: "/bmp:bmp", namespaces: { bmp: "urn:bmpconfd:yang:bmp" } } },
        {
          operation: "delete",
          target: {
            text: "/b:bmp/b:bmp-session[b:vpn-instance='_public_'][b:address='::1'][b:alias=\"a'<b\"]/b:port",
            namespaces: { b: "urn:bmpconfd:yang:bmp" },
          },
        },
      ],
    }),
    {
      "netconf-config-change": {
        "changed-by": ALICE,
        datastore: "running",
        edit: [
          { target: "/bmpconfd-bmp:bmp", operation: "create" },
          {
            target: "/bmpconfd-bmp:bmp/bmp-session[vpn-instance='_public_'][address='::1'][alias=\"a'<b\"]/port",
            operation: "delete",
          },
        ],
      },
    },
  ],
  [
    "config change by the server, of which no more is known",
    configChange({ by: { sessionId: 0, username: "", user: undefined }, datastore: "startup", edits: undefined }),
    { "netconf-config-change": { "changed-by": { server: [null] }, datastore: "startup" } },
  ],
  [
    "confirmed commit, begun",
    confirmedCommit({ event: "start", by: alice, timeoutS: 600 }),
    { "netconf-confirmed-commit": { ...ALICE, "confirm-event": "start", timeout: 600 } },
  ],
  [
    "confirmed commit, extended",
    confirmedCommit({ event: "extend", by: alice, timeoutS: 60 }),
    { "netconf-confirmed-commit": { ...ALICE, "confirm-event": "extend", timeout: 60 } },
  ],
  [
    "confirmed commit, complete",
    confirmedCommit({ event: "complete", by: alice }),
    { "netconf-confirmed-commit": { ...ALICE, "confirm-event": "complete" } },
  ],
  [
    "confirmed commit, timed out",
    confirmedCommit({ event: "timeout" }),
    { "netconf-confirmed-commit": { "confirm-event": "timeout" } },
  ],
])("%s is valid by its module", (_, content, expected) => {
  expect(notificationMessage(TIME_MS, content).includes(0x0a)).toBe(false);
  const [[name, data]] = Object.entries(expected) as [[string, object]];
  expect(validated(content)).toEqual({ [`ietf-netconf-notifications:${name}`]: data });
});

const session = { vpnInstance: "_public_", address: "2001:db8::1", alias: "" };
const inSession = (notification: object) => ({
  "bmpconfd-bmp:bmp": {
    "bmp-session": [{ "vpn-instance": "_public_", address: "2001:db8::1", alias: "", ...notification }],
  },
});
const inNeighbor = (notification: object) => ({
  "bmpconfd-bgp:bgp": { neighbor: [{ address: "192.0.2.1", ...notification }] },
});

const DOWN_REASONS: Readonly<Record<DownReason, true>> = {
  administrative: true,
  reset: true,
  reconfigured: true,
  refused: true,
  unreachable: true,
  timeout: true,
  "connection-reset": true,
  "closed-by-server": true,
  authentication: true,
  tls: true,
  stuck: true,
  overflow: true,
  "unexpected-data": true,
  "local-error": true,
};
const queue = { "queued-octets": "70000", "queue-limit": 65_536 };

test.each<[BmpSessionEvent, object]>([
  [{ kind: "up", session }, { "bmpconfd-events:session-up": {} }],
  ...(Object.keys(DOWN_REASONS) as DownReason[]).map((reason): [BmpSessionEvent, object] => [
    { kind: "down", session, down: { reason, text: "<why>" } },
    { "bmpconfd-events:session-down": { reason, text: "<why>" } },
  ]),
  [
    { kind: "resynchronised", session, since: TIME_MS },
    { "bmpconfd-events:session-resynchronised": { "cut-off-time": "2026-11-25T10:00:00.000+00:00" } },
  ],
  [{ kind: "stuck", session }, { "bmpconfd-events:session-stuck": {} }],
  [{ kind: "resumed", session }, { "bmpconfd-events:session-resumed": {} }],
  [{ kind: "queue-high", session, queuedBytes: 70_000, limitBytes: 65_536 }, { "bmpconfd-events:queue-high": queue }],
  [
    { kind: "queue-normal", session, queuedBytes: 70_000, limitBytes: 65_536 },
    { "bmpconfd-events:queue-normal": queue },
  ],
])("$kind of a BMP session is valid by its module", (event, data) => {
  expect(validated(planeNotification({ kind: "bmp-session", event }))).toEqual(inSession(data));
});

test.each<[PlaneEvent, object]>([
  [
    { kind: "bgp-established", address: "192.0.2.1", remoteAs: 4_294_967_295 },
    inNeighbor({ "bmpconfd-events:established": { "remote-as": 4_294_967_295 } }),
  ],
  [
    { kind: "bgp-backward-transition", address: "192.0.2.1", reason: "local-event" },
    inNeighbor({ "bmpconfd-events:backward-transition": { reason: "local-event" } }),
  ],
  [
    {
      kind: "bgp-backward-transition",
      address: "192.0.2.1",
      reason: "remote-notification",
      errorCode: 6,
      errorSubcode: 0,
    },
    inNeighbor({
      "bmpconfd-events:backward-transition": { reason: "remote-notification", "error-code": 6, "error-subcode": 0 },
    }),
  ],
  [
    { kind: "prefix-limit-warning", address: "192.0.2.1", prefixes: 76, maximum: 100 },
    inNeighbor({ "bmpconfd-events:prefix-limit-warning": { prefixes: "76", maximum: 100 } }),
  ],
  [
    { kind: "prefix-limit-exceeded", address: "192.0.2.1", family: "l2vpn-evpn", prefixes: 101, maximum: 100 },
    inNeighbor({
      "bmpconfd-events:prefix-limit-exceeded": { "address-family": "l2vpn-evpn", prefixes: "101", maximum: 100 },
    }),
  ],
  [{ kind: "events-suppressed", count: 99_997 }, { "bmpconfd-events:events-suppressed": { count: "99997" } }],
])("$kind is valid by its module", (event, data) => {
  expect(validated(planeNotification(event))).toEqual(data);
});

test("the notices about a subscription are valid by their module", async () => {
  const clock = new ManualClock("2026-11-25T10:00:00Z");
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
  const state = await new StreamState(new EventStream({ clock: new ManualClock("2026-11-25T10:00:00Z") })).state();
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
