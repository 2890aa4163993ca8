import { expect, test } from "vitest";
import { MessageType } from "../../src/bmp/codec/iana.ts";
import { type ForkableMessages, MessageFeed, type PageSource } from "../../src/bmp/message-feed.ts";
import { MessageLog } from "../../src/bmp/message-log.ts";
import type { OutgoingMessage } from "../../src/bmp/outgoing-message.ts";
import { SharedDump } from "../../src/bmp/shared-dump.ts";

const PAGE_BYTES = 10;

/** Messages of one octet: 0, 1, 2, ... */
class Counting implements ForkableMessages {
  /** Of all forks. */
  static made = 0;
  static open = 0;
  #next: number;
  readonly #end: number;

  constructor(next: number, end: number) {
    this.#next = next;
    this.#end = end;
    Counting.open += 1;
  }

  next(): IteratorResult<OutgoingMessage, undefined> {
    if (this.#next === this.#end) return { done: true, value: undefined };
    Counting.made += 1;
    const bytes = Uint8Array.of(this.#next++);
    return { done: false, value: { kind: "encoded", type: MessageType.peerUp, bytes } };
  }

  return(): IteratorResult<OutgoingMessage, undefined> {
    Counting.open -= 1;
    return { done: true, value: undefined };
  }

  fork(): Counting {
    return new Counting(this.#next, this.#end);
  }
}

function sharedDump(messages: number, windowBytes = 1000) {
  Counting.made = 0;
  Counting.open = 0;
  const log = new MessageLog(100, () => {});
  const made = { log, isAbandoned: false };
  const feed = new MessageFeed(new Counting(0, messages), PAGE_BYTES);
  const dump = new SharedDump(feed, log.follow(), { windowBytes, abandoned: () => (made.isAbandoned = true) });
  return { made, dump };
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index);

function* read(reader: PageSource): Generator<number> {
  for (let page = reader.nextPage(); page !== undefined; page = reader.nextPage()) yield* page.from(0);
}

test("all who take part get the same pages, made once", () => {
  const { made, dump } = sharedDump(35);
  const [first, second] = [dump.join().reader, dump.join().reader];
  const pages = [first.nextPage(), first.nextPage()];
  expect([second.nextPage(), second.nextPage()]).toEqual(pages);
  const third = dump.join().reader;
  expect(third.nextPage()).toBe(pages[0]);
  expect([...read(first)]).toEqual(upTo(35).slice(20));
  expect([...read(second)]).toEqual(upTo(35).slice(20));
  expect(made.isAbandoned).toBe(false);
  expect([...read(third)]).toEqual(upTo(35).slice(10));
  expect([Counting.made, Counting.open, made.isAbandoned]).toEqual([35, 0, true]);
});

test("who is further behind than the window goes on alone", () => {
  const { dump } = sharedDump(100, 3 * PAGE_BYTES);
  const [quick, slow] = [dump.join().reader, dump.join().reader];
  slow.nextPage();
  for (let pages = 0; pages < 4; pages++) quick.nextPage();
  expect(Counting.open).toBe(1);
  quick.nextPage();
  // It took three pages with it, and makes its own from there on.
  expect(Counting.open).toBe(2);
  expect([...read(quick)]).toEqual(upTo(100).slice(50));
  expect(Counting.made).toBe(100);
  expect([...read(slow)]).toEqual(upTo(100).slice(10));
  // One message was made already, for the next page.
  expect(Counting.made).toBe(149);
});

test("one whose beginning is gone is not joined", () => {
  const { dump } = sharedDump(100, 3 * PAGE_BYTES);
  const { reader } = dump.join();
  for (let pages = 0; pages < 3; pages++) reader.nextPage();
  expect(dump.isJoinable).toBe(true);
  reader.nextPage();
  expect(dump.isJoinable).toBe(false);
});

test("one after which much has happened is not joined", () => {
  const { made, dump } = sharedDump(100, 30);
  const append = (length: number): void =>
    made.log.append({ kind: "encoded", type: MessageType.peerDown, bytes: new Uint8Array(length) });
  append(30);
  expect(dump.isJoinable).toBe(true);
  append(1);
  expect(dump.isJoinable).toBe(false);
});

test("all go on at that place of the log where the dump began", () => {
  const { made, dump } = sharedDump(1);
  made.log.append({ kind: "encoded", type: MessageType.peerDown, bytes: Uint8Array.of(7) });
  const cursors = [dump.join().cursor, dump.join().cursor];
  expect(cursors.map((cursor) => [...(cursor.take(new Float64Array(6)) ?? [])])).toEqual([[7], [7]]);
});

test("who gives up leaves nothing behind", () => {
  const { made, dump } = sharedDump(100, 3 * PAGE_BYTES);
  const [quick, slow] = [dump.join().reader, dump.join().reader];
  for (let pages = 0; pages < 5; pages++) quick.nextPage();
  expect(Counting.open).toBe(2);
  slow.close();
  expect(Counting.open).toBe(1);
  slow.close();
  expect(made.isAbandoned).toBe(false);
  quick.close();
  expect([Counting.open, made.isAbandoned]).toEqual([0, true]);
  expect([...read(slow), ...read(quick)]).toEqual([]);
});
