import { describe, expect, test } from "vitest";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { BASE, chunked, Harness, OK, reply, rpc } from "./harness.ts";

describe("<rpc> and <rpc-reply> (RFC 6241 sections 4.1 and 4.2)", () => {
  test.each([
    [
      "all attributes, in their order and as they were quoted and escaped",
      `<rpc a:z='"q"' message-id="a&quot;&#10;b" xmlns:a="urn:a" xmlns='${BASE}'\n  user="x&gt;"><close-session/></rpc>`,
      `<rpc-reply a:z='"q"' message-id="a&quot;&#10;b" xmlns:a="urn:a" xmlns='${BASE}' user="x&gt;"><ok/></rpc-reply>`,
    ],
    [
      "a prefixed document with an XML declaration",
      `<?xml version="1.0" encoding="UTF-8"?><nc:rpc xmlns:nc="${BASE}" message-id="urn:uuid:1"><nc:get/></nc:rpc>`,
      `<nc:rpc-reply xmlns:nc="${BASE}" message-id="urn:uuid:1"><data xmlns="${BASE}"/></nc:rpc-reply>`,
    ],
    [
      "a prefixed document with another default namespace",
      `<n:rpc xmlns:n="${BASE}" xmlns="urn:x" message-id="1"><n:lock><n:target><n:running/></n:target></n:lock></n:rpc>`,
      `<n:rpc-reply xmlns:n="${BASE}" xmlns="urn:x" message-id="1"><ok xmlns="${BASE}"/></n:rpc-reply>`,
    ],
    [
      "an empty message-id",
      `<rpc xmlns="${BASE}" message-id=""><get/></rpc>`,
      `<rpc-reply xmlns="${BASE}" message-id=""><data/></rpc-reply>`,
    ],
    [
      "white space and comments around",
      ` \n<!-- a -->\n${rpc("\n <!-- b --> <get/> \n")}\n<!-- c -->\n`,
      reply("<data/>"),
    ],
    ["a byte order mark", `\ufeff${rpc("<get/>")}`, reply("<data/>")],
    ["a processing instruction", rpc("<?x y?><get/>"), reply("<data/>")],
    ["line ends of other systems", rpc("\r\n<get\r\n>\r</get>\r"), reply("<data/>")],
  ])("%s", async (_, request, answer) => {
    const client = await new Harness().open();
    expect(await client.ask(request)).toBe(answer);
  });

  test("an operation's namespace may be declared on the operation", async () => {
    const client = await new Harness().open();
    expect(await client.ask(`<r:rpc xmlns:r="${BASE}" message-id="101"><get xmlns="${BASE}"/></r:rpc>`)).toBe(
      `<r:rpc-reply xmlns:r="${BASE}" message-id="101"><data xmlns="${BASE}"/></r:rpc-reply>`,
    );
  });

  test("data stands in <data> as the datastore gave it", async () => {
    const harness = new Harness();
    harness.datastores.content.running = '<a xmlns="urn:example:a"><b>1</b></a>';
    const client = await harness.open();
    expect(await client.ask(rpc("<get/>"))).toBe(reply('<data><a xmlns="urn:example:a"><b>1</b></a></data>'));
  });
});

const NO_RPC = `Only &lt;rpc&gt; of namespace "${BASE}" is expected after the hello.`;
const unnamed = (content: string) => `<rpc-reply xmlns="${BASE}">${content}</rpc-reply>`;

