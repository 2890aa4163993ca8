import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EndOfMessageDecoder, encodeEndOfMessage } from "../../src/framing/end-of-message.ts";
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

  test("what was encoded comes back, however it is cut", () => {
    const text = fc.string({ unit: fc.constantFrom("]", ">", "a", "€"), maxLength: 20 });
    fc.assert(
      fc.property(
        fc.array(text.filter((t) => !`${t}]]>]]>`.slice(0, -1).includes("]]>]]>"))),
        fc.array(fc.nat()),
        (texts, cuts) => {
          const bytes = Buffer.concat(texts.map(encodeEndOfMessage));
          expect(feed(new EndOfMessageDecoder(MAX), split(bytes, cuts))).toEqual({ messages: texts });
        },
      ),
      { numRuns: 500 },
    );
  });

  test("a text with the delimiter in it cannot be framed", () => {
    expect(() => encodeEndOfMessage("<![CDATA[ ]]>]]>")).toThrow("contains the end-of-message delimiter");
  });
});
