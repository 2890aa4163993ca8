import { beforeAll, describe, expect, test } from "vitest";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import { planeNotification } from "../../src/plane/plane-notification.ts";
import { escapeAttribute } from "../../src/xml/escape.ts";
import { commit, type EngineFixture, edit } from "../datastore/engine-fixture.ts";
import { ManualClock } from "../datastore/manual-clock.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { FakeChannel } from "./fake-channel.ts";
import { type Client, Harness, noUrls, OK, rpc } from "./harness.ts";

const NS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const EVENTS = "urn:bmpconfd:yang:events";
const told = (content: string) => notificationMessage(Date.parse("2026-11-25T10:00:00Z"), content).toString();

const session = { vpnInstance: "_public_", address: "2001:db8::1", alias: "" };
const other = { ...session, alias: "second" };
/** All that happens in these tests. */
const events = {
  up: planeNotification({ kind: "bmp-session", event: { kind: "up", session } }),
  otherUp: planeNotification({ kind: "bmp-session", event: { kind: "up", session: other } }),
  down: planeNotification({
    kind: "bmp-session",
    event: { kind: "down", session, down: { reason: "reset", text: "stale" } },
  }),
  established: planeNotification({ kind: "bgp-established", address: "192.0.2.1", remoteAs: 64_512 }),
  backward: planeNotification({ kind: "bgp-backward-transition", address: "192.0.2.1", reason: "remote-closed" }),
  suppressed: planeNotification({ kind: "events-suppressed", count: 3 }),
};
type Name = keyof typeof events;
const ALL = Object.keys(events) as Name[];

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf();
});

function start() {
  const stream = new EventStream({ clock: new ManualClock("2026-11-25T10:00:00Z") });
  return { stream, harness: new Harness({}, noUrls, new EngineDatastores(engine), stream) };
}

async function subscriber(harness: Harness, filter = "", channel = new FakeChannel()): Promise<Client> {
  const client = await harness.open("1.1", channel);
  expect(await client.ask(rpc(`<create-subscription xmlns="${NS}">${filter}</create-subscription>`))).toBe(OK);
  return client;
}

/** Which of all events a subscriber is told of. */
async function heard(client: Client, stream: EventStream): Promise<Name[]> {
  await client.takeMessages();
  for (const name of ALL) stream.publish(events[name]);
  const messages = await client.takeMessages();
  return ALL.filter((name) => messages.includes(told(events[name])));
}

test("the entry that a notification is in is around it, with its keys (RFC 7950 section 7.16.2)", async () => {
  const { harness, stream } = start();
  const client = await subscriber(harness);
  for (const event of Object.values(events)) stream.publish(event);
  const message = (content: string) =>
    `<notification xmlns="${NS}"><eventTime>2026-11-25T10:00:00.000Z</eventTime>${content}</notification>`;
  const bmp = (alias: string, content: string) =>
    '<bmp xmlns="urn:bmpconfd:yang:bmp"><bmp-session><vpn-instance>_public_</vpn-instance>' +
    `<address>2001:db8::1</address><alias>${alias}</alias>${content}</bmp-session></bmp>`;
  const bgp = (content: string) =>
    `<bgp xmlns="urn:bmpconfd:yang:bgp"><neighbor><address>192.0.2.1</address>${content}</neighbor></bgp>`;
  expect(await client.takeMessages()).toEqual(
    [
      bmp("", `<session-up xmlns="${EVENTS}"/>`),
      bmp("second", `<session-up xmlns="${EVENTS}"/>`),
      bmp("", `<session-down xmlns="${EVENTS}"><reason>reset</reason><text>stale</text></session-down>`),
      bgp(`<established xmlns="${EVENTS}"><remote-as>64512</remote-as></established>`),
      bgp(`<backward-transition xmlns="${EVENTS}"><reason>remote-closed</reason></backward-transition>`),
      `<events-suppressed xmlns="${EVENTS}"><count>3</count></events-suppressed>`,
    ].map(message),
  );
});

describe("filters", () => {
  const bmp = (content: string) => `<bmp xmlns="urn:bmpconfd:yang:bmp">${content}</bmp>`;
  test.each<[string, readonly Name[]]>([
    [bmp(""), ["up", "otherUp", "down"]],
    [bmp(`<bmp-session><session-up xmlns="${EVENTS}"/></bmp-session>`), ["up", "otherUp"]],
    [bmp("<bmp-session><alias>second</alias></bmp-session>"), ["otherUp"]],
    [bmp(`<bmp-session><alias>second</alias><session-down xmlns="${EVENTS}"/></bmp-session>`), []],
    [
      `<bgp xmlns="urn:bmpconfd:yang:bgp"><neighbor><established xmlns="${EVENTS}"/></neighbor></bgp>` +
        `<events-suppressed xmlns="${EVENTS}"/>`,
      ["established", "suppressed"],
    ],
    [`<session-up xmlns="${EVENTS}"/>`, []],
  ])("subtree %s", async (filter, names) => {
    const { harness, stream } = start();
    expect(await heard(await subscriber(harness, `<filter>${filter}</filter>`), stream)).toEqual(names);
  });

  test.each<[string, readonly Name[]]>([
    ["//ev:session-up", ["up", "otherUp"]],
    ["/bmp:bmp/bmp:bmp-session[bmp:alias='second']", ["otherUp"]],
    ["/bmp:bmp/bmp:bmp-session[bmp:address='2001:db8::1']/ev:session-down[ev:reason='reset']", ["down"]],
    ["//ev:established[../bgp:address='192.0.2.1'][ev:remote-as > 64000]", ["established"]],
    ["/bgp:bgp | /ev:events-suppressed", ["established", "backward", "suppressed"]],
    ["/ev:session-up", []],
  ])("XPath %s", async (select, names) => {
    const { harness, stream } = start();
    const prefixes = `xmlns:bmp="urn:bmpconfd:yang:bmp" xmlns:bgp="urn:bmpconfd:yang:bgp" xmlns:ev="${EVENTS}"`;
    const filter = `<filter ${prefixes} type="xpath" select="${escapeAttribute(select)}"/>`;
    expect(await heard(await subscriber(harness, filter), stream)).toEqual(names);
  });
});

