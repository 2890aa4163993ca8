import { describe, expect, test } from "vitest";
import { nacmPaths } from "../../src/nacm/nacm-units.ts";
import { EventStream } from "../../src/notifications/event-stream.ts";
import { notificationLimits } from "../../src/notifications/limits.ts";
import { ManualClock } from "../datastore/manual-clock.ts";
import { FakeChannel } from "./fake-channel.ts";
import { FakeStream } from "./fake-stream.ts";
import { BASE, type Client, chunked, clientHello, Harness, OK, reply, rpc, settled } from "./harness.ts";

const NS = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const BASE_EVENTS = "urn:ietf:params:xml:ns:yang:ietf-netconf-notifications";
const REPLAY = "urn:ietf:params:xml:ns:netmod:notification";

const create = (parameters = "") => rpc(`<create-subscription xmlns="${NS}">${parameters}</create-subscription>`);
const notification = (time: string, content: string) =>
  `<notification xmlns="${NS}"><eventTime>2026-11-25T${time}Z</eventTime>${content}</notification>`;
const replayComplete = (time: string) => notification(time, `<replayComplete xmlns="${REPLAY}"/>`);
const notificationComplete = (time: string) => notification(time, `<notificationComplete xmlns="${REPLAY}"/>`);
const identity = (id: number, user = "alice") =>
  `<username>${user}</username><session-id>${id}</session-id><source-host>192.0.2.1</source-host>`;
const started = (time: string, id: number, user?: string) =>
  notification(time, `<netconf-session-start xmlns="${BASE_EVENTS}">${identity(id, user)}</netconf-session-start>`);
const ended = (time: string, id: number, reason: string) =>
  notification(time, `<netconf-session-end xmlns="${BASE_EVENTS}">${identity(id)}${reason}</netconf-session-end>`);
const because = (reason: string) => `<termination-reason>${reason}</termination-reason>`;

/** A server whose clock begins at 10:00:00 on 2026-11-25. */
function start(limits: ConstructorParameters<typeof EventStream>[0] = {}) {
  const clock = new ManualClock("2026-11-25T10:00:00Z");
  const events = new EventStream({ clock, ...limits });
  return { clock, events, harness: new Harness({}, undefined, undefined, events) };
}

async function subscriber(harness: Harness, parameters = "", channel = new FakeChannel()): Promise<Client> {
  const client = await harness.open("1.1", channel);
  expect(await client.ask(create(parameters))).toBe(OK);
  return client;
}

const happened = (name: string) => `<${name} xmlns="urn:example:events"/>`;

test("what a rule keeps from the subscriber is left out and counted (RFC 8341 section 3.4.6)", async () => {
  const { harness, events } = start();
  const client = await subscriber(harness, "", new FakeChannel("ann", "staff"));
  const rule = {
    name: "quiet",
    "module-name": "*",
    "notification-name": "one",
    "access-operations": "*",
    action: "deny",
  };
  const after = { "read-default": "permit", "rule-list": [{ name: "night", group: ["staff"], rule: [rule] }] };
  (await harness.access.prepare([{ path: nacmPaths.nacm, keys: [], after }])).apply();
  events.publish(happened("one"));
  events.publish(happened("two"));
  expect(await client.takeMessages()).toEqual([notification("10:00:00.000", happened("two"))]);
  expect(await harness.access.state()).toEqual([expect.stringContaining('"denied-notifications":1')]);
});

