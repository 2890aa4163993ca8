import { describe, expect, test } from "vitest";
import { parseWhole } from "../../src/xml/envelope.ts";
import { escapeAttribute, escapeText } from "../../src/xml/escape.ts";
import { anonymousFrame, aroundData, emptyDataReply, errorReply, okReply, serverHello } from "../../src/xml/write.ts";

const BASE = "urn:ietf:params:xml:ns:netconf:base:1.0";

describe("replies (RFC 6241 sections 4.2 to 4.4)", () => {
  const prefixed = { prefix: "nc", attributes: ` xmlns:nc="${BASE}" message-id="1"` };

  test("ok and data", () => {
    const { start, end } = aroundData(prefixed, BASE);
    expect(okReply(anonymousFrame)).toBe(`<rpc-reply xmlns="${BASE}"><ok/></rpc-reply>`);
    expect(emptyDataReply(anonymousFrame, BASE)).toBe(`<rpc-reply xmlns="${BASE}"><data/></rpc-reply>`);
    expect(`${start}<a xmlns="urn:a"/>${end}`).toBe(
      `<nc:rpc-reply xmlns:nc="${BASE}" message-id="1"><data xmlns="${BASE}"><a xmlns="urn:a"/></data></nc:rpc-reply>`,
    );
  });

  test("data of another namespace declares it", () => {
    expect(emptyDataReply(anonymousFrame, "urn:b")).toBe(
      `<rpc-reply xmlns="${BASE}"><data xmlns="urn:b"/></rpc-reply>`,
    );
    const { start, end } = aroundData(prefixed, "urn:b");
    expect(`${start}b${end}`).toBe(
      `<nc:rpc-reply xmlns:nc="${BASE}" message-id="1"><data xmlns="urn:b">b</data></nc:rpc-reply>`,
    );
  });

  test("an error-path may declare the prefix of the reply for another namespace", () => {
    const path = { text: "/nc:a", namespaces: { nc: 'urn:"other"' } };
    const answer = errorReply(prefixed, [{ type: "application", tag: "data-exists", message: "x", path }]);
    expect(answer).toBe(
      `<nc:rpc-reply xmlns:nc="${BASE}" message-id="1"><rpc-error xmlns="${BASE}"><error-type>application</error-type>` +
        "<error-tag>data-exists</error-tag><error-severity>error</error-severity>" +
        '<error-path xmlns:nc="urn:&quot;other&quot;">/nc:a</error-path>' +
        '<error-message xml:lang="en">x</error-message></rpc-error></nc:rpc-reply>',
    );
    expect(parseWhole(Buffer.from(answer)).children[0]?.children.map(({ namespace }) => namespace)).toEqual(
      Array(5).fill(BASE),
    );
  });

  test("hello", () => {
    expect(serverHello(["urn:a?b&c"], 4_294_967_295)).toBe(
      `<?xml version="1.0" encoding="UTF-8"?>\n<hello xmlns="${BASE}"><capabilities>` +
        "<capability>urn:a?b&amp;c</capability></capabilities><session-id>4294967295</session-id></hello>",
    );
  });
});

test("escaped text and attribute values are read back as they were, or as U+FFFD where XML has no way", () => {
  const plain = "a<b>&\"'\t\n\r]]>é\u{1f600}";
  const read = parseWhole(Buffer.from(`<a b="${escapeAttribute(plain)}">${escapeText(plain)}</a>`));
  expect([read.attributes[0]?.value, read.text]).toEqual([plain, plain]);
  expect(escapeText("\0-\x08-\x0b-\x1f-\ufffe-\uffff-\ud800-\udfff")).toBe(Array(8).fill("\ufffd").join("-"));
  expect(escapeAttribute("\0\x7f")).toBe("\ufffd\x7f");
});
