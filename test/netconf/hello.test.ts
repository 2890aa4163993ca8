import { describe, expect, test } from "vitest";
import { BASE, chunked, clientHello, Harness, OK, rpc } from "./harness.ts";

const SERVER_HELLO =
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  '<hello xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"><capabilities>' +
  "<capability>urn:ietf:params:netconf:base:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:base:1.1</capability>" +
  "<capability>urn:ietf:params:netconf:capability:writable-running:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:candidate:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:confirmed-commit:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:confirmed-commit:1.1</capability>" +
  "<capability>urn:ietf:params:netconf:capability:rollback-on-error:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:startup:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:validate:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:validate:1.1</capability>" +
  "<capability>urn:ietf:params:netconf:capability:xpath:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit&amp;also-supported=" +
  "report-all,report-all-tagged,trim</capability>" +
  "<capability>urn:ietf:params:netconf:capability:notification:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:interleave:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:partial-lock:1.0</capability>" +
  "<capability>urn:ietf:params:netconf:capability:yang-library:1.0?revision=2019-01-04&amp;module-set-id=1</capability>" +
  "<capability>urn:ietf:params:netconf:capability:yang-library:1.1?revision=2019-01-04&amp;content-id=1</capability>" +
  "<capability>urn:example:a?module=a&amp;revision=2026-01-01</capability>" +
  "</capabilities><session-id>1</session-id></hello>]]>]]>";

const PING = rpc("<get/>");
const PONG = OK.replace("<ok/>", "<data/>");

describe("hello (RFC 6241 section 8.1)", () => {
  test("the server's goes out at once, with a session-id that is never used again", () => {
    const harness = new Harness();
    const first = harness.connect();
    expect(first.takeSent()).toBe(SERVER_HELLO);
    first.handler.closed();
    expect(harness.connect().takeSent()).toBe(SERVER_HELLO.replace(">1</session-id>", ">2</session-id>"));
  });

  test.each([
    ["base:1.1 alone", clientHello("1.1"), chunked(PING), chunked(PONG)],
    ["base:1.0 and base:1.1", clientHello("1.0", "1.1"), chunked(PING), chunked(PONG)],
    ["base:1.0 alone", clientHello("1.0"), `${PING}]]>]]>`, `${PONG}]]>]]>`],
    [
      "prefixes, an XML declaration, comments and white space around the URI",
      `<?xml version="1.0" encoding="UTF-8"?><nc:hello xmlns:nc="${BASE}"><!-- hi --><nc:capabilities>` +
        "<nc:capability>\n  urn:ietf:params:netconf:base:1.1\n</nc:capability></nc:capabilities></nc:hello>]]>]]>",
      chunked(PING),
      chunked(PONG),
    ],
    [
      "capabilities the server does not know",
      clientHello("1.1").replace("<capability>", "<capability>urn:example:x</capability><capability>"),
      chunked(PING),
      chunked(PONG),
    ],
  ])("%s chooses the framing", async (_, hello, request, answer) => {
    for (const together of [true, false]) {
      const client = new Harness().connect();
      client.takeSent();
      if (!together) await client.send(hello);
      await client.send(together ? hello + request : request);
      expect(client.takeSent()).toBe(answer);
      expect(client.channel.ends).toEqual([]);
    }
  });

  test("hello and requests arriving byte by byte are read just so", async () => {
    const client = new Harness().connect();
    client.takeSent();
    for (const byte of Buffer.from(clientHello("1.1") + chunked(PING) + chunked(PING))) {
      await client.send(Uint8Array.of(byte));
    }
    expect(client.takeSent()).toBe(chunked(PONG) + chunked(PONG));
  });

  test.each([
    ["no version in common", clientHello("2.0"), "The client's hello has neither base:1.0 nor base:1.1."],
    ["no capabilities", `<hello xmlns="${BASE}"/>]]>]]>`, "The client's hello has neither base:1.0 nor base:1.1."],
    [
      "a session-id",
      clientHello("1.1").replace("</hello>", "<session-id>4</session-id></hello>"),
      "A client's hello has no session-id.",
    ],
    ["another namespace", clientHello("1.1").replace(BASE, "urn:x"), "The client's first message is not a hello."],
    ["a request in its place", `${PING}]]>]]>`, "The client's first message is not a hello."],
    ["broken XML", "<hello>]]>]]>", "<hello> has no end tag."],
    [
      "a document type",
      `<!DOCTYPE hello>${clientHello("1.1")}`,
      "A document type declaration is not allowed (RFC 6241 section 3.2).",
    ],
  ])("%s ends the session without an answer", async (_, hello, reason) => {
    const harness = new Harness();
    const client = harness.connect();
    client.takeSent();
    await client.send(hello + chunked(PING));
    expect(client.takeSent()).toBe("");
    expect(client.channel.ends).toEqual(["close"]);
    expect(harness.log.at(-1)).toEqual({
      level: "info",
      message: "session ended",
      fields: { session: 1, user: "alice", reason },
    });
    expect(harness.datastores.calls).toEqual([]);
  });
});
