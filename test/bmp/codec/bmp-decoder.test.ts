import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BmpDecoder } from "../../../src/bmp/codec/bmp-decoder.ts";
import { encodeTermination } from "../../../src/bmp/codec/termination.ts";

const LIMIT = 1000;

const message = (text: string) => encodeTermination({ kind: "termination", strings: [text] });
const FIRST = message("first");
const SECOND = message("second, and longer");
const STREAM = Uint8Array.of(...FIRST, ...SECOND);

function pullAll(decoder: BmpDecoder): Uint8Array[] {
  const messages: Uint8Array[] = [];
  for (let next = decoder.next(); next !== undefined; next = decoder.next()) messages.push(Uint8Array.from(next));
  return messages;
}

describe("BmpDecoder", () => {
  test("finds messages that come whole, with the beginning of another", () => {
    const decoder = new BmpDecoder(LIMIT);
    decoder.push(Uint8Array.of(...STREAM, 3, 0));
    expect(pullAll(decoder)).toEqual([FIRST, SECOND]);
    decoder.push(FIRST.subarray(2));
    expect(pullAll(decoder)).toEqual([FIRST]);
  });

  test("finds messages that come byte by byte", () => {
    const decoder = new BmpDecoder(LIMIT);
    const found = [...STREAM].flatMap((byte) => {
      decoder.push(Uint8Array.of(byte));
      return pullAll(decoder);
    });
    expect(found).toEqual([FIRST, SECOND]);
  });

  test("finds the same messages however the stream is cut", () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ maxLength: 60 }), { maxLength: 12 }),
        fc.array(fc.nat(80), { maxLength: 200 }),
        (texts, sizes) => {
          const messages = texts.map(message);
          const stream = Uint8Array.from(messages.flatMap((bytes) => [...bytes]));
          const decoder = new BmpDecoder(LIMIT);
          const found: Uint8Array[] = [];
          let offset = 0;
          for (const size of [...sizes, stream.length]) {
            decoder.push(stream.slice(offset, offset + size));
            offset += size;
            found.push(...pullAll(decoder));
          }
          expect(found).toEqual(messages);
        },
      ),
    );
  });

  test("does not copy a message that lies in one piece", () => {
    const decoder = new BmpDecoder(LIMIT);
    decoder.push(STREAM);
    expect(decoder.next()?.buffer).toBe(STREAM.buffer);
  });

  test("takes a message of the limit and refuses a larger one before it has come", () => {
    const decoder = new BmpDecoder(FIRST.length);
    decoder.push(FIRST);
    expect(decoder.next()).toEqual(FIRST);
    decoder.push(Uint8Array.of(3, 0, 0, 0, FIRST.length + 1, 5));
    expect(() => decoder.next()).toThrow(
      expect.objectContaining({ name: "BmpError", message: "message of 16 octets" }),
    );
  });

  test.each([
    ["another version", [4, 0, 0, 0, 6, 5], "BMP version 4"],
    ["an impossible length", [3, 0, 0, 0, 0, 5], "message length 0"],
  ])("refuses %s", (_what, bytes, text) => {
    const decoder = new BmpDecoder(LIMIT);
    decoder.push(Uint8Array.from(bytes));
    expect(() => decoder.next()).toThrow(text);
  });
});
