import { describe, expect, test } from "vitest";
import { netconfLimits } from "../../src/netconf/limits.ts";
import { xmlLimits } from "../../src/xml/limits.ts";
import { FakeChannel } from "./fake-channel.ts";
import { BASE, chunked, clientHello, Harness, OK, reply, rpc } from "./harness.ts";

const LOCK = rpc("<lock><target><running/></target></lock>");
const nextTurn = () => new Promise((resolve) => setImmediate(resolve));

describe("requests of one session (RFC 6241 section 4.5)", () => {
  test("that change something are answered in their order, one at a time, however many come at once", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.hold();
    const requests = [1, 2, 3].map((id) => rpc("<discard-changes/>").replace("101", String(id)));
    let taken = false;
    const sending = client.send(requests.map(chunked).join("")).then(() => {
      taken = true;
    });
    await nextTurn();
    expect(harness.datastores.calls).toHaveLength(1);
    expect(client.takeSent()).toBe("");
    expect(taken).toBe(false);
    harness.datastores.release();
    await sending;
    expect(client.takeSent()).toBe([1, 2, 3].map((id) => chunked(OK.replace("101", String(id)))).join(""));
  });

  test("that change nothing overlap, up to requestsAtOnce, and are answered in their order", async () => {
    const harness = new Harness({ requestsAtOnce: 3 });
    const client = await harness.open();
    harness.datastores.hold();
    const requests = [1, 2, 3, 4].map((id) => rpc("<get/>").replace("101", String(id)));
    const sending = client.send(requests.map(chunked).join(""));
    await nextTurn();
    expect(harness.datastores.calls).toHaveLength(3);
    expect(client.takeSent()).toBe("");
    harness.datastores.release();
    await sending;
    expect(harness.datastores.calls).toHaveLength(4);
    expect(client.takeSent()).toBe(
      [1, 2, 3, 4].map((id) => chunked(reply("<data/>").replace("101", String(id)))).join(""),
    );
  });

  test("that read see what those before them changed, and those after them do not change what they see", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.hold();
    const operations = ["<get/>", "<discard-changes/>", "<get/>", "<nothing/>", "<get/>"];
    const sending = client.send(operations.map((operation) => chunked(rpc(operation))).join(""));
    await nextTurn();
    expect(harness.datastores.calls.map(([name]) => name)).toEqual(["get"]);
    harness.datastores.release();
    await sending;
    expect(harness.datastores.calls.map(([name]) => name)).toEqual(["get", "discardChanges", "get", "get"]);
  });

  test("behind a <close-session> are not run", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.send(chunked(rpc("<close-session/>")) + chunked(rpc("<discard-changes/>")) + chunked(rpc("<get/>")));
    await nextTurn();
    expect(harness.datastores.calls).toEqual([]);
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test("wait until the client has taken the reply before", async () => {
    const harness = new Harness();
    const channel = new FakeChannel();
    const client = await harness.open("1.1", channel);
    channel.stall();
    const sending = client.send(chunked(rpc("<get/>")) + chunked(rpc("<discard-changes/>")));
    await nextTurn();
    expect(client.takeSent()).toBe(chunked(reply("<data/>")));
    expect(harness.datastores.calls).toHaveLength(1);
    channel.destroy();
    client.handler.closed();
    await sending;
    expect(harness.datastores.calls.map(([name]) => name)).toEqual(["get"]);
  });

  test("of one session do not hold up those of another", async () => {
    const harness = new Harness();
    const [slow, quick] = [await harness.open(), await harness.open()];
    harness.datastores.hold();
    const waiting = slow.send(chunked(LOCK));
    await nextTurn();
    expect(await quick.ask(rpc("<nothing/>"))).toContain("operation-not-supported");
    harness.datastores.release();
    await waiting;
  });

  test("however large do not hold up those of another: they are read stepBytes at a time", async () => {
    const harness = new Harness();
    const [large, quick] = [await harness.open(), await harness.open()];
    const config = `<config><a xmlns="urn:a">${"<b>c</b>".repeat((10 * xmlLimits.stepBytes) / 8)}</a></config>`;
    const sending = large.send(chunked(rpc(`<edit-config><target><candidate/></target>${config}</edit-config>`)));
    // Ten steps decode it, ten more look for its end; this counts what comes between them.
    let turns = 0;
    const count = () => {
      turns++;
      if (harness.datastores.calls.length < 2) setImmediate(count);
    };
    setImmediate(count);
    expect(await quick.ask(rpc("<get/>"))).toBe(reply("<data/>"));
    expect(harness.datastores.calls).toEqual([["get", undefined]]);
    await sending;
    expect(turns).toBeGreaterThanOrEqual(19);
    expect(harness.datastores.calls[1]?.slice(0, 2)).toEqual(["edit", 1]);
  });

  test("base:1.0 framing all the way", async () => {
    const client = await new Harness().open("1.0");
    await client.send(`${LOCK}]]>]]>\n${rpc("<get/>")}]]>]]>`);
    expect(client.takeSent()).toBe(`${OK}]]>]]>${reply("<data/>")}]]>]]>`);
  });
});

