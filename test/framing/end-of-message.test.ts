import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EndOfMessageDecoder } from "../../src/framing/end-of-message.ts";
import { EndOfMessageEncoder } from "../../src/framing/end-of-message-encoder.ts";
import { bothWays, feed, split } from "./feed.ts";

const MAX = 64;
const tooBig = { reason: "too-big", message: `The message is longer than the ${MAX} bytes this server takes.` };

describe("end-of-message framing (RFC 6242 4.3)", () => {
  test.each([
    ["one message", "<hello/>]]>]]>", ["<hello/>"]],
    ["several messages in one piece", "<a/>]]>]]><b/>]]>]]>", ["<a/>", "<b/>"]],
    ["an empty message", "]]>]]>", [""]],
    ["parts of the delimiter inside a message", "a]]>b]]]>]]>]]>c]]>]]>", ["a]]>b]", "]]>c"]],
    ["a message that is not finished", "<a/>]]>]]><b/>]]>]]", ["<a/>"]],
    ["UTF-8", "<ä€𝄞/>]]>]]>", ["<ä€𝄞/>"]],
    ["the longest message", `${"x".repeat(MAX)}]]>]]>`, ["x".repeat(MAX)]],
  ])("decodes %s, whole and byte by byte", (_, bytes, messages) => {
    for (const pieces of bothWays(bytes)) expect(feed(new EndOfMessageDecoder(MAX), pieces)).toEqual({ messages });
  });

  test("refuses a message beyond the limit, before and without its delimiter", () => {
    for (const pieces of bothWays(`<a/>]]>]]>${"x".repeat(MAX + 1)}]]>]]>`)) {
      expect(feed(new EndOfMessageDecoder(MAX), pieces)).toEqual({ messages: ["<a/>"], error: tooBig });
    }
    for (const pieces of bothWays("x".repeat(MAX + 6))) {
      expect(feed(new EndOfMessageDecoder(MAX), pieces)).toEqual({ messages: [], error: tooBig });
    }
  });

  test("gives up the bytes behind the hello, for the other decoder", () => {
    const decoder = new EndOfMessageDecoder(MAX);
    decoder.push(Buffer.from("<hello/>]]>]]>\n#4\n<rpc"));
    expect(Buffer.from(decoder.next() ?? []).toString()).toBe("<hello/>");
    expect(Buffer.from(decoder.takeRest()).toString()).toBe("\n#4\n<rpc");
    expect(decoder.next()).toBeUndefined();
  });

  test("what was encoded comes back, however it is cut; a text with the delimiter in it is refused", () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom("]", ">", "]]>", "a", "€"), maxLength: 8 }), {
      minLength: 1,
    });
    fc.assert(
      fc.property(fc.array(parts), fc.array(fc.nat()), (messages, cuts) => {
        const encoded: Uint8Array[] = [];
        const texts: string[] = [];
        for (const message of messages) {
          const encoder = new EndOfMessageEncoder();
          const encode = () => message.map((part, index) => encoder.encode([part], index === message.length - 1));
          const text = message.join("");
          if (`${text}]]>]]>`.indexOf("]]>]]>") < text.length) {
            expect(encode).toThrow("contains the end-of-message delimiter");
          } else {
            encoded.push(...encode());
            texts.push(text);
          }
        }
        const decoded = feed(new EndOfMessageDecoder(10_000), split(Buffer.concat(encoded), cuts));
        expect(decoded).toEqual({ messages: texts });
      }),
      { numRuns: 1_000 },
    );
  });

  test("one encoder serves one message after the other", () => {
    const encoder = new EndOfMessageEncoder();
    const parts = [encoder.encode(["<a>]]"], false), encoder.encode(["</a>"], true), encoder.encode([">>"], true)];
    expect(Buffer.concat(parts).toString()).toBe("<a>]]</a>]]>]]>>>]]>]]>");
  });
});
