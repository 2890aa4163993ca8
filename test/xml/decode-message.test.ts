import { describe, expect, test } from "vitest";
import { decodeMessage } from "../../src/xml/decode-message.ts";

describe("the text of a message", () => {
  test.each([
    ["line ends become LF (XML 1.0 section 2.11)", "a\r\nb\rc\n\r\r\n\nd\r", "a\nb\nc\n\n\n\nd\n"],
    ["a byte order mark goes", "\ufeff<a/>", "<a/>"],
    ["white space ahead goes, behind stays", "\r\n \t<a/> \n", "<a/> \n"],
    ["no other space goes", "\u00a0<a/>", "\u00a0<a/>"],
    ["everything else stays", "<é>\u{1f600}\u0085\u2028</é>", "<é>\u{1f600}\u0085\u2028</é>"],
    ["nothing", "", ""],
  ])("%s", (_, sent, text) => {
    expect(decodeMessage(Buffer.from(sent))).toBe(text);
  });
});