describe("the end of a session", () => {
  test("<close-session> is answered, then the channel closes (RFC 6241 section 7.8)", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.ask(LOCK);
    await client.send(chunked(rpc("<close-session/>")) + chunked(rpc("<commit/>")));
    expect(client.takeSent()).toBe(chunked(OK));
    expect(client.channel.ends).toEqual(["close"]);
    client.handler.closed();
    await client.send(chunked(rpc("<commit/>")));
    expect(harness.datastores.calls).toEqual([["lock", 1, "running"]]);
    expect(harness.datastores.endedSessions).toEqual([1]);
    expect([...harness.datastores.locks]).toEqual([]);
  });

  test("a dropped connection releases the locks, once", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.ask(LOCK);
    client.handler.closed();
    await nextTurn();
    expect(harness.datastores.endedSessions).toEqual([1]);
    expect(client.channel.ends).toEqual([]);
    expect(harness.server.sessionCount).toBe(0);
    await harness.server.stop();
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test("while an operation runs: its answer is dropped, and the lock it took is released after it", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.hold();
    const sending = client.send(chunked(LOCK) + chunked(rpc("<commit/>")));
    await nextTurn();
    client.handler.closed();
    await nextTurn();
    expect(harness.datastores.endedSessions).toEqual([]);
    expect(harness.server.sessionCount).toBe(1);
    harness.datastores.release();
    await sending;
    await nextTurn();
    expect(client.takeSent()).toBe("");
    expect(harness.datastores.calls).toEqual([["lock", 1, "running"]]);
    expect(harness.datastores.endedSessions).toEqual([1]);
    expect([...harness.datastores.locks]).toEqual([]);
    expect(harness.server.sessionCount).toBe(0);
  });

  test("stop waits for a session that has ended and still works, and leaves its channel alone", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.hold();
    const sending = client.send(chunked(LOCK));
    await nextTurn();
    client.handler.closed();
    const stopping = harness.server.stop();
    harness.datastores.release();
    await Promise.all([sending, stopping]);
    expect(client.channel.ends).toEqual([]);
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test("bytes that are no chunk end it without a word (RFC 6242 section 4.2)", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.send(`${chunked(rpc("<get/>"))}\n#007\n${chunked(rpc("<commit/>"))}`);
    expect(client.takeSent()).toBe(chunked(reply("<data/>")));
    expect(client.channel.ends).toEqual(["close"]);
    expect(harness.datastores.calls).toEqual([["get", undefined]]);
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test("locks that cannot be released are logged, and the session is gone all the same", async () => {
    const harness = new Harness();
    const client = await harness.open();
    const error = new Error("engine gone");
    harness.datastores.sessionEnded = () => Promise.reject(error);
    client.handler.closed();
    await nextTurn();
    expect(harness.log.at(-1)).toEqual({
      level: "error",
      message: "locks not released",
      fields: { session: 1, user: "alice", error },
    });
    expect(harness.server.sessionCount).toBe(0);
  });

  test("stop closes every session, waits for what runs, and refuses new ones", async () => {
    const harness = new Harness();
    const [idle, busy] = [await harness.open(), await harness.open()];
    harness.datastores.hold();
    const sending = busy.send(chunked(LOCK));
    await nextTurn();
    let hasStopped = false;
    const stopping = harness.server.stop().then(() => {
      hasStopped = true;
    });
    await nextTurn();
    expect([idle.channel.ends, busy.channel.ends, hasStopped]).toEqual([["close"], ["close"], false]);
    const late = harness.connect();
    expect([late.takeSent(), late.channel.ends]).toEqual(["", ["close"]]);
    harness.datastores.release();
    await Promise.all([sending, stopping]);
    expect(harness.datastores.endedSessions).toEqual([1, 2]);
  });
});

const kill = (id: number) => rpc(`<kill-session><session-id>${id}</session-id></kill-session>`);
const refused = (message: string) =>
  reply(
    "<rpc-error><error-type>protocol</error-type><error-tag>invalid-value</error-tag>" +
      "<error-severity>error</error-severity>" +
      `<error-path xmlns:nc="${BASE}">/nc:rpc/nc:kill-session/nc:session-id</error-path>` +
      `<error-message xml:lang="en">${message}</error-message></rpc-error>`,
  );

describe("<kill-session> (RFC 6241 section 7.9)", () => {
  test("drops the other session and is answered when its locks are free", async () => {
    const harness = new Harness();
    const [killer, victim] = [await harness.open(), await harness.open()];
    await victim.ask(LOCK);
    expect(await killer.ask(LOCK)).toContain("<session-id>2</session-id>");
    expect(await killer.ask(kill(2))).toBe(OK);
    expect(victim.channel.ends).toEqual(["destroy"]);
    expect(await killer.ask(LOCK)).toBe(OK);
    expect(harness.datastores.endedSessions).toEqual([2]);
  });

  test("waits for the operation that the other session has in work", async () => {
    const harness = new Harness();
    const [killer, victim] = [await harness.open(), await harness.open()];
    harness.datastores.hold();
    const locking = victim.send(chunked(LOCK));
    await nextTurn();
    const killing = killer.ask(kill(2));
    await nextTurn();
    expect(killer.takeSent()).toBe("");
    harness.datastores.release();
    expect(await killing).toBe(OK);
    await locking;
    expect([...harness.datastores.locks]).toEqual([]);
  });

  test("of one another: the first ends the second, whose request is not begun", async () => {
    const harness = new Harness();
    const [one, two] = [await harness.open(), await harness.open()];
    await Promise.all([one.send(chunked(kill(2))), two.send(chunked(kill(1)))]);
    expect([one.takeSent(), two.takeSent()]).toEqual([chunked(OK), ""]);
    expect([one.channel.ends, two.channel.ends]).toEqual([[], ["destroy"]]);
    expect(harness.datastores.endedSessions).toEqual([2]);
  });

  test("frees a session that waits for the end of another", async () => {
    const harness = new Harness();
    const [one, two, three] = [await harness.open(), await harness.open(), await harness.open()];
    harness.datastores.hold();
    const all = [three.send(chunked(LOCK))];
    await nextTurn();
    all.push(two.send(chunked(kill(3))), one.send(chunked(kill(2))));
    await nextTurn();
    expect([two.channel.ends, three.channel.ends]).toEqual([["destroy"], ["destroy"]]);
    harness.datastores.release();
    await Promise.all(all);
    expect([one.takeSent(), two.takeSent()]).toEqual([chunked(OK), ""]);
    expect(harness.datastores.endedSessions).toEqual([3, 2]);
  });

  test("reaches a session that has not said hello", async () => {
    const harness = new Harness();
    const killer = await harness.open();
    const silent = harness.connect();
    expect(await killer.ask(kill(2))).toBe(OK);
    expect(silent.channel.ends).toEqual(["destroy"]);
  });

  test("one's own session", async () => {
    const client = await new Harness().open();
    expect(await client.ask(kill(1))).toBe(refused("A session cannot kill itself; use &lt;close-session&gt;."));
  });

  test("a session that there is not, or no more", async () => {
    const harness = new Harness();
    const [client, gone] = [await harness.open(), await harness.open()];
    gone.handler.closed();
    await nextTurn();
    expect(await client.ask(kill(2))).toBe(refused("There is no session 2."));
    expect(await client.ask(kill(3))).toBe(refused("There is no session 3."));
  });
});

describe("limits", () => {
  test("are as documented", () => {
    expect(netconfLimits).toEqual({
      entriesPerDocument: 250,
      descriptionCharacters: 1024,
      helloBytes: 65_536,
      helloTimeS: 30,
      messageBytes: 16_777_216,
      persistCharacters: 1024,
      requestsAtOnce: 8,
      idleTimeS: 3600,
      selectCharacters: 8192,
      sessions: 512,
    });
  });

  test("a hello longer than helloBytes ends the session", async () => {
    const client = new Harness({ helloBytes: 100 }).connect();
    client.takeSent();
    await client.send(clientHello("1.0", "1.1"));
    expect([client.takeSent(), client.channel.ends]).toEqual(["", ["close"]]);
  });

  test("no whole hello within helloTimeS ends the session, however many bytes of it come", async () => {
    const harness = new Harness({ helloTimeS: 7 });
    const client = harness.connect();
    expect(harness.timers.delaysMs).toEqual([7000]);
    await client.send("<hello");
    expect(harness.timers.delaysMs).toEqual([7000]);
    harness.timers.elapseAll();
    await nextTurn();
    expect(client.channel.ends).toEqual(["destroy"]);
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test.each(["1.0", "1.1"] as const)(
    "a message longer than messageBytes: too-big, then the end (base:%s)",
    async (version) => {
      const client = await new Harness({ messageBytes: 200 }).open(version);
      const request = rpc(`<get>${" ".repeat(200)}</get>`);
      await client.send(version === "1.1" ? chunked(request) : `${request}]]>]]>`);
      const answer =
        `<rpc-reply xmlns="${BASE}"><rpc-error><error-type>rpc</error-type><error-tag>too-big</error-tag>` +
        '<error-severity>error</error-severity><error-message xml:lang="en">' +
        "The message is longer than the 200 bytes this server takes. The session ends.</error-message></rpc-error>" +
        "</rpc-reply>";
      expect(client.takeSent()).toBe(version === "1.1" ? chunked(answer) : `${answer}]]>]]>`);
      expect(client.channel.ends).toEqual(["close"]);
    },
  );

  test("idleTimeS without a byte ends the session and frees its locks", async () => {
    const harness = new Harness({ idleTimeS: 60 });
    const client = await harness.open();
    await client.ask(LOCK);
    expect(harness.timers.delaysMs).toEqual([60_000]);
    harness.timers.elapseAll();
    await nextTurn();
    expect(client.channel.ends).toEqual(["destroy"]);
    expect([...harness.datastores.locks]).toEqual([]);
  });

  test("idleTimeS also ends a session whose client does not take its replies", async () => {
    const harness = new Harness({ idleTimeS: 60 });
    const channel = new FakeChannel();
    const client = await harness.open("1.1", channel);
    channel.stall();
    const sending = client.send(chunked(rpc("<get/>")));
    await nextTurn();
    expect(harness.timers.delaysMs).toEqual([60_000]);
    harness.timers.elapseAll();
    await sending;
    expect(channel.ends).toEqual(["destroy"]);
  });

  test("a session whose operation takes long is not idle", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.hold();
    const sending = client.send(chunked(LOCK));
    await nextTurn();
    expect(harness.timers.delaysMs).toEqual([]);
    harness.datastores.release();
    await sending;
    expect(harness.timers.delaysMs).toEqual([3_600_000]);
  });

  test("an ended session leaves no timer", async () => {
    const harness = new Harness();
    const client = await harness.open();
    await client.ask(rpc("<close-session/>"));
    expect(harness.timers.delaysMs).toEqual([]);
  });

  test("no more than `sessions` at once", async () => {
    const harness = new Harness({ sessions: 2 });
    const first = await harness.open();
    await harness.open();
    const third = harness.connect();
    expect([third.takeSent(), third.channel.ends]).toEqual(["", ["close"]]);
    expect(harness.log.at(-1)).toEqual({
      level: "warn",
      message: "session refused",
      fields: { reason: "too many sessions", user: "alice", address: "192.0.2.1", port: 40000 },
    });
    first.handler.closed();
    await nextTurn();
    expect(harness.connect().takeSent()).toContain("<session-id>3</session-id>");
  });
});
