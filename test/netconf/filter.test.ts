import { describe, expect, test } from "vitest";
import { xmlLimits } from "../../src/xml/limits.ts";
import { BASE, Harness, reply, rpc } from "./harness.ts";

const node = (name: string, more: object = {}) => ({
  name,
  namespace: "http://example.com/schema/1.2/config",
  attributes: [],
  children: [],
  text: "",
  ...more,
});
const TOP = 'top xmlns="http://example.com/schema/1.2/config"';

describe("<filter> (RFC 6241 sections 6 and 7.1)", () => {
  test.each([
    ["no filter", "", undefined],
    ["an empty filter selects nothing (6.4.2)", '<filter type="subtree"/>', []],
    ["an empty filter with white space", "<filter>\n</filter>", []],
    ["a selection node (6.2.4), type left out", `<filter><${TOP}/></filter>`, [node("top")]],
    [
      "containment nodes and a selection node (6.4.3)",
      `<filter type="subtree"><${TOP}><users/></top></filter>`,
      [node("top", { children: [node("users")] })],
    ],
    [
      "a content match node (6.4.5), its text decoded and trimmed",
      `<filter type="subtree"><${TOP}><users><user><name>\n f&#114;ed &amp; <![CDATA[<co>]]>\n</name></user></users></top></filter>`,
      [
        node("top", {
          children: [
            node("users", { children: [node("user", { children: [node("name", { text: "fred & <co>" })] })] }),
          ],
        }),
      ],
    ],
    [
      "several subtrees (6.4.6)",
      `<filter><${TOP}/><o:other xmlns:o="urn:o"/></filter>`,
      [node("top"), node("other", { namespace: "urn:o" })],
    ],
    [
      "an attribute match expression (6.2.2, 6.4.8)",
      '<filter xmlns:t="http://example.com/schema/1.2/stats"><t:interface t:ifName="eth0" plain="&lt;1&#10;2"/></filter>',
      [
        {
          name: "interface",
          namespace: "http://example.com/schema/1.2/stats",
          attributes: [
            { namespace: "http://example.com/schema/1.2/stats", name: "ifName", value: "eth0" },
            { name: "plain", value: "<1\n2" },
          ],
          children: [],
          text: "",
        },
      ],
    ],
    [
      "no namespace, in words or by inheriting that of <rpc>, matches any (6.2.1)",
      '<filter><top><users xmlns=""/></top></filter>',
      [
        {
          name: "top",
          attributes: [],
          children: [{ name: "users", attributes: [], children: [], text: "" }],
          text: "",
        },
      ],
    ],
  ])("%s", async (_, filter, parsed) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(`<get>${filter}</get>`))).toBe(reply("<data/>"));
    expect(await client.ask(rpc(`<get-config><source><running/></source>${filter}</get-config>`))).toBe(
      reply("<data/>"),
    );
    expect(harness.datastores.calls).toEqual([
      ["get", parsed],
      ["getConfig", "running", parsed],
    ]);
  });

  test.each([
    [
      "an unknown type",
      '<filter type="regex"/>',
      "<error-type>protocol</error-type><error-tag>bad-attribute</error-tag>" +
        `<error-severity>error</error-severity><error-path xmlns:nc="${BASE}">/nc:rpc/nc:get/nc:filter</error-path>` +
        '<error-message xml:lang="en">The type of a filter is "subtree", which is also the default, or "xpath".</error-message>' +
        "<error-info><bad-attribute>type</bad-attribute><bad-element>filter</bad-element></error-info>",
    ],
    [
      "select without xpath",
      '<filter type="subtree" select="/a"/>',
      "<error-type>protocol</error-type><error-tag>unknown-attribute</error-tag>" +
        `<error-severity>error</error-severity><error-path xmlns:nc="${BASE}">/nc:rpc/nc:get/nc:filter</error-path>` +
        '<error-message xml:lang="en">&lt;filter&gt; has no attribute "select"; leave it out.</error-message>' +
        "<error-info><bad-attribute>select</bad-attribute><bad-element>filter</bad-element></error-info>",
    ],
    [
      "text for elements",
      "<filter>top</filter>",
      "<error-type>protocol</error-type><error-tag>bad-element</error-tag>" +
        `<error-severity>error</error-severity><error-path xmlns:nc="${BASE}">/nc:rpc/nc:get/nc:filter</error-path>` +
        '<error-message xml:lang="en">&lt;filter&gt; in the filter has text and is not a content match node; ' +
        "leave the text out.</error-message><error-info><bad-element>filter</bad-element></error-info>",
    ],
    [
      "text beside elements (6.2.5)",
      "<filter><top>x<users/></top></filter>",
      "<error-type>protocol</error-type><error-tag>bad-element</error-tag>" +
        `<error-severity>error</error-severity><error-path xmlns:nc="${BASE}">/nc:rpc/nc:get/nc:filter</error-path>` +
        '<error-message xml:lang="en">&lt;top&gt; in the filter has text and is not a content match node; ' +
        "leave the text out.</error-message><error-info><bad-element>top</bad-element></error-info>",
    ],
    [
      "more elements than the limit",
      `<filter>${"<a/>".repeat(xmlLimits.elements)}</filter>`,
      "<error-type>rpc</error-type><error-tag>too-big</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">There are more than 4096 elements; send less in one request.</error-message>',
    ],
    [
      "elements nested deeper than the limit",
      `<filter>${"<a>".repeat(xmlLimits.depth)}${"</a>".repeat(xmlLimits.depth)}</filter>`,
      "<error-type>rpc</error-type><error-tag>too-big</error-tag><error-severity>error</error-severity>" +
        '<error-message xml:lang="en">Elements are nested more than 64 deep.</error-message>',
    ],
  ])("%s is refused", async (_, filter, error) => {
    const harness = new Harness();
    const client = await harness.open();
    expect(await client.ask(rpc(`<get>${filter}</get>`))).toBe(reply(`<rpc-error>${error}</rpc-error>`));
    expect(harness.datastores.calls).toEqual([]);
  });

  test("as many elements, and as deep, as the limits allow", async () => {
    const harness = new Harness();
    const client = await harness.open();
    const deep = xmlLimits.depth - 1;
    for (const content of ["<a/>".repeat(xmlLimits.elements - 1), "<a>".repeat(deep) + "</a>".repeat(deep)]) {
      expect(await client.ask(rpc(`<get><filter>${content}</filter></get>`))).toBe(reply("<data/>"));
    }
  });
});
