import { beforeAll, describe, expect, test } from "vitest";
import { configChange, sessionEnd, sessionStart } from "../../src/notifications/base-notifications.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationMessage } from "../../src/notifications/stream-event.ts";
import { escapeAttribute } from "../../src/xml/escape.ts";
import { yangLimits } from "../../src/yang/limits.ts";
import type { EngineFixture } from "../datastore/engine-fixture.ts";
import { ManualClock } from "../datastore/manual-clock.ts";
import { EngineDatastores, engineOf } from "./engine-datastores.ts";
import { BASE, type Client, Harness, noUrls, OK, reply, rpc, settled } from "./harness.ts";

const NS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const BASE_EVENTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";
const REPLAY_COMPLETE = '<replayComplete xmlns="urn:ietf:params:xml:ns:netmod:notification"/>';

let engine: EngineFixture;
beforeAll(async () => {
  engine = await engineOf();
});

const create = (select: string, parameters = "") =>
  rpc(
    `<create-subscription xmlns="${NS}" xmlns:n="${BASE_EVENTS}"><filter type="xpath" select="${escapeAttribute(select)}"/>` +
      `${parameters}</create-subscription>`,
  );
const told = (content: string) => notificationMessage(Date.parse("2026-11-25T10:00:00Z"), content).toString();

const alice = { sessionId: 7, username: "alice", sourceHost: "2001:db8::7", user: undefined };
const bob = { ...alice, sessionId: 8, username: "bob" };
const keys = (alias: string) => `[bmp:vpn-instance='_public_'][bmp:address='::1'][bmp:alias='${alias}']`;
const edit = (alias: string) => ({
  operation: "create" as const,
  target: { text: `/bmp:bmp/bmp:bmp-session${keys(alias)}`, namespaces: { bmp: "urn:bmpconfd:yang:bmp" } },
});
const CHANGE = configChange({ by: bob, datastore: "running", edits: [edit("a"), edit("b")] });
/** All that happens in these tests. */
const EVENTS = {
  start: sessionStart(alice),
  change: CHANGE,
  end: sessionEnd(bob, { reason: "killed", killedBy: 7 }),
  unknown: '<herb xmlns="urn:example:events"><n>1</n></herb>',
};

function start(options: ConstructorParameters<typeof EventStream>[0] = {}) {
  const events = new EventStream({ clock: new ManualClock("2026-11-25T10:00:00Z"), ...options });
  const datastores = new EngineDatastores(engine);
  return { events, datastores, harness: new Harness({}, noUrls, datastores, events) };
}

async function subscriber(harness: Harness, select: string, parameters = ""): Promise<Client> {
  const client = await harness.open();
  expect(await client.ask(create(select, parameters))).toBe(OK);
  return client;
}

