import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { MessageType } from "../../src/bmp/codec/iana.ts";
import { MessageLog } from "../../src/bmp/message-log.ts";
import { noMessages } from "../../src/bmp/message-page.ts";

const PAGE_BYTES = 10;

setFlagsFromString("--expose-gc");
const gc = runInNewContext("gc") as () => void;

function makeLog() {
  let filled = 0;
  const log = new MessageLog(PAGE_BYTES, () => {
    filled += 1;
  });
  const append = (text: string, type: MessageType = MessageType.peerUp) =>
    log.append({ kind: "encoded", type, bytes: Buffer.from(text) });
  return { log, append, filled: () => filled };
}

describe("the message log", () => {
  test("gives a reader what comes after it began, page by page, with the messages by type", () => {
    const { log, append, filled } = makeLog();
    append("before");
    const cursor = log.follow();
    append("abc");
    append("defgh", MessageType.peerDown);
    append("ij");
    const passed = noMessages();
    const slices: string[] = [];
    for (let slice = cursor.take(passed); slice !== undefined; slice = cursor.take(passed)) {
      slices.push(Buffer.from(slice).toString());
    }
    expect(slices).toEqual(["abc", "defghij"]);
    expect([...passed]).toEqual([0, 0, 1, 2, 0, 0, 0]);
    expect(filled()).toBe(1);
  });

  test("gives the rest of a page that was read before it was full", () => {
    const { log, append } = makeLog();
    const cursor = log.follow();
    const passed = noMessages();
    append("abc");
    const first = cursor.take(passed);
    append("def");
    expect(Buffer.from(first ?? []).toString()).toBe("abc");
    expect(Buffer.from(cursor.take(passed) ?? []).toString()).toBe("def");
    expect(cursor.take(passed)).toBeUndefined();
    expect([...passed]).toEqual([0, 0, 0, 2, 0, 0, 0]);
  });

  test("gives a message larger than a page a page of its own", () => {
    const { log, append } = makeLog();
    const cursor = log.follow();
    append("ab");
    append("a long message");
    append("cd");
    const passed = noMessages();
    const slices = [cursor.take(passed), cursor.take(passed), cursor.take(passed), cursor.take(passed)];
    expect(slices.map((slice) => slice && Buffer.from(slice).toString())).toEqual([
      "ab",
      "a long message",
      "cd",
      undefined,
    ]);
  });

  test("keeps nothing for a reader that it ends for of what comes after that", async () => {
    const { log, append } = makeLog();
    const [ending, other] = [log.follow(), log.follow()];
    append("abcdefgh");
    append("ijk");
    ending.endHere();
    append("lmn");
    append("a long message");
    append("op");
    const passed = noMessages();
    other.take(passed);
    other.take(passed);
    const later = new WeakRef((other.take(passed) as Uint8Array).buffer);
    other.take(passed);
    await new Promise(setImmediate);
    gc();
    expect(later.deref()).toBeUndefined();
    const rest = [ending.take(noMessages()), ending.take(noMessages()), ending.take(noMessages())];
    expect(rest.map((slice) => slice && Buffer.from(slice).toString())).toEqual(["abcdefgh", "ijk", undefined]);
  });

  test("knows how far behind each reader is", () => {
    const { log, append } = makeLog();
    const early = log.follow();
    append("abcdefgh");
    const late = log.follow();
    append("ijklm");
    expect([early.behindBytes, late.behindBytes, log.end]).toEqual([13, 5, 13]);
    early.take(noMessages());
    expect(early.behindBytes).toBe(5);
    early.take(noMessages());
    expect(early.behindBytes).toBe(0);
  });
});