describe("a message that is no request (RFC 6241 section 3 and appendix A)", () => {
  const cases = [
    ["not UTF-8", Buffer.from("<rpc>\xff</rpc>", "latin1"), "The message is not UTF-8."],
    ["not closed", "<rpc>", "&lt;rpc&gt; has no end tag."],
    ["no XML", "hello", "There is text outside the message's element."],
    ["white space alone", " \n ", "The message has no element."],
    ["a second hello", `<hello xmlns="${BASE}"/>`, NO_RPC],
    ["<rpc> without namespace", '<rpc message-id="1"><get/></rpc>', NO_RPC],
    [
      "another declared encoding",
      `<?xml version="1.0" encoding="ISO-8859-1"?>${rpc("<get/>")}`,
      'The XML declaration must be &lt;?xml version="1.0" encoding="UTF-8"?&gt;.',
    ],
    [
      "a document type",
      `<!DOCTYPE rpc [<!ENTITY a "b">]>${rpc("<get/>")}`,
      "A document type declaration is not allowed (RFC 6241 section 3.2).",
    ],
  ] as const;
  test.each(cases)("%s: malformed-message on base:1.1, and the session goes on", async (_, message, text) => {
    const client = await new Harness().open();
    const bytes = Buffer.from(message);
    await client.send(Buffer.concat([Buffer.from(`\n#${bytes.length}\n`), bytes, Buffer.from("\n##\n")]));
    expect(client.takeSent()).toBe(
      chunked(
        unnamed(
          "<rpc-error><error-type>rpc</error-type><error-tag>malformed-message</error-tag>" +
            "<error-severity>error</error-severity>" +
            `<error-message xml:lang="en">${text}</error-message></rpc-error>`,
        ),
      ),
    );
    expect(await client.ask(rpc("<get/>"))).toBe(reply("<data/>"));
  });

  test("base:1.0 does not know malformed-message: operation-failed", async () => {
    const client = await new Harness().open("1.0");
    await client.send(`<rpc>]]>]]>\n${rpc("<get/>")}]]>]]>\n`);
    expect(client.takeSent()).toBe(
      `${unnamed(
        "<rpc-error><error-type>rpc</error-type><error-tag>operation-failed</error-tag>" +
          "<error-severity>error</error-severity>" +
          '<error-message xml:lang="en">&lt;rpc&gt; has no end tag.</error-message></rpc-error>',
      )}]]>]]>${reply("<data/>")}]]>]]>`,
    );
  });

  test("a parameter that is not well-formed is answered under its message-id", async () => {
    const client = await new Harness().open();
    expect(await client.ask(rpc("<get><filter><a></b></filter></get>"))).toBe(
      reply(
        "<rpc-error><error-type>rpc</error-type><error-tag>malformed-message</error-tag>" +
          "<error-severity>error</error-severity>" +
          '<error-message xml:lang="en">&lt;a&gt; is not followed by its end tag &lt;/a&gt;.</error-message></rpc-error>',
      ),
    );
  });
});

const OPERATIONS =
  "&lt;get&gt;, &lt;get-config&gt;, &lt;edit-config&gt;, &lt;copy-config&gt;, &lt;delete-config&gt;, " +
  "&lt;validate&gt;, &lt;commit&gt;, &lt;cancel-commit&gt;, &lt;discard-changes&gt;, &lt;load-commit&gt;, " +
  "&lt;lock&gt;, &lt;unlock&gt;, &lt;partial-lock&gt;, &lt;partial-unlock&gt;, &lt;close-session&gt;, &lt;kill-session&gt;, &lt;get-schema&gt;, " +
  "&lt;create-subscription&gt;, &lt;action&gt;";

describe("what <rpc> holds (RFC 6241 sections 4.1 and 4.3)", () => {
  test("no message-id: missing-attribute, the other attributes come back", async () => {
    const client = await new Harness().open();
    expect(await client.ask(`<rpc xmlns="${BASE}" xmlns:e="urn:e" e:message-id="1" user="x"><get/></rpc>`)).toBe(
      `<rpc-reply xmlns="${BASE}" xmlns:e="urn:e" e:message-id="1" user="x"><rpc-error><error-type>rpc</error-type>` +
        "<error-tag>missing-attribute</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">&lt;rpc&gt; has no "message-id" attribute; add one.</error-message>' +
        "<error-info><bad-attribute>message-id</bad-attribute><bad-element>rpc</bad-element></error-info>" +
        "</rpc-error></rpc-reply>",
    );
  });

  test.each([
    [
      "no operation",
      "",
      "<error-type>rpc</error-type><error-tag>missing-element</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">&lt;rpc&gt; has no operation; put one into it.</error-message>' +
        "<error-info><bad-element>rpcOperation</bad-element></error-info>",
    ],
    [
      "two operations",
      "<get/><commit/>",
      "<error-type>rpc</error-type><error-tag>unknown-element</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">&lt;rpc&gt; has more than one operation; send each in an &lt;rpc&gt; of its own.' +
        "</error-message><error-info><bad-element>commit</bad-element></error-info>",
    ],
    [
      "text",
      "x<get/>",
      "<error-type>rpc</error-type><error-tag>bad-element</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">&lt;rpc&gt; has text where only an operation belongs; leave it out.' +
        "</error-message><error-info><bad-element>rpc</bad-element></error-info>",
    ],
    [
      "an operation of the base namespace that there is not",
      "<restart/>",
      "<error-type>protocol</error-type><error-tag>operation-not-supported</error-tag>" +
        '<error-severity>error</error-severity><error-message xml:lang="en">' +
        `This server has no operation &lt;restart&gt;; it has ${OPERATIONS}.</error-message>`,
    ],
    [
      "an operation in the namespace of a module",
      '<restart xmlns="urn:example:a"/>',
      "<error-type>protocol</error-type><error-tag>operation-not-supported</error-tag>" +
        '<error-severity>error</error-severity><error-message xml:lang="en">' +
        `This server has no operation &lt;restart&gt;; it has ${OPERATIONS}.</error-message>`,
    ],
    [
      "an operation of another namespace",
      "<get-schema/>",
      "<error-type>protocol</error-type><error-tag>operation-not-supported</error-tag>" +
        '<error-severity>error</error-severity><error-message xml:lang="en">' +
        `&lt;get-schema&gt; is not an operation of namespace "${BASE}"; ` +
        'put it into "urn:ietf:params:xml:ns:yang:ietf-netconf-monitoring".</error-message>',
    ],
    [
      "an operation in an unknown namespace",
      '<get xmlns="urn:example:b"/>',
      "<error-type>protocol</error-type><error-tag>unknown-namespace</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">This server knows no operation in namespace "urn:example:b".</error-message>' +
        "<error-info><bad-element>get</bad-element><bad-namespace>urn:example:b</bad-namespace></error-info>",
    ],
    [
      "an operation in no namespace",
      '<get xmlns=""/>',
      "<error-type>protocol</error-type><error-tag>unknown-namespace</error-tag><error-severity>error</error-severity>" +
        `<error-message xml:lang="en">&lt;get&gt; is in no namespace; put it into "${BASE}".</error-message>` +
        "<error-info><bad-element>get</bad-element><bad-namespace></bad-namespace></error-info>",
    ],
  ])("%s", async (_, content, error) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(content))).toBe(reply(`<rpc-error>${error}</rpc-error>`));
    expect(harness.datastores.calls).toEqual([]);
  });
});