describe("an XPath filter (RFC 5277 section 3.6, RFC 6241 section 8.9) lets an event through whole if it selects anything", () => {
  test.each<[select: string, names: readonly (keyof typeof EVENTS)[]]>([
    ["/n:netconf-session-start", ["start"]],
    ["n:netconf-session-start", ["start"]],
    ["/n:netconf-session-start | /n:netconf-session-end", ["start", "end"]],
    ["//n:session-id", ["start", "change", "end"]],
    ["/*[n:username='bob']", ["end"]],
    ["//n:username[. = 'bob']", ["change", "end"]],
    ["/n:netconf-session-end[n:termination-reason='killed' and n:killed-by < 8]", ["end"]],
    ["/n:netconf-config-change[count(n:edit) = 2]", ["change"]],
    ["/n:netconf-config-change/n:edit[n:operation='delete']", []],
    ["/*[starts-with(n:source-host, '2001:db8:')]", ["start", "end"]],
    ["/netconf-session-start", []],
    ["/notification", []],
    ["//eventTime", []],
    ["/*[false()]", []],
  ])("%s", async (select, names) => {
    const { harness, events } = start();
    const client = await subscriber(harness, select);
    for (const event of Object.values(EVENTS)) events.publish(event);
    expect(await client.takeMessages()).toEqual(names.map((name) => told(EVENTS[name])));
  });

  test("the prefixes are those in scope where it stands; what they are called does not matter", async () => {
    const { harness, events } = start();
    const client = await harness.open();
    const filter = `<b:filter xmlns:b="${BASE}" xmlns:x="${BASE_EVENTS}" b:type="xpath" b:select="/x:netconf-session-start"/>`;
    expect(await client.ask(rpc(`<create-subscription xmlns="${NS}">${filter}</create-subscription>`))).toBe(OK);
    events.publish(EVENTS.end);
    events.publish(EVENTS.start);
    expect(await client.takeMessages()).toEqual([told(EVENTS.start)]);
  });

  test("in a replay too, and notices pass it", async () => {
    const { harness, events, datastores } = start();
    for (let round = 0; round < 100; round++) for (const event of Object.values(EVENTS)) events.publish(event);
    const time = "2026-11-25T10:00:00Z";
    const client = await subscriber(harness, "/n:netconf-session-end", `<startTime>${time}</startTime>`);
    const replayed = await client.takeMessages();
    expect(replayed).toEqual([...Array<string>(100).fill(told(EVENTS.end)), told(REPLAY_COMPLETE)]);
    // The first is the trial when the subscription is made. 400 events, and the start of this session.
    expect(datastores.selections).toEqual([1, 64, 64, 64, 64, 64, 64, 17]);
    events.publish(EVENTS.start);
    events.publish(EVENTS.end);
    expect(await client.takeMessages()).toEqual([told(EVENTS.end)]);
  });

  test("it is not asked about more when they have selectionBytes", async () => {
    const { harness, events, datastores } = start({ limits: { selectionBytes: 1_400 } });
    const size = told(CHANGE).length;
    expect(size).toBeGreaterThan(700);
    expect(size).toBeLessThan(1_400);
    const client = await subscriber(harness, "//n:edit");
    for (let count = 0; count < 5; count++) events.publish(CHANGE);
    expect(await client.takeMessages()).toHaveLength(5);
    expect(datastores.selections).toEqual([1, 2, 2, 1]);
  });

  test("a subscription that is closed meanwhile sends nothing", async () => {
    const { harness, events } = start();
    const client = await subscriber(harness, "//n:session-id");
    events.publish(EVENTS.start);
    client.handler.closed();
    await settled();
    expect(client.takeSent()).toBe("");
  });
});

describe("an expression that cannot be had is refused as for <get>", () => {
  const PATH =
    `<error-path xmlns:nc="${BASE}" xmlns:ncEvent="${NS}">` +
    "/nc:rpc/ncEvent:create-subscription/ncEvent:filter</error-path>";
  const SELECT = "<error-info><bad-attribute>select</bad-attribute><bad-element>filter</bad-element></error-info>";
  const error = (tag: string, message: string, info: string, path = PATH) =>
    reply(
      `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
        `${path}<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
    );
  test.each([
    ["/n:a[1", error("bad-attribute", "The expression is no XPath 1.0: ] expected, at character 7.", SELECT)],
    ["/u:a", error("bad-attribute", 'The prefix "u" is not declared on &lt;filter&gt; or around it.', SELECT)],
    ["count(/*)", error("invalid-value", "The result of the expression is no node set; select nodes.", "")],
    [
      "/*[re-match(., '(')]",
      error(
        "bad-attribute",
        'The expression cannot be evaluated: Regular expression "(" is not valid ("": missing closing parenthesis).',
        SELECT,
        "",
      ),
    ],
    [
      "/*[contains('a')]",
      error(
        "bad-attribute",
        "The expression cannot be evaluated: Invalid number of arguments (1) for the XPath function contains.",
        SELECT,
        "",
      ),
    ],
  ])("%s", async (select, answer) => {
    const { harness, events } = start();
    const client = await harness.open();
    expect(await client.ask(create(select))).toBe(answer);
    events.publish(EVENTS.start);
    expect(await client.takeMessages()).toEqual([]);
  });
});

test("a filter that is too costly for an event ends its session, and no other", async () => {
  const { harness, events } = start();
  const edits = Array.from({ length: 64 }, (_, index) => edit(`n${index}`));
  const costly = await subscriber(harness, "//*[count(//*[count(//*) = 1]) = 1]");
  const other = await subscriber(harness, "//n:edit");
  await costly.takeMessages();
  const large = configChange({ by: alice, datastore: "running", edits });
  events.publish(large);
  expect((await other.takeMessages())[0]).toBe(told(large));
  expect(costly.channel.ends).toEqual(["destroy"]);
  const reason =
    `the filter of its subscription: resource-denied: The expression looks at more than ${yangLimits.eventXpathNodes} nodes. ` +
    "Name the way to what is wanted, or use a subtree filter.";
  expect(harness.log.slice(-1)).toEqual([
    { level: "warn", message: "session ended", fields: { session: 1, user: "alice", reason } },
  ]);
});
