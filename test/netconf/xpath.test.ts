import { describe, expect, test } from "vitest";
import { BASE, Harness, reply, rpc } from "./harness.ts";

const T = "http://example.com/schema/1.2/config";
const xpath = (select: string, declared = `xmlns:t="${T}"`) =>
  `<filter ${declared} type="xpath" select="${select.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;")}"/>`;

describe('<filter type="xpath"> (RFC 6241 section 8.9)', () => {
  test.each([
    [
      "the RFC's example (8.9.5.1)",
      xpath("/t:top/t:users/t:user[t:name='fred']"),
      "/t:top/t:users/t:user[t:name='fred']",
      [["t", T]],
    ],
    [
      "prefixes declared around it, another default namespace",
      '<filter xmlns="urn:x" type="xpath" select="//nc:a/b"/>'
        .replace("<filter", "<nc:filter")
        .replace(' xmlns="urn:x"', ` xmlns="urn:x" xmlns:nc="${BASE}"`),
      "//nc:a/b",
      [["nc", BASE]],
    ],
    [
      "prefixes of identities",
      xpath("//t:a[t:b='i:x' or derived-from(., 'i:y') or . = 'z:z']", `xmlns:t="${T}" xmlns:i="urn:i"`),
      "//t:a[t:b='i:x' or derived-from(., 'i:y') or . = 'z:z']",
      [
        ["t", T],
        ["i", "urn:i"],
      ],
    ],
    ["a union, a call, references", xpath('/t:a | deref(//t:b[. < "<"])'), '/t:a | deref(//t:b[. < "<"])', [["t", T]]],
    ["what XPath 1.0 has and YANG has not", xpath("id('x')[lang('en')]"), "id('x')[lang('en')]", []],
    ["everything", xpath("/"), "/", []],
  ])("%s", async (_, filter, select, namespaces) => {
    const harness = new Harness();
    const client = await harness.open();
    const parsed = { select, namespaces: new Map(namespaces as [string, string][]) };
    expect(await client.ask(rpc(`<get>${filter}</get>`))).toBe(reply("<data/>"));
    expect(await client.ask(rpc(`<get-config><source><candidate/></source>${filter}</get-config>`))).toBe(
      reply("<data/>"),
    );
    expect(harness.datastores.calls).toEqual([
      ["get", parsed],
      ["getConfig", "candidate", parsed],
    ]);
  });

  const error = (tag: string, message: string, info = "") =>
    reply(
      `<rpc-error><error-type>protocol</error-type><error-tag>${tag}</error-tag><error-severity>error</error-severity>` +
        `<error-path xmlns:nc="${BASE}">/nc:rpc/nc:get/nc:filter</error-path>` +
        `<error-message xml:lang="en">${message}</error-message>${info}</rpc-error>`,
    );
  const about = (attribute: string) =>
    `<error-info><bad-attribute>${attribute}</bad-attribute><bad-element>filter</bad-element></error-info>`;
  const bad = (message: string) => error("bad-attribute", message, about("select"));
  const notNodes = error("invalid-value", "The result of the expression is no node set; select nodes.");

  test.each([
    [
      "select is missing",
      '<filter type="xpath"/>',
      error(
        "missing-attribute",
        'A filter of type "xpath" has the expression in its attribute "select"; add it.',
        about("select"),
      ),
    ],
    ["no expression", xpath(""), bad("The expression is no XPath 1.0: unexpected end, at character 1.")],
    ["a syntax error", xpath("/t:a[1"), bad("The expression is no XPath 1.0: ] expected, at character 7.")],
    [
      "a prefix that is not declared",
      xpath("/t:a/u:b"),
      bad('The prefix "u" is not declared on &lt;filter&gt; or around it.'),
    ],
    [
      "a function that there is not",
      xpath("/t:a[ends-with(., 'x')]"),
      bad("There is no function ends-with() in XPath 1.0 or YANG 1.1."),
    ],
    ["a variable", xpath("/t:a[$x]"), bad("There is no variable $x; no variables are defined.")],
    ["a number", xpath("count(//t:a)"), notNodes],
    ["a string", xpath("'/t:a'"), notNodes],
    ["a boolean", xpath("//t:a = 1"), notNodes],
    ["a number of nodes", xpath("-(//t:a)"), notNodes],
    [
      "an attribute too many",
      '<filter type="xpath" select="/" x="y"/>',
      error("unknown-attribute", '&lt;filter&gt; has no attribute "x"; leave it out.', about("x")),
    ],
    [
      "content",
      '<filter type="xpath" select="/"><top/></filter>',
      error(
        "bad-element",
        'A filter of type "xpath" is empty; put the expression into its "select".',
        "<error-info><bad-element>top</bad-element></error-info>",
      ),
    ],
    [
      "text",
      '<filter type="xpath" select="/">x</filter>',
      error(
        "bad-element",
        "&lt;filter&gt; has text where only elements belong; leave it out.",
        "<error-info><bad-element>filter</bad-element></error-info>",
      ),
    ],
  ])("refused: %s", async (_, filter, answer) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(`<get>${filter}</get>`))).toBe(answer);
    expect(harness.datastores.calls).toEqual([]);
  });

  test("an expression nested too deep", async () => {
    const client = await new Harness().open();
    const answer = await client.ask(rpc(`<get>${xpath(`${"(".repeat(2_000)}/${")".repeat(2_000)}`)}</get>`));
    expect(answer).toContain("more than 512 levels");
    expect(answer).toContain("<error-tag>bad-attribute</error-tag>");
  });
});
