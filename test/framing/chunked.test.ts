import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ChunkedDecoder } from "../../src/framing/chunked-decoder.ts";
import { ChunkedEncoder } from "../../src/framing/chunked-encoder.ts";
import { bothWays, feed, split } from "./feed.ts";

const MAX = 64;
const decode = (bytes: string, max = MAX) => bothWays(bytes).map((pieces) => feed(new ChunkedDecoder(max), pieces));
const malformed = (message: string) => ({ reason: "malformed", message });

describe("chunked framing (RFC 6242 4.2)", () => {
  test.each([
    ["one chunk", "\n#4\n<a/>\n##\n", ["<a/>"]],
    ["the example of the RFC", '\n#4\n<rpc\n#18\n message-id="102"\n\n#3\n/>\n\n##\n', ['<rpc message-id="102"\n/>\n']],
    ["chunks that hold framing characters", "\n#5\n\n##\n#\n#1\n\n\n##\n", ["\n##\n#\n"]],
    ["several messages in one piece", "\n#1\na\n##\n\n#1\nb\n#1\nc\n##\n", ["a", "bc"]],
    ["a message cut inside its last header", "\n#1\na\n##\n\n#1\nb\n##", ["a"]],
    ["the longest message", `\n#${MAX}\n${"x".repeat(MAX)}\n##\n`, ["x".repeat(MAX)]],
  ])("decodes %s, whole and byte by byte", (_, bytes, messages) => {
    for (const decoded of decode(bytes)) expect(decoded).toEqual({ messages });
  });

  test("a UTF-8 character may be cut by a chunk", () => {
    const euro = Buffer.from("€");
    const pieces = [Buffer.from("\n#1\n"), euro.subarray(0, 1), Buffer.from("\n#2\n"), euro.subarray(1), "\n##\n"];
    expect(feed(new ChunkedDecoder(MAX), pieces)).toEqual({ messages: ["€"] });
  });

  test.each([
    ["no line feed", "#4\n<a/>", "Byte 0x23 where the chunked framing has a line feed."],
    ["end-of-message framing", "<rpc/>]]>]]>", "Byte 0x3c where the chunked framing has a line feed."],
    ["CR LF", "\r\n#4\r\n", "Byte 0x0d where the chunked framing has a line feed."],
    ["no '#'", "\n4\n", "Byte 0x34 where the chunked framing has '#'."],
    ["an empty chunk-size", "\n#\n", "Byte 0x0a where the chunked framing has a digit."],
    ["a sign", "\n#+4\n", "Byte 0x2b where the chunked framing has a digit."],
    ["hexadecimal digits", "\n#1a\n", "Byte 0x61 where the chunked framing has a digit."],
    ["a space after chunk-size", "\n#4 \n", "Byte 0x20 where the chunked framing has a digit."],
    ["chunk-size 0", "\n#0\n", "A chunk-size cannot begin with 0."],
    ["a leading zero", "\n#04\n<a/>", "A chunk-size cannot begin with 0."],
    ["chunk-size 4294967296", "\n#4294967296\n", "A chunk-size cannot be more than 4294967295."],
    ["chunk-size of eleven digits", "\n#10000000000\n", "A chunk-size cannot be more than 4294967295."],
    ["a third '#'", "\n#1\na\n###\n", "Byte 0x23 where the chunked framing has a line feed."],
    ["a message without a chunk", "\n##\n", "A message needs at least one chunk."],
    ["a chunk longer than its size", "\n#1\nab\n##\n", "Byte 0x62 where the chunked framing has a line feed."],
  ])("refuses %s", (_, bytes, message) => {
    for (const decoded of decode(bytes)) expect(decoded).toEqual({ messages: [], error: malformed(message) });
  });

  test("refuses a wrong byte at once, not when the header would be whole", () => {
    expect(feed(new ChunkedDecoder(MAX), ["x"]).error?.reason).toBe("malformed");
    expect(feed(new ChunkedDecoder(MAX), ["\nx"]).error?.reason).toBe("malformed");
  });

  test("refuses a message beyond the limit when a chunk announces it, before its bytes come", () => {
    const error = { reason: "too-big", message: `The message is longer than the ${MAX} bytes this server takes.` };
    for (const decoded of decode(`\n#1\na\n##\n\n#${MAX + 1}\n`)) expect(decoded).toEqual({ messages: ["a"], error });
    for (const decoded of decode(`\n#${MAX}\n${"x".repeat(MAX)}\n#1\n`))
      expect(decoded).toEqual({ messages: [], error });
    for (const decoded of decode("\n#4294967295\n")) expect(decoded).toEqual({ messages: [], error });
  });

  test("what was encoded comes back, however it is chunked and cut", () => {
    const messages = fc.array(fc.array(fc.string({ unit: "binary", minLength: 1, maxLength: 30 }), { minLength: 1 }));
    fc.assert(
      fc.property(messages, fc.array(fc.nat()), (chunked, cuts) => {
        const bytes = Buffer.from(
          chunked.map((chunks) => `${chunks.map((c) => `\n#${Buffer.byteLength(c)}\n${c}`).join("")}\n##\n`).join(""),
        );
        const decoded = feed(new ChunkedDecoder(100_000), split(bytes, cuts));
        expect(decoded).toEqual({ messages: chunked.map((chunks) => chunks.join("")) });
      }),
      { numRuns: 500 },
    );
  });

  test("any bytes at all end in messages or a FramingError", () => {
    const byte = fc.constantFrom(..."\n#0123456789a".split(""));
    fc.assert(
      fc.property(fc.string({ unit: byte }), fc.array(fc.nat()), (bytes, cuts) => {
        const whole = feed(new ChunkedDecoder(MAX), [bytes]);
        expect(feed(new ChunkedDecoder(MAX), split(Buffer.from(bytes), cuts))).toEqual(whole);
      }),
      { numRuns: 500 },
    );
  });

  test("encodes a message as one buffer; sizes count bytes, not characters", () => {
    const encoder = new ChunkedEncoder();
    expect(encoder.encode(["<ä", Buffer.from("€/>")], true).toString()).toBe("\n#8\n<ä€/>\n##\n");
    expect(() => encoder.encode(["", Buffer.alloc(0)], true)).toThrow(RangeError);
  });

  test("encodes a message in parts, one chunk each", () => {
    const encoder = new ChunkedEncoder();
    const parts = [
      encoder.encode(["<a>"], false),
      encoder.encode([Buffer.from("b")], false),
      encoder.encode(["</a>"], true),
    ];
    expect(Buffer.concat(parts).toString()).toBe("\n#3\n<a>\n#1\nb\n#4\n</a>\n##\n");
  });
});
