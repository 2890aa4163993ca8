import { beforeAll, expect, test } from "vitest";
import { configChange, sessionEnd } from "../../src/notifications/base-notifications.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { StreamState } from "../../src/notifications/stream-state.ts";
import { planeNotification } from "../../src/plane/plane-notification.ts";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { ManualClock } from "../datastore/manual-clock.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { type Client, chunked, Harness, noUrls } from "./harness.ts";

/*
 * The dialogues that the examples of RFC 5277 show, with our events in place of those of an imaginary module, and as
 * they are written there: the base namespace with the prefix "netconf", also on the attributes of <filter>.
 */

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf();
});

const rpc = (operation: string) =>
  `<netconf:rpc message-id="101" xmlns:netconf="urn:ietf:params:xml:ns:netconf:base:1.0">
     ${operation}
   </netconf:rpc>`;
const create = (parameters: string) =>
  rpc(
    `<create-subscription xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0">${parameters}</create-subscription>`,
  );
const reply = (content: string) =>
  '<netconf:rpc-reply message-id="101" xmlns:netconf="urn:ietf:params:xml:ns:netconf:base:1.0">' +
  `${content}</netconf:rpc-reply>`;
const OK = reply('<ok xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"/>');
const notification = (time: string, content: string) =>
  `<notification xmlns="urn:ietf:params:xml:ns:netconf:notification:1.0"><eventTime>2026-11-25T${time}Z</eventTime>` +
  `${content}</notification>`;

const key = (alias: string) => ({ vpnInstance: "_public_", address: "2001:db8::1", alias });
const down = (alias: string) =>
  planeNotification({
    kind: "bmp-session",
    event: { kind: "down", session: key(alias), down: { reason: "closed-by-server", text: "closed by the server" } },
  });
const up = (alias: string) => planeNotification({ kind: "bmp-session", event: { kind: "up", session: key(alias) } });
const backward = (address: string) =>
  planeNotification({ kind: "bgp-backward-transition", address, reason: "remote-notification", errorCode: 6 });
const alice = { sessionId: 7, username: "alice", sourceHost: "2001:db8::7", user: undefined };
const changed = configChange({ by: alice, datastore: "running", edits: undefined });
const ended = sessionEnd(alice, { reason: "dropped" });

/** A server where these happen, one a second from 10:00:00 on. */
async function told(...happening: string[]) {
  const clock = new ManualClock("2026-11-25T10:00:00Z");
  const events = new EventStream({ clock });
  const datastores = new EngineDatastores(engine);
  datastores.provider = new StreamState(events);
  const client = await new Harness({}, noUrls, datastores, events).open();
  const happen = () => {
    for (const event of happening) {
      events.publish(event);
      clock.advance(1_000);
    }
  };
  return { client, happen, clock };
}

/** What the client is sent for a request, reply first. */
async function ask(client: Client, request: string): Promise<string[]> {
  await client.send(chunked(request));
  return client.takeMessages();
}

test("section 2.1.1.1: a subscription to everything", async () => {
  const { client, happen } = await told(changed, down("a"));
  expect(await ask(client, create(""))).toEqual([OK]);
  happen();
  expect(await client.takeMessages()).toEqual([
    notification("10:00:00.000", changed),
    notification("10:00:01.000", down("a")),
  ]);
});

test("section 3.2.5.2: the streams that there are, and a section 3.2.4 subscription to one of them", async () => {
  const { client, happen } = await told(changed);
  const get = rpc(
    `<netconf:get><netconf:filter netconf:type="subtree">
       <netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams/></netconf>
     </netconf:filter></netconf:get>`,
  );
  expect(await ask(client, get)).toEqual([
    reply(
      '<data xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><netconf xmlns="urn:ietf:params:xml:ns:netmod:notification"><streams><stream><name>NETCONF</name>' +
        "<description>Everything that this server reports.</description><replaySupport>true</replaySupport>" +
        "<replayLogCreationTime>2026-11-25T10:00:00.000+00:00</replayLogCreationTime></stream></streams></netconf>" +
        "</data>",
    ),
  ]);
  expect(await ask(client, create("<stream>NETCONF</stream>"))).toEqual([OK]);
  happen();
  expect(await client.takeMessages()).toEqual([notification("10:00:00.000", changed)]);
});

test("section 3.3: replay of what is in a time that is over, with both notices", async () => {
  const { client, happen } = await told(changed, down("a"), ended);
  happen();
  const times = "<startTime>2026-11-25T10:00:01Z</startTime><stopTime>2026-11-25T10:00:01.5Z</stopTime>";
  const REPLAY = 'xmlns="urn:ietf:params:xml:ns:netmod:notification"';
  expect(await ask(client, create(times))).toEqual([
    OK,
    notification("10:00:01.000", down("a")),
    notification("10:00:03.000", `<replayComplete ${REPLAY}/>`),
    notification("10:00:03.000", `<notificationComplete ${REPLAY}/>`),
  ]);
});

test("section 5.1: a subtree filter, of which each element is for events of its own", async () => {
  const { client, happen } = await told(
    changed,
    down("a"),
    down("b"),
    down("c"),
    up("a"),
    ended,
    backward("192.0.2.1"),
  );
  const filter = `<filter netconf:type="subtree">
       <bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session>
         <alias>a</alias>
         <session-down xmlns="urn:bmpconfd:yang:events"/>
       </bmp-session></bmp>
       <bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session>
         <alias>b</alias>
         <session-down xmlns="urn:bmpconfd:yang:events"/>
       </bmp-session></bmp>
       <netconf-session-end xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-notifications">
         <termination-reason>dropped</termination-reason>
       </netconf-session-end>
     </filter>`;
  expect(await ask(client, create(filter))).toEqual([OK]);
  happen();
  expect(await client.takeMessages()).toEqual([
    notification("10:00:01.000", down("a")),
    notification("10:00:02.000", down("b")),
    notification("10:00:05.000", ended),
  ]);
});

test.each([
  [
    "of any of several kinds",
    `//ev:session-down | //ev:backward-transition |
                     /ncn:netconf-config-change`,
    [0, 1, 2, 6],
  ],
  [
    "that meet a condition with and, or, and parentheses",
    `/bmp:bmp/bmp:bmp-session[(bmp:alias='a' or bmp:alias='c') and
                     (ev:session-up or ev:session-down)]`,
    [1, 3, 4],
  ],
  [
    "of some kind, or any kind about one thing",
    `//ev:session-down[../bmp:alias='b'] |
                     /bgp:bgp/bgp:neighbor[bgp:address='192.0.2.1']`,
    [2, 6],
  ],
])("section 5.2: an XPath filter for events %s", async (_, select, wanted) => {
  const happening = [changed, down("a"), down("b"), up("c"), up("a"), ended, backward("192.0.2.1")];
  const { client, happen } = await told(...happening);
  const filter = `<filter netconf:type="xpath"
                     xmlns:ev="urn:bmpconfd:yang:events"
                     xmlns:bmp="urn:bmpconfd:yang:bmp"
                     xmlns:bgp="urn:bmpconfd:yang:bgp"
                     xmlns:ncn="urn:ietf:params:xml:ns:yang:ietf-netconf-notifications"
                     select="${select}"/>`;
  expect(await ask(client, create(filter))).toEqual([OK]);
  happen();
  expect(await client.takeMessages()).toEqual(
    wanted.map((index) => notification(`10:00:0${index}.000`, happening[index] ?? "")),
  );
});
