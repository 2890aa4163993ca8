import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { decodeLog } from "../../src/storage/log-content.ts";
import { encodeRecord } from "../../src/storage/record.ts";
import { change } from "./recorded.ts";

const encode = (id: number, text?: string): Buffer => {
  const { record, change: payload } = change(id, text);
  return encodeRecord(record, payload);
};

const checkOf = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

/** Logs after commit `after`, whose changes may hold anything that XML can, newlines above all. */
const logs = fc
  .tuple(
    fc.nat(1000),
    fc.array(fc.string({ unit: fc.constantFrom("<", ">", "a", "é", "\n", "{", '"', " ") }), {
      minLength: 1,
      maxLength: 6,
    }),
  )
  .map(([after, texts]) => ({ after, records: texts.map((text, index) => encode(after + 1 + index, text)) }));

/** Where each record ends. */
const endsOf = (records: readonly Buffer[]): number[] =>
  records.map((_, index) => Buffer.concat(records.slice(0, index + 1)).length);

test("a record is one line that a person can search, the change as it was given, and a newline", () => {
  expect(encode(41, "<a>\n</a>").toString()).toBe(
    '{"format":1,"id":41,"time":"2026-11-22T10:00:00.000Z","username":"admin","sessionId":7,"bytes":8,' +
      '"sha256":"230a684833848dbc10ed6d2c0b48df5ee422da790ab3d92fc34e5d4d4e77e319","check":"9ff3cd71eee7a88d"}\n' +
      "<a>\n</a>\n",
  );
});

test("what was written is read, in order", () => {
  fc.assert(
    fc.property(logs, ({ after, records }) => {
      const { changes, goodBytes, rest } = decodeLog(Buffer.concat(records), after);
      expect(rest).toBeUndefined();
      expect(goodBytes).toBe(Buffer.concat(records).length);
      expect(changes.map(({ record, change }) => encodeRecord(record, change))).toEqual(records);
    }),
  );
});

test("every beginning of a log gives the commits that are whole in it, and the rest is torn", () => {
  fc.assert(
    fc.property(logs, ({ after, records }) => {
      const whole = Buffer.concat(records);
      const ends = endsOf(records);
      for (let length = 0; length <= whole.length; length++) {
        const { changes, goodBytes, rest } = decodeLog(whole.subarray(0, length), after);
        const complete = ends.filter((end) => end <= length);
        expect([changes.length, goodBytes, rest?.isTorn]).toEqual([
          complete.length,
          complete.at(-1) ?? 0,
          length === (complete.at(-1) ?? 0) ? undefined : true,
        ]);
      }
    }),
    { numRuns: 30 },
  );
});

test("sectors of the last record that never reached the disk leave the commits before it", () => {
  const long = fc.array(fc.constantFrom("<x/>", "\n", "some text "), { minLength: 100, maxLength: 800 });
  fc.assert(
    fc.property(
      logs,
      long,
      fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }),
      ({ after, records }, text, lost) => {
        const before = Buffer.concat(records);
        const log = Buffer.concat([before, encode(after + records.length + 1, text.join(""))]);
        let isAnyLost = false;
        for (let from = before.length, n = 0; from < log.length; n++) {
          const to = Math.min(log.length, from + 512 - (from % 512));
          if (lost[n % lost.length] === true) {
            log.fill(0, from, to);
            isAnyLost = true;
          }
          from = to;
        }
        const { changes, rest } = decodeLog(log, after);
        expect([changes.length, rest?.isTorn]).toEqual(
          isAnyLost ? [records.length, true] : [records.length + 1, undefined],
        );
      },
    ),
  );
});

test("one flipped bit anywhere is damage, never a torn record and never another change", () => {
  const records = [encode(1, "<a> 1 @</a>"), encode(2, "<a>\n</a>\n"), encode(3, "")];
  const ends = endsOf(records);
  const log = Buffer.concat(records);
  for (let bit = 0; bit < log.length * 8; bit++) {
    const flipped = Buffer.from(log);
    const at = bit >> 3;
    flipped.writeUInt8((flipped[at] ?? 0) ^ (1 << (bit & 7)), at);
    const { changes, goodBytes, rest } = decodeLog(flipped, 0);
    const intact = ends.filter((end) => end <= at).length;
    expect([bit, changes.length, goodBytes, rest?.isTorn]).toEqual([bit, intact, ends[intact - 1] ?? 0, false]);
  }
});

test("bytes that were exchanged are never read as another change", () => {
  fc.assert(
    fc.property(logs, fc.nat(), fc.uint8Array({ minLength: 1, maxLength: 40 }), ({ after, records }, place, bytes) => {
      const log = Buffer.concat(records);
      const damaged = Buffer.from(log);
      damaged.set(bytes.subarray(0, log.length - (place % log.length)), place % log.length);
      fc.pre(!damaged.equals(log));
      const { changes, rest } = decodeLog(damaged, after);
      expect(rest).toBeDefined();
      expect(changes.map(({ record, change }) => encodeRecord(record, change))).toEqual(
        records.slice(0, changes.length),
      );
    }),
  );
});

const whole = Buffer.concat([encode(1), encode(2), encode(3)]);
const cut = (from: number, to: number): Buffer => Buffer.concat([whole.subarray(0, from), whole.subarray(to)]);
const [first = 0, second = 0] = endsOf([encode(1), encode(2)]);

test.each([
  ["a commit is missing", cut(first, second), 1, "commit 3 stands where commit 2 belongs"],
  ["a commit is there twice", Buffer.concat([encode(1), encode(1)]), 1, "commit 1 stands where commit 2 belongs"],
  ["a piece in the middle is missing", cut(second - 3, second), 1, "the checksum of commit 2 does not match"],
  [
    "a record lost its end before another one",
    Buffer.concat([encode(1), encode(2, "<x/>".repeat(500)).subarray(0, -1500), encode(3)]),
    1,
    "commit 2 has 710 of 2001 bytes",
  ],
  [
    "something else was appended",
    Buffer.concat([whole, Buffer.from("<!-- -->")]),
    3,
    "there is something that is no record",
  ],
  [
    "lines were appended",
    Buffer.concat([whole, Buffer.from("<a/>\n")]),
    3,
    "the header line of a record is not as it was written",
  ],
])("%s: that is damage", (_, log, commits, what) => {
  const { changes, rest } = decodeLog(log, 0);
  expect(changes).toHaveLength(commits);
  expect(rest).toMatchObject({ isTorn: false, what: expect.stringContaining(what) as string });
});

test("a sector that was lost before a later record is damage: the commit had been acknowledged", () => {
  const log = Buffer.concat([encode(1), encode(2, "<x/>".repeat(500)), encode(3)]);
  log.fill(0, 1024, 1536);
  expect(decodeLog(log, 0)).toMatchObject({ rest: { isTorn: false, what: "the checksum of commit 2 does not match" } });
});

test("a record of a later format is told as such", () => {
  const line = '{"format":2,"id":1,"bytes":0,"sha256":""';
  const sealed = encode(1)
    .toString()
    .replace(/^\{"format":1.*\n/, `${line},"check":"${checkOf(line)}"}\n`);
  expect(decodeLog(Buffer.from(sealed), 0).rest).toEqual({
    isTorn: false,
    what: "a record is in format 2; this version of bmpconfd knows 1",
  });
});
