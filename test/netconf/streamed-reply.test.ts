import { describe, expect, test } from "vitest";
import { operationFailed } from "../../src/errors/constructors.ts";
import { FakeChannel } from "./fake-channel.ts";
import { FakeStream } from "./fake-stream.ts";
import { BASE, type Client, chunked, Harness, OK, reply, rpc } from "./harness.ts";

const nextTurn = () => new Promise((resolve) => setImmediate(resolve));
const GET = rpc("<get/>");
const CHILD = '<a xmlns="urn:a"/>';
const START = `<rpc-reply message-id="101" xmlns="${BASE}"><data>`;
const END = "</data></rpc-reply>";

/** A channel that remembers each write, and takes the next one only when it is told to. */
class SlowChannel extends FakeChannel {
  readonly writes: string[] = [];
  #waiting: (() => void)[] = [];
  isSlow = false;

  override write(bytes: Uint8Array): Promise<void> {
    this.writes.push(Buffer.from(bytes).toString());
    void super.write(bytes);
    if (!this.isSlow || this.ends.length > 0) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** The peer takes what was written. */
  async take(): Promise<void> {
    for (const taken of this.#waiting.splice(0)) taken();
    await nextTurn();
  }

  override destroy(): void {
    super.destroy();
    void this.take();
  }
}

interface Opened {
  readonly harness: Harness;
  readonly client: Client;
  readonly channel: SlowChannel;
  readonly stream: FakeStream;
}

/** A session that has said hello, and what the next `<get>` gives. */
async function open(pieces: Iterable<string | Error>, version: "1.0" | "1.1" = "1.1"): Promise<Opened> {
  const harness = new Harness();
  const channel = new SlowChannel();
  const client = await harness.open(version, channel);
  channel.writes.length = 0;
  const stream = new FakeStream(pieces);
  harness.datastores.streams.push(stream);
  return { harness, client, channel, stream };
}

/** As many pieces as anybody wants; `count` is asked of the stream. */
function* endless(): Iterable<string> {
  for (;;) yield CHILD;
}

describe("a reply that comes in pieces", () => {
  test("goes out in as many chunks (base:1.1, RFC 6242 section 4.2)", async () => {
    const { client, channel, stream } = await open([CHILD, "<b/>", "<c>€</c>"]);
    await client.send(chunked(GET));
    expect(channel.writes).toEqual([
      `\n#${START.length + CHILD.length}\n${START}${CHILD}`,
      "\n#4\n<b/>",
      `\n#${10 + END.length}\n<c>€</c>${END}\n##\n`,
    ]);
    expect([stream.asked, stream.closed]).toEqual([4, 0]);
  });

  test("goes out as it is, with one delimiter at its end (base:1.0, section 4.3)", async () => {
    const { client, channel } = await open([CHILD, "<b/>", "<c/>"], "1.0");
    await client.send(`${GET}]]>]]>`);
    expect(channel.writes).toEqual([START + CHILD, "<b/>", `<c/>${END}]]>]]>`]);
  });

  test("keeps the request's prefix and attributes (RFC 6241 section 4.2)", async () => {
    const { client } = await open([CHILD, "<b/>"], "1.0");
    await client.send(`<n:rpc xmlns:n="${BASE}" a="1" message-id='&lt;'><n:get/></n:rpc>]]>]]>`);
    expect(client.takeSent()).toBe(
      `<n:rpc-reply xmlns:n="${BASE}" a="1" message-id='&lt;'><data xmlns="${BASE}">${CHILD}<b/></data></n:rpc-reply>]]>]]>`,
    );
  });

  test.each([
    ["one piece", [CHILD], reply(`<data>${CHILD}</data>`)],
    ["no piece", [], reply("<data/>")],
  ])("is one write when it has %s", async (_, pieces, whole) => {
    const { client, channel } = await open(pieces);
    await client.send(chunked(GET));
    expect(channel.writes).toEqual([chunked(whole)]);
  });

  test("is followed by the answer to the next request", async () => {
    const { client, harness } = await open([CHILD, "<b/>"]);
    await client.send(chunked(GET) + chunked(rpc("<lock><target><running/></target></lock>")));
    expect(client.takeSent().endsWith(`${END}\n##\n${chunked(OK)}`)).toBe(true);
    expect(harness.datastores.calls.map(([name]) => name)).toEqual(["get", "lock"]);
  });
});

describe("a client that takes its reply slowly", () => {
  test("has three pieces in memory and no more, and gets all of them", async () => {
    const { client, channel, stream } = await open(
      Array.from({ length: 10 }, (_, index) => `<p>${index}</p>`),
      "1.0",
    );
    channel.isSlow = true;
    const sending = client.send(`${GET}]]>]]>`);
    await nextTurn();
    expect([channel.writes.length, stream.asked]).toEqual([1, 3]);
    await nextTurn();
    expect([channel.writes.length, stream.asked]).toEqual([1, 3]);
    await channel.take();
    expect([channel.writes.length, stream.asked]).toEqual([2, 4]);
    channel.isSlow = false;
    await channel.take();
    await sending;
    expect(client.takeSent()).toBe(
      `${START}${Array.from({ length: 10 }, (_, index) => `<p>${index}</p>`).join("")}${END}]]>]]>`,
    );
  });

  test("does not hold up another session", async () => {
    const { client, channel, harness } = await open(endless());
    channel.isSlow = true;
    void client.send(chunked(GET));
    await nextTurn();
    const other = await harness.open();
    expect(await other.ask(GET)).toBe(reply("<data/>"));
    channel.destroy();
    client.handler.closed();
  });

  test("is alive as long as it takes something, and idle when it takes nothing (idleTimeS)", async () => {
    const { client, channel, stream, harness } = await open(endless());
    channel.isSlow = true;
    const sending = client.send(chunked(GET));
    for (let piece = 0; piece < 5; piece++) {
      await nextTurn();
      expect(harness.timers.delaysMs).toEqual([3_600_000]);
      await channel.take();
    }
    stream.hold();
    await channel.take();
    await channel.take();
    // It waits for the server now, not the other way round.
    expect(harness.timers.delaysMs).toEqual([]);
    stream.release();
    await nextTurn();
    expect(harness.timers.delaysMs).toEqual([3_600_000]);
    harness.timers.elapseAll();
    await sending;
    expect(channel.ends).toEqual(["destroy"]);
    expect(stream.closed).toBeGreaterThan(0);
  });
});

describe("a stream ends with its session", () => {
  test("when the client is gone", async () => {
    const { client, channel, stream, harness } = await open(endless());
    channel.isSlow = true;
    const sending = client.send(chunked(GET));
    await nextTurn();
    client.handler.closed();
    expect(stream.closed).toBe(1);
    await channel.take();
    await sending;
    expect(stream.asked).toBe(3);
    expect(harness.log.at(-1)).toMatchObject({ message: "session ended", fields: { reason: "channel closed" } });
    expect(harness.server.sessionCount).toBe(0);
  });

  test("when the client is gone while a piece is being made", async () => {
    const { client, channel, stream } = await open(endless());
    channel.isSlow = true;
    const sending = client.send(chunked(GET));
    await nextTurn();
    stream.hold();
    await channel.take();
    client.handler.closed();
    await channel.take();
    await sending;
    expect(stream.closed).toBe(1);
  });

  test("by <kill-session>, which is answered at once", async () => {
    const { client, channel, stream, harness } = await open(endless());
    channel.isSlow = true;
    const sending = client.send(chunked(GET));
    await nextTurn();
    const killer = await harness.open();
    expect(await killer.ask(rpc("<kill-session><session-id>1</session-id></kill-session>"))).toBe(OK);
    await sending;
    expect(channel.ends).toEqual(["destroy"]);
    expect(stream.closed).toBeGreaterThan(0);
    expect(channel.writes).toHaveLength(1);
    expect(harness.datastores.endedSessions).toEqual([1]);
  });

  test("when the server stops", async () => {
    const { client, channel, stream, harness } = await open(endless());
    channel.isSlow = true;
    const sending = client.send(chunked(GET));
    await nextTurn();
    await harness.server.stop();
    expect([channel.ends, stream.closed]).toEqual([["close"], 1]);
    await channel.take();
    await sending;
    expect(channel.writes).toHaveLength(1);
  });

  test("while the first piece is being made", async () => {
    const { client, channel, stream } = await open([CHILD, "<b/>"]);
    stream.hold();
    const sending = client.send(chunked(GET));
    await nextTurn();
    client.handler.closed();
    await sending;
    expect([channel.writes, stream.closed]).toEqual([[], 1]);
  });

  test("that ended before there was one", async () => {
    const { client, channel, stream, harness } = await open([CHILD, "<b/>"]);
    harness.datastores.hold();
    const sending = client.send(chunked(GET));
    await nextTurn();
    client.handler.closed();
    harness.datastores.release();
    await sending;
    await nextTurn();
    expect([channel.writes, stream.closed]).toEqual([[], 1]);
  });
});

describe("a stream that fails", () => {
  const failure = operationFailed("The engine broke.");
  const error = reply(
    "<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag>" +
      '<error-severity>error</error-severity><error-message xml:lang="en">The engine broke.</error-message></rpc-error>',
  );

  test.each([
    ["at its first piece", [failure]],
    ["at its second, when nothing is sent yet", [CHILD, failure]],
  ])("%s is an error of the request", async (_, pieces) => {
    const { client, channel } = await open(pieces);
    await client.send(chunked(GET));
    expect(channel.writes).toEqual([chunked(error)]);
    expect(channel.ends).toEqual([]);
  });

  test("later ends the session, and the log says why", async () => {
    const { client, channel, stream, harness } = await open([CHILD, "<b/>", failure]);
    await client.send(chunked(GET) + chunked(rpc("<commit/>")));
    expect(client.takeSent()).toBe(`\n#${START.length + CHILD.length}\n${START}${CHILD}`);
    expect([channel.ends, stream.closed > 0]).toEqual([["destroy"], true]);
    expect(harness.log.filter(({ level }) => level !== "debug").slice(-2)).toEqual([
      {
        level: "error",
        message: "reply could not be completed",
        fields: { session: 1, user: "alice", error: failure },
      },
      {
        level: "info",
        message: "session ended",
        fields: { session: 1, user: "alice", reason: "reply could not be completed" },
      },
    ]);
    expect(harness.datastores.calls.map(([name]) => name)).toEqual(["get"]);
  });

  test("with the end-of-message delimiter in it is not let out (RFC 6242 section 4.3)", async () => {
    const { client, channel } = await open([CHILD, "]]>", "]]>", CHILD], "1.0");
    await client.send(`${GET}]]>]]>`);
    expect(channel.writes).toEqual([START + CHILD, "]]>"]);
    expect(channel.ends).toEqual(["destroy"]);
  });
});