describe("a subscription (RFC 5277 section 2.1.1)", () => {
  test("gets the events after it, each in a message of its own, and none from before", async () => {
    const { harness, events, clock } = start();
    events.publish(happened("before"));
    const client = await subscriber(harness);
    clock.advance(1_250);
    events.publish(happened("one"));
    events.publish(happened("two"));
    expect(await client.takeMessages()).toEqual([
      notification("10:00:01.250", happened("one")),
      notification("10:00:01.250", happened("two")),
    ]);
  });

  test("has its messages counted (RFC 6022 section 2.1.4)", async () => {
    const { harness, events } = start();
    const client = await subscriber(harness);
    events.publish(happened("one"));
    events.publish(happened("two"));
    await client.takeMessages();
    const state = (await harness.server.state()).join("");
    expect(state.match(/"out-notifications":"?\d+/g)).toEqual(Array(2).fill('"out-notifications":2'));
  });

  test("may be in base:1.0 framing, and with prefixes", async () => {
    const { harness, events } = start();
    const client = await harness.open("1.0");
    await client.send(
      `<nc:rpc xmlns:nc="${BASE}" message-id="101"><e:create-subscription xmlns:e="${NS}"><e:stream>NETCONF</e:stream>` +
        "</e:create-subscription></nc:rpc>]]>]]>",
    );
    client.takeSent();
    events.publish(happened("one"));
    await settled();
    expect(client.takeSent()).toBe(`${notification("10:00:00.000", happened("one"))}]]>]]>`);
  });

  test("begins behind its own reply, whatever happens before that is taken", async () => {
    const { harness, events } = start();
    const channel = new FakeChannel();
    const client = await harness.open("1.1", channel);
    channel.stall();
    const asking = client.send(chunked(create()));
    await settled();
    events.publish(happened("one"));
    expect(await client.takeMessages()).toEqual([OK]);
    channel.resume();
    await asking;
    expect(await client.takeMessages()).toEqual([notification("10:00:00.000", happened("one"))]);
  });

  test("leaves the session free for other operations (section 6), between whose replies it puts its messages", async () => {
    const { harness, events } = start();
    const client = await subscriber(harness);
    const stream = new FakeStream(["<a>", "<b/>", "<c/>", "</a>"]);
    stream.hold();
    harness.datastores.streams.push(stream);
    const asking = client.send(chunked(rpc("<get/>")));
    await settled();
    events.publish(happened("meanwhile"));
    expect(await client.takeMessages()).toEqual([notification("10:00:00.000", happened("meanwhile"))]);
    stream.release();
    events.publish(happened("during"));
    await asking;
    const during = notification("10:00:00.000", happened("during"));
    const messages = await client.takeMessages();
    expect(messages.toSorted()).toEqual([during, reply("<data><a><b/><c/></a></data>")].toSorted());
  });

  test("is never in the middle of a reply that is sent in pieces", async () => {
    const { harness, events } = start();
    const channel = new FakeChannel();
    const client = await subscriber(harness, "", channel);
    harness.datastores.streams.push(new FakeStream(["<a>", "<b/>", "<c/>", "<d/>", "</a>"]));
    channel.stall();
    const asking = client.send(chunked(rpc("<get/>")));
    await settled();
    events.publish(happened("during"));
    await settled();
    channel.resume();
    await asking;
    expect(await client.takeMessages()).toEqual([
      reply("<data><a><b/><c/><d/></a></data>"),
      notification("10:00:00.000", happened("during")),
    ]);
  });

  test("is the only one of its session (section 6.5.1), and of each session that wants one", async () => {
    const { harness, events } = start();
    const [first, second] = [await subscriber(harness), await subscriber(harness)];
    await first.takeMessages();
    expect(await first.ask(create())).toBe(
      reply(
        "<rpc-error><error-type>protocol</error-type><error-tag>operation-failed</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">The session has a subscription ' +
          "already; end it by ending the session, or open another session.</error-message></rpc-error>",
      ),
    );
    events.publish(happened("one"));
    const expected = [notification("10:00:00.000", happened("one"))];
    expect(await first.takeMessages()).toEqual(expected);
    expect(await second.takeMessages()).toEqual(expected);
  });

  test("that comes twice in one packet begins once", async () => {
    const { harness } = start();
    const client = await harness.open();
    await client.send(chunked(create()) + chunked(create()));
    const [one, two] = await client.takeMessages();
    expect(one).toBe(OK);
    expect(two).toContain("<error-tag>operation-failed</error-tag>");
  });

  test("is open to users who may only read", async () => {
    const { harness } = start();
    await subscriber(harness, "", new FakeChannel("bob", "monitor"));
  });

  test("keeps its session from being idle, as long as the client takes what it gets", async () => {
    const { harness, events } = start();
    const channel = new FakeChannel();
    await subscriber(harness, "", channel);
    await settled();
    expect(harness.timers.delaysMs).toEqual([]);
    channel.stall();
    events.publish(happened("one"));
    await settled();
    expect(harness.timers.delaysMs).toEqual([3_600_000]);
    channel.resume();
    await settled();
    expect(harness.timers.delaysMs).toEqual([]);
  });
});

describe("a filter", () => {
  const FRUIT = '<fruit xmlns="urn:example:events"><kind>apple</kind><weight>3</weight></fruit>';
  const two = (kind: string) => `<kind>${kind}</kind><weight>4</weight>`;
  test.each([
    ["in the base namespace, as ncclient sends it,", `<filter xmlns="${BASE}"><fruit/></filter>`, true],
    ["of nothing", "<filter/>", false],
    ["of another name", '<filter><herb xmlns="urn:example:events"/></filter>', false],
    ["of another namespace", '<filter><fruit xmlns="urn:example:other"/></filter>', false],
    ["of its name", '<filter type="subtree"><fruit xmlns="urn:example:events"/></filter>', true],
    ["of its name, in the namespace of the request", "<filter><fruit/></filter>", true],
    [
      "of one of several",
      '<filter><herb xmlns="urn:example:events"/><fruit xmlns="urn:example:events"/></filter>',
      true,
    ],
    ["of a value in it", "<filter><fruit><kind> apple </kind></fruit></filter>", true],
    ["of another value", "<filter><fruit><kind>pear</kind></fruit></filter>", false],
    ["of two values of which it has one", `<filter><fruit>${two("apple")}</fruit></filter>`, false],
    ["of a node in it", "<filter><fruit><weight/></fruit></filter>", true],
    ["of a node that it does not have", "<filter><fruit><colour/></fruit></filter>", false],
    ["of a value, and a node that it does not have", "<filter><fruit><kind>apple</kind><x/></fruit></filter>", false],
    ["with attributes", '<filter><fruit a="b"/></filter>', false],
  ])("%s", async (_, filter, isWanted) => {
    const { harness, events } = start();
    const client = await subscriber(harness, filter);
    events.publish(happened("other"));
    events.publish(FRUIT);
    // The whole of what is of interest is sent (section 2.1.1 speaks of a subset of events).
    expect(await client.takeMessages()).toEqual(isWanted ? [notification("10:00:00.000", FRUIT)] : []);
  });
});

describe("replay (section 3.3)", () => {
  /** Events at 10:00:00, :10, :20, and the session's start at :30. */
  async function withHistory(parameters: string) {
    const { harness, events, clock } = start();
    for (const name of ["zero", "ten", "twenty"]) {
      events.publish(happened(name));
      clock.advance(10_000);
    }
    const client = await harness.open();
    await client.send(chunked(create(parameters)));
    const [answer, ...replayed] = await client.takeMessages();
    expect(answer).toBe(OK);
    return { harness, events, clock, client, replayed };
  }
  const at = (second: string, name: string) => notification(`10:00:${second}.000`, happened(name));

  test("gives what happened since the start time, replayComplete, and what happens then", async () => {
    const history = await withHistory("<startTime>2026-11-25T10:00:10Z</startTime>");
    expect(history.replayed).toEqual([
      at("10", "ten"),
      at("20", "twenty"),
      started("10:00:30.000", 1),
      replayComplete("10:00:30.000"),
    ]);
    history.clock.advance(1_000);
    history.events.publish(happened("now"));
    expect(await history.client.takeMessages()).toEqual([at("31", "now")]);
  });

  test("from before the first event begins with that; time zones count", async () => {
    const early = await withHistory("<startTime>2026-11-25T08:59:59.5+00:00</startTime><filter><zero/></filter>");
    expect(early.replayed).toEqual([at("00", "zero"), replayComplete("10:00:30.000")]);
    const other = await withHistory("<startTime>2026-11-25T12:00:15+02:00</startTime><filter><twenty/><ten/></filter>");
    expect(other.replayed).toEqual([at("20", "twenty"), replayComplete("10:00:30.000")]);
  });

  test("up to a stop time in the past ends with both notices, and another subscription may follow", async () => {
    const times = "<startTime>2026-11-25T10:00:05Z</startTime><stopTime>2026-11-25T10:00:15Z</stopTime>";
    const { client, events, replayed } = await withHistory(times);
    expect(replayed).toEqual([at("10", "ten"), replayComplete("10:00:30.000"), notificationComplete("10:00:30.000")]);
    events.publish(happened("later"));
    expect(await client.takeMessages()).toEqual([]);
    expect(await client.ask(create())).toBe(OK);
    events.publish(happened("again"));
    expect(await client.takeMessages()).toEqual([at("30", "again")]);
  });

  test("up to a stop time to come ends then, be it that nothing happens", async () => {
    const times = "<startTime>2026-11-25T10:00:25Z</startTime><stopTime>2026-11-25T10:00:40Z</stopTime>";
    const { client, events, clock, harness } = await withHistory(times);
    clock.advance(10_000);
    events.publish(happened("in-time"));
    expect(await client.takeMessages()).toEqual([at("40", "in-time")]);
    clock.advance(1);
    expect(await client.takeMessages()).toEqual([notificationComplete("10:00:40.001")]);
    events.publish(happened("late"));
    expect(await client.takeMessages()).toEqual([]);
    expect(clock.waiting).toBe(0);
    // Without a subscription the session can be idle again.
    expect(harness.timers.delaysMs).toEqual([3_600_000]);
  });
});

describe("a request that is refused", () => {
  const error = (tag: string, path: string, message: string, info = "", type = "protocol") =>
    reply(
      `<rpc-error><error-type>${type}</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
        `<error-path xmlns:nc="${BASE}" xmlns:ncEvent="${NS}">/nc:rpc/ncEvent:create-subscription${path}</error-path>` +
        `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
    );
  const bad = (element: string) => `<error-info><bad-element>${element}</bad-element></error-info>`;
  const elements = (count: number) => `<filter>${"<x/>".repeat(count)}</filter>`;
  test.each([
    [
      "an unknown stream",
      "<stream>SNMP</stream>",
      error("invalid-value", "/ncEvent:stream", 'There is no such stream; use "NETCONF", or leave &lt;stream&gt; out.'),
    ],
    [
      "a stop time without a start time",
      "<stopTime>2026-11-25T10:00:00Z</stopTime>",
      error(
        "missing-element",
        "",
        "&lt;stopTime&gt; goes with &lt;startTime&gt; only; add that, or leave &lt;stopTime&gt; out.",
        bad("startTime"),
      ),
    ],
    [
      "a stop time before the start time",
      "<startTime>2026-11-25T09:00:00Z</startTime><stopTime>2026-11-25T08:59:59Z</stopTime>",
      error(
        "bad-element",
        "/ncEvent:stopTime",
        "&lt;stopTime&gt; is not later than &lt;startTime&gt;; make it later, or leave it out.",
        bad("stopTime"),
      ),
    ],
    [
      "a start time to come",
      "<startTime>2026-11-25T10:00:00.001Z</startTime>",
      error(
        "bad-element",
        "/ncEvent:startTime",
        "&lt;startTime&gt; is in the future; leave it out to be told of new events only.",
        bad("startTime"),
      ),
    ],
    ...[
      "yesterday",
      "2026-11-25T10:00:00",
      "2026-02-30T10:00:00Z",
      "2026-11-25T24:00:00Z",
      "2026-11-25T10:00:00+25:00",
      "",
    ].map((time) => [
      `"${time}" for a time`,
      `<startTime>${time}</startTime>`,
      error(
        "invalid-value",
        "/ncEvent:startTime",
        "The value of &lt;startTime&gt; is wrong; use a date and time with a time zone, such as 2026-01-31T12:00:00Z.",
      ),
    ]),
    [
      "a filter with too many elements",
      elements(notificationLimits.filterElements + 1),
      error(
        "too-big",
        "/ncEvent:filter",
        "A subscription's filter has at most 128 elements; select more with fewer of them.",
      ),
    ],
    [
      "a parameter that there is not",
      "<streams/>",
      error(
        "unknown-element",
        "",
        "&lt;streams&gt; is not expected in &lt;create-subscription&gt;; its parameters are &lt;stream&gt;, " +
          "&lt;filter&gt;, &lt;startTime&gt;, &lt;stopTime&gt;.",
        bad("streams"),
      ),
    ],
    [
      "a parameter in another namespace",
      `<stream xmlns="${BASE}">NETCONF</stream>`,
      error(
        "unknown-namespace",
        "",
        `&lt;stream&gt; in &lt;create-subscription&gt; is in namespace "${BASE}"; put it into "${NS}".`,
        `<error-info><bad-element>stream</bad-element><bad-namespace>${BASE}</bad-namespace></error-info>`,
      ),
    ],
  ])("for %s leaves the session without one", async (_, parameters, answer) => {
    const { harness, events } = start();
    const client = await harness.open();
    expect(await client.ask(create(parameters))).toBe(answer);
    events.publish(happened("one"));
    expect(await client.takeMessages()).toEqual([]);
    expect(await client.ask(create(elements(notificationLimits.filterElements)))).toBe(OK);
  });
});

describe("a subscriber that does not read", () => {
  test("costs nothing, stalls nobody, and loses its session when what it has to get is kept no more", async () => {
    const { harness, events } = start({ limits: { recentEvents: 10 } });
    const channel = new FakeChannel();
    const [slow, quick] = [await subscriber(harness, "", channel), await subscriber(harness)];
    channel.stall();
    await slow.takeMessages();
    for (let count = 0; count < 11; count++) {
      events.publish(happened(`n${count}`));
      expect(await quick.takeMessages()).toEqual([notification("10:00:00.000", happened(`n${count}`))]);
    }
    // It was given the first; the ring has the ten after it.
    expect(await slow.takeMessages()).toEqual([notification("10:00:00.000", happened("n0"))]);
    expect(channel.ends).toEqual([]);
    events.publish(happened("n11"));
    channel.resume();
    await quick.takeMessages();
    expect(channel.ends).toEqual(["destroy"]);
    expect(events.lostSubscribers).toBe(1);
    const fields = { session: 1, user: "alice", reason: "events that it has not taken are kept no more" };
    expect(harness.log.slice(-1)).toEqual([{ level: "warn", message: "session ended", fields }]);
    expect(await quick.takeMessages()).toEqual([]);
  });

  test("is measured in bytes, too", async () => {
    const { harness, events } = start({ limits: { recentBytes: 1_000 } });
    const channel = new FakeChannel();
    const slow = await subscriber(harness, "", channel);
    channel.stall();
    for (let count = 0; count < 8; count++) events.publish(happened("x"));
    await slow.takeMessages();
    channel.resume();
    await slow.takeMessages();
    expect(channel.ends).toEqual(["destroy"]);
  });
});

describe("the sessions' own events (RFC 6470)", () => {
  test("tell of each start and of each end with its reason", async () => {
    const { harness } = start();
    const client = await subscriber(harness);
    const other = async () => {
      const opened = await harness.open();
      await client.takeMessages();
      return opened;
    };
    harness.connect(new FakeChannel("<bob>\n", "monitor"));
    expect(await client.takeMessages()).toEqual([started("10:00:00.000", 2, "&lt;bob&gt;&#10;")]);

    await (await other()).ask(rpc("<close-session/>"));
    expect(await client.takeMessages()).toEqual([ended("10:00:00.000", 3, because("closed"))]);

    (await other()).handler.closed();
    expect(await client.takeMessages()).toEqual([ended("10:00:00.000", 4, because("dropped"))]);

    await other();
    await client.send(chunked(rpc("<kill-session><session-id>5</session-id></kill-session>")));
    const [ok, killed] = (await client.takeMessages()).toSorted((a) => (a === OK ? -1 : 1));
    expect([ok, killed]).toEqual([OK, ended("10:00:00.000", 5, `<killed-by>1</killed-by>${because("killed")}`)]);

    await (await other()).send("no chunk");
    expect(await client.takeMessages()).toEqual([ended("10:00:00.000", 6, because("other"))]);

    await harness.connect().send(clientHello("9.9"));
    expect(await client.takeMessages()).toEqual([
      started("10:00:00.000", 7),
      ended("10:00:00.000", 7, because("bad-hello")),
    ]);

    harness.timers.elapseAll();
    expect((await client.takeMessages()).join()).toContain(because("timeout"));
  });

  test("tell the others, and not the one that ends", async () => {
    const { harness } = start();
    const [first, second] = [await subscriber(harness), await subscriber(harness)];
    await first.takeMessages();
    await first.send(chunked(rpc("<close-session/>")));
    expect(await first.takeMessages()).toEqual([OK]);
    expect(await second.takeMessages()).toEqual([ended("10:00:00.000", 1, because("closed"))]);
  });
});
