import { describe, expect, test } from "vitest";
import { MrtError } from "../../../src/mrt/codec/mrt-error.ts";
import { type MrtRecord, RecordReader } from "../../../src/mrt/codec/record-reader.ts";
import { hex } from "../../bgp/codec/octets.ts";

// 2026-01-01T00:00:00Z: a PEER_INDEX_TABLE of no peers, and a BGP4MP_ET record of subtype 4, 250 µs later.
const INDEX = hex("6955b900 000d 0001 00000008 c00002fe 0000 0000");
const LATER = hex("6955b900 0011 0004 00000006 000000fa abcd");

function read(...pieces: Uint8Array[]): MrtRecord[] {
  const reader = new RecordReader(100);
  const records: MrtRecord[] = [];
  for (const piece of pieces) {
    reader.push(piece);
    for (let record = reader.next(); record !== undefined; record = reader.next())
      records.push({ ...record, body: Uint8Array.from(record.body) });
  }
  reader.end();
  return records;
}

const RECORDS = [
  { number: 1, offset: 0, timeMs: 1767225600000, type: 13, subtype: 1, body: hex("c00002fe00000000") },
  { number: 2, offset: 20, timeMs: 1767225600000.25, type: 17, subtype: 4, body: hex("abcd") },
];

describe("records come out the same", () => {
  const file = Buffer.concat([INDEX, LATER]);
  test("in one piece", () => expect(read(file)).toEqual(RECORDS));
  test("octet by octet", () => expect(read(...[...file].map((octet) => Uint8Array.of(octet)))).toEqual(RECORDS));
  test("in pieces that end anywhere", () => {
    for (let cut = 1; cut < file.length; cut++)
      expect(read(file.subarray(0, cut), file.subarray(cut))).toEqual(RECORDS);
  });
  test("none in a file of no octets", () => expect(read()).toEqual([]));
});

test("a record longer than the buffer is put together", () => {
  const body = new Uint8Array(1_000_000).fill(7);
  const reader = new RecordReader(1_000_000);
  reader.push(hex("6955b900 000d 0002 000f4240"));
  for (let at = 0; at < body.length; at += 65_536) {
    expect(reader.next()).toBe(undefined);
    reader.push(body.subarray(at, at + 65_536));
  }
  expect(Buffer.compare(reader.next()?.body as Uint8Array, body)).toBe(0);
  expect([reader.nextNumber, reader.nextOffset]).toEqual([2, 1_000_012]);
});

describe("what is no record is told", () => {
  test.each<[string, string, string]>([
    ["a type nobody registered", "6955b900 0012 0001 00000000", "there is no type 18"],
    ["a length beyond the limit", "6955b900 000d 0001 00000065", "101 octets where at most 100 are taken"],
    ["a header that is cut off", "6955b900 000d", "the file ends after 6 octets of it"],
    ["a body that is cut off", "6955b900 000d 0001 00000002 01", "the file ends after 13 octets of it"],
    [
      "microseconds that are cut off",
      "6955b900 0011 0004 00000003 000000",
      "microseconds need 4 octets where 3 are left",
    ],
    ["a million microseconds", "6955b900 0011 0004 00000004 000f4240", "1000000 microseconds are more than a second"],
  ])("%s", (_, octets, message) => {
    expect(() => read(hex(octets))).toThrow(new MrtError(message));
  });
});