describe("access control (RFC 8341 sections 3.4.5 and 3.4.6)", () => {
  type Rule = Readonly<Record<string, string>>;
  const rule = (content: Rule): Rule => ({ "module-name": "*", "access-operations": "*", ...content });
  const deny = (content: Rule): Rule => rule({ action: "deny", ...content });
  const permit = (content: Rule): Rule => rule({ action: "permit", ...content });
  const SESSION = "/bmpconfd-bmp:bmp/bmp-session";
  const without = (...names: Name[]) => ALL.filter((name) => !names.includes(name));

  test.each<[string, readonly Rule[], string, readonly Name[]]>([
    ["no rule, read-default permit", [], "permit", ALL],
    ["no rule, read-default deny", [], "deny", []],
    [
      "a path to the notification",
      [deny({ path: `${SESSION}/bmpconfd-events:session-up` })],
      "permit",
      without("up", "otherUp"),
    ],
    [
      "a path to the notification of one entry",
      [
        deny({
          path: `${SESSION}[vpn-instance='_public_'][address='2001:db8::1'][alias='second']/bmpconfd-events:session-up`,
        }),
      ],
      "permit",
      without("otherUp"),
    ],
    [
      "a path to the entry it is in",
      [deny({ path: `${SESSION}[vpn-instance='_public_'][address='2001:db8::1'][alias='second']` })],
      "permit",
      without("otherUp"),
    ],
    [
      "a path to a node further up",
      [deny({ path: "/bmpconfd-bgp:bgp" })],
      "permit",
      without("established", "backward"),
    ],
    [
      "a node further up that may not be read, though the notification may",
      [permit({ path: `${SESSION}/bmpconfd-events:session-up` }), deny({ path: "/bmpconfd-bmp:bmp" })],
      "permit",
      without("up", "otherUp", "down"),
    ],
    [
      "permission for the notification and each node that it is in",
      [
        permit({ path: `${SESSION}/bmpconfd-events:session-up`, "access-operations": "read" }),
        deny({ path: `${SESSION}/bmpconfd-events:session-down` }),
        permit({ path: "/bmpconfd-bmp:bmp" }),
      ],
      "deny",
      ["up", "otherUp"],
    ],
    ["the module of the notifications, wherever they are", [deny({ "module-name": "bmpconfd-events" })], "permit", []],
    [
      "the module of the nodes that it is in",
      [deny({ "module-name": "bmpconfd-bmp" })],
      "permit",
      without("up", "otherUp", "down"),
    ],
    [
      "rules for writing are about something else",
      [deny({ path: SESSION, "access-operations": "update" })],
      "permit",
      ALL,
    ],
    [
      "a notification-name is about notifications at the top only",
      [deny({ "notification-name": "session-up" }), deny({ "notification-name": "events-suppressed" })],
      "permit",
      without("suppressed"),
    ],
  ])("%s", async (_, rules, readDefault, names) => {
    const { harness, stream } = start();
    const client = await subscriber(harness, "", new FakeChannel("ann", "staff"));
    const named = rules.map((one, index) => ({ name: `rule-${index}`, ...one }));
    const after = { "read-default": readDefault, "rule-list": [{ name: "night", group: ["staff"], rule: named }] };
    (await harness.access.prepare([{ path: nacmPaths.nacm, keys: [], after }])).apply();
    expect(await heard(client, stream)).toEqual(names);
    const denied = ALL.length - names.length;
    expect(await harness.access.state()).toEqual([expect.stringContaining(`"denied-notifications":${denied}`)]);
  });

  test("such paths are in the form in which they are configured", () => {
    const path = (prefixes: string, text: string) =>
      `<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><rule-list><name>l</name><group>g</group><rule><name>r</name>` +
      `<path ${prefixes}>${text}</path><action>deny</action></rule></rule-list></nacm>`;
    const text =
      "/b:bmp/b:bmp-session[b:vpn-instance='_public_'][b:address='2001:db8::1'][b:alias='second']/e:session-up";
    engine.editCandidate(edit(path(`xmlns:b="urn:bmpconfd:yang:bmp" xmlns:e="${EVENTS}"`, text)));
    const units = engine.stage({ kind: "candidate" });
    commit(engine);
    expect(JSON.stringify(units)).toContain(
      `${SESSION}[vpn-instance='_public_'][address='2001:db8::1'][alias='second']/bmpconfd-events:session-up`,
    );
  });
});
