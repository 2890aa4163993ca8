import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finishJob } from "../../src/job.ts";
import { decodeMessage } from "../../src/xml/decode-message.ts";

/** Whole, and in steps of every size up to the message's own. */
function decode(bytes: Uint8Array): string[] {
  const sizes = Array.from({ length: bytes.length + 1 }, (_, index) => index + 1);
  return sizes.map((stepBytes) => finishJob(decodeMessage(bytes, stepBytes)));
}

describe("the text of a message", () => {
  test.each([
    ["line ends become LF (XML 1.0 section 2.11)", "a\r\nb\rc\n\r\r\n\nd\r", "a\nb\nc\n\n\n\nd\n"],
    ["a byte order mark goes", "\ufeff<a/>", "<a/>"],
    ["a byte order mark elsewhere stays", "<a>\ufeff</a>", "<a>\ufeff</a>"],
    ["white space ahead goes, behind stays", "\r\n \t<a/> \n", "<a/> \n"],
    ["no other space goes", "\u00a0<a/>", "\u00a0<a/>"],
    ["everything else stays", "<é>\u{1f600}\u0085\u2028</é>", "<é>\u{1f600}\u0085\u2028</é>"],
    ["nothing", "", ""],
  ])("%s", (_, sent, text) => {
    expect(new Set(decode(Buffer.from(sent)))).toEqual(new Set([text]));
  });

  test("what is not UTF-8 is refused, wherever a step ends", () => {
    const byte = fc.constantFrom(0x61, 0x80, 0xbf, 0xc3, 0xa9, 0xe2, 0x82, 0xac, 0xed, 0xa0, 0xf0, 0x9f, 0xff);
    const strict = new TextDecoder("utf-8", { fatal: true });
    fc.assert(
      fc.property(fc.array(byte, { maxLength: 12 }), (bytes) => {
        const sent = Uint8Array.from(bytes);
        let text: string;
        try {
          text = strict.decode(sent);
        } catch {
          for (let stepBytes = 1; stepBytes <= sent.length; stepBytes++) {
            expect(() => finishJob(decodeMessage(sent, stepBytes))).toThrow("The message is not UTF-8.");
          }
          return;
        }
        expect(new Set(decode(sent))).toEqual(new Set([text]));
      }),
      { numRuns: 2_000 },
    );
  });

  test("comes in a step for each stepBytes", () => {
    const steps = decodeMessage(Buffer.alloc(10, "a"), 3);
    expect([1, 2, 3].map(() => steps.next().done)).toEqual([false, false, false]);
    expect(steps.next()).toEqual({ done: true, value: "a".repeat(10) });
  });
});