describe("an operation that fails (RFC 6241 section 4.3)", () => {
  test("every error of the datastore is sent, whole and in the order of the schema", async () => {
    const harness = new Harness();
    const client = await harness.open();
    harness.datastores.failNext(
      new RpcError([
        {
          type: "application",
          tag: "data-missing",
          appTag: "instance-required",
          path: { text: "/a:b[a:c='<1>']/a:d", namespaces: { a: "urn:x?a&b" } },
          message: 'No "c" & no <d>.',
          info: { badNamespace: "urn:n", badElement: "e", badAttribute: "a", sessionId: 7 },
        },
        { type: "protocol", tag: "lock-denied", message: "Held.", info: { sessionId: 0 } },
      ]),
    );
    expect(await client.ask(rpc("<commit/>"))).toBe(
      reply(
        "<rpc-error><error-type>application</error-type><error-tag>data-missing</error-tag>" +
          "<error-severity>error</error-severity><error-app-tag>instance-required</error-app-tag>" +
          "<error-path xmlns:a=\"urn:x?a&amp;b\">/a:b[a:c='&lt;1&gt;']/a:d</error-path>" +
          '<error-message xml:lang="en">No "c" &amp; no &lt;d&gt;.</error-message><error-info>' +
          "<session-id>7</session-id><bad-attribute>a</bad-attribute><bad-element>e</bad-element>" +
          "<bad-namespace>urn:n</bad-namespace></error-info></rpc-error>" +
          "<rpc-error><error-type>protocol</error-type><error-tag>lock-denied</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">Held.</error-message>' +
          "<error-info><session-id>0</session-id></error-info></rpc-error>",
      ),
    );
  });

  test("our own fault is told as such, logged with its cause, and costs only the request", async () => {
    const harness = new Harness();
    const client = await harness.open();
    const cause = new TypeError("secret");
    harness.datastores.failNext(cause);
    expect(await client.ask(rpc("<commit/>"))).toBe(
      reply(
        "<rpc-error><error-type>application</error-type><error-tag>operation-failed</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">' +
          "Internal error; the request had no effect. The server's log has the details.</error-message></rpc-error>",
      ),
    );
    expect(harness.log.at(-1)).toMatchObject({ level: "error", message: "request failed", fields: { error: cause } });
    expect(await client.ask(rpc("<commit/>"))).toBe(OK);
  });

  test("malformed-message from a datastore is operation-failed on base:1.0", async () => {
    const harness = new Harness();
    const client = await harness.open("1.0");
    harness.datastores.failNext(new RpcError({ type: "rpc", tag: "malformed-message", message: "Broken." }));
    await client.send(`${rpc("<commit/>")}]]>]]>`);
    expect(client.takeSent()).toBe(
      `${reply(
        "<rpc-error><error-type>rpc</error-type><error-tag>operation-failed</error-tag>" +
          '<error-severity>error</error-severity><error-message xml:lang="en">Broken.</error-message></rpc-error>',
      )}]]>]]>`,
    );
  });
});
