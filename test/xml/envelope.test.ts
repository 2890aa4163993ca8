import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { finishJob } from "../../src/job.ts";
import { standalone, type XmlElement } from "../../src/xml/element.ts";
import { parseEnvelope, parseWhole, readContent, readOutline } from "../../src/xml/envelope.ts";
import { xmlLimits } from "../../src/xml/limits.ts";
import { XmlError } from "../../src/xml/xml-error.ts";

const parse = (xml: string) => finishJob(parseEnvelope(Buffer.from(xml)));

/** The one parameter of the one operation. */
function parameter(rpc: XmlElement): XmlElement {
  const found = rpc.children[0]?.children[0];
  if (found === undefined) throw new Error("no parameter");
  return found;
}

describe("the envelope of a message", () => {
  test.each([
    ["what ends markup, in quotes", `<p a=">" b='/>'>x</p>`],
    ["tags in comments, CDATA sections and processing instructions", "<p><!-- </p> --><![CDATA[</p>]]><?x </p>?></p>"],
    ["elements of its own name", "<p><p><p/></p></p>"],
    ["empty elements written in every way", "<p><a/><a /><a b='/'/><a b='/'></a></p>"],
    ["names that begin like its own", "<p><pp></pp></p>"],
    ["what is not well-formed inside: its reader's business", "<p><a></b>&c;<d d d></e>]]></p>"],
    ["white space in the end tag", "<p>x</p \n>"],
    ["no content", "<p/>"],
    ["any text", "<p> é &amp; \u{1f600} ]]></p>"],
  ])("a parameter is cut out as it came: %s", (_, raw) => {
    const rpc = parse(`<?xml version="1.0"?><rpc><op> ${raw}<q/><!-- --></op></rpc>`);
    expect(rpc.children[0]?.children.map((element) => element.raw)).toEqual([raw, "<q/>"]);
    expect(parameter(rpc)).toMatchObject({ name: "p", children: [], text: "" });
  });

  test.each([
    ["<rpc><op><p><a></p></op></rpc>", "<p> is not followed by its end tag </p>."],
    ["<rpc><op><p><a></op></rpc>", "<p> is not followed by its end tag </p>."],
    ["<rpc><op><p>", "The message ends inside an element."],
    ["<rpc><op><p><a b='>", `The message ends where "'" is expected.`],
    ["<rpc><op><p><a", "The message ends inside a tag."],
    ["<rpc><op><p><!DOCTYPE a></p></op></rpc>", "A document type declaration is not allowed (RFC 6241 section 3.2)."],
    ["<rpc><op><p></q></op></rpc>", "<p> is not followed by its end tag </p>."],
  ])("%s", (xml, message) => {
    expect(() => parse(xml)).toThrow(expect.objectContaining({ reason: "malformed", message }));
  });

  test("content is read on request: whole, or its children cut out", () => {
    const source = parameter(parse("<rpc xmlns:n='urn:n'><op><n:p><n:a><b>1</b></n:a>t</n:p></op></rpc>"));
    expect(readContent(source).children[0]?.children[0]).toMatchObject({ name: "b", text: "1" });
    expect(readOutline(source)).toMatchObject({
      text: "t",
      children: [{ namespace: "urn:n", name: "a", children: [] }],
    });
    expect(readOutline(source).children[0]?.raw).toBe("<n:a><b>1</b></n:a>");
  });

  test("standalone declares what the element inherits and does not declare itself", () => {
    const rpc = parse(
      `<r:rpc xmlns:r="urn:r" xmlns="urn:d&amp;&quot;"><op xmlns:o='urn:o' xmlns:r="urn:r2">` +
        `<p xmlns:o="urn:own"  o:a='1'>x</p></op></r:rpc>`,
    );
    expect(standalone(parameter(rpc))).toBe(
      `<p xmlns:r="urn:r2" xmlns="urn:d&amp;&quot;" xmlns:o="urn:own"  o:a='1'>x</p>`,
    );
    expect(standalone(parameter(parse('<rpc xmlns="urn:d"><op xmlns=""><p/></op></rpc>')))).toBe('<p xmlns=""/>');
    expect(standalone(parameter(parse("<rpc><op><p/></op></rpc>")))).toBe("<p/>");
  });
});

describe("limits", () => {
  const tooBig = (message: string) => expect.objectContaining({ name: "XmlError", reason: "too-big", message });

  test("are as documented", () => {
    expect(xmlLimits).toEqual({
      nameCharacters: 256,
      attributes: 64,
      attributeCharacters: 8192,
      characters: 65_536,
      depth: 64,
      elements: 4096,
      envelopeElements: 64,
      stepBytes: 262_144,
    });
  });

  test("nameCharacters", () => {
    expect(parse(`<${"n".repeat(256)}/>`).name).toHaveLength(256);
    expect(() => parse(`<${"n".repeat(257)}/>`)).toThrow(XmlError);
  });

  test("attributes", () => {
    const attributes = (count: number) => `<a ${Array.from({ length: count }, (_, i) => `a${i}=""`).join(" ")}/>`;
    expect(parse(attributes(64)).attributes).toHaveLength(64);
    expect(() => parse(attributes(65))).toThrow(tooBig("<a> has more than 64 attributes."));
  });

  test("attributeCharacters", () => {
    expect(parse(`<a b="${"v".repeat(8192)}"/>`).attributes[0]?.value).toHaveLength(8192);
    expect(() => parse(`<a b="${"v".repeat(8193)}"/>`)).toThrow(
      tooBig('Attribute "b" of <a> is longer than 8192 characters.'),
    );
  });

  const { characters } = xmlLimits;

  test.each([
    ["text", " ".repeat(characters + 1)],
    ["references", "&amp;".repeat(characters / 5 + 1)],
    ["comments", "<!---->".repeat(characters / 7 + 1)],
    ["CDATA sections", "<![CDATA[]]>".repeat(characters / 12 + 1)],
    ["processing instructions", "<??>".repeat(characters / 4 + 1)],
    ["a tag", `<a${" ".repeat(characters)}/>`],
    ["an end tag", `<a></a${" ".repeat(characters)}>`],
    ["a parameter's tag", `<a><b${" ".repeat(characters)}/></a>`],
  ])("characters: %s around an operation", (_, filling) => {
    const message = "There are more than 65536 characters to read; send less in one request.";
    expect(() => parse(`<rpc>${filling}<get/></rpc>`)).toThrow(tooBig(message));
  });

  test("characters, to the last one", () => {
    const filled = (length: number) => Buffer.from(`<a>${"x".repeat(length - 7)}</a>`);
    expect(parseWhole(filled(characters)).text).toHaveLength(characters - 7);
    expect(() => parseWhole(filled(characters + 1))).toThrow(XmlError);
  });

  test("characters of a parameter do not count until it is read", () => {
    const large = parameter(parse(`<rpc><op><p><q>${"x".repeat(characters)}</q></p></op></rpc>`));
    expect(large.raw).toHaveLength(characters + 14);
    expect(readOutline(large).children).toHaveLength(1);
    expect(() => readContent(large)).toThrow(XmlError);
  });

  test("envelopeElements", () => {
    expect(parse(`<rpc>${"<a/>".repeat(63)}</rpc>`).children).toHaveLength(63);
    expect(() => parse(`<rpc>${"<a/>".repeat(64)}</rpc>`)).toThrow(
      tooBig("There are more than 64 elements; send less in one request."),
    );
    expect(parse(`<rpc><op><p>${"<a/>".repeat(100_000)}</p></op></rpc>`).children).toHaveLength(1);
  });

  test("elements and depth", () => {
    const nested = (depth: number) => Buffer.from("<a>".repeat(depth) + "</a>".repeat(depth));
    expect(parseWhole(nested(64)).name).toBe("a");
    expect(() => parseWhole(nested(65))).toThrow(tooBig("Elements are nested more than 64 deep."));
    expect(() => parseWhole(Buffer.from(`<a>${"<b/>".repeat(4096)}</a>`))).toThrow(
      tooBig("There are more than 4096 elements; send less in one request."),
    );
  });
});

describe("hostile input", () => {
  const pieces = [
    "<",
    ">",
    "/",
    "</",
    "/>",
    "a",
    "b",
    ":",
    "=",
    '"',
    "'",
    " ",
    "\n",
    "&",
    ";",
    "#",
    "x",
    "&amp;",
    "&#65;",
    "<a>",
    "</a>",
    "<a/>",
    "<!--",
    "-->",
    "<![CDATA[",
    "]]>",
    "<?",
    "?>",
    "<?xml ",
    "<!DOCTYPE a>",
    "xmlns",
    'xmlns="u"',
    "xmlns:a='v'",
    "a:b",
    "<rpc>",
    "</rpc>",
    "é",
    "\u{1f600}",
    "\0",
    "\u00a0",
    "\ufeff",
    "__proto__",
    "constructor",
    " a='1'",
    "<?a '?>",
  ];

  const neverElse = (read: () => unknown) => {
    try {
      read();
    } catch (error) {
      expect(error).toBeInstanceOf(XmlError);
    }
  };

  test("no text and no bytes make the reader fail in another way than XmlError", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(fc.constantFrom(...pieces), { maxLength: 60 }).map((some) => Buffer.from(some.join(""))),
          fc.uint8Array({ maxLength: 100 }),
        ),
        (message) => {
          neverElse(() => finishJob(parseEnvelope(message)));
          neverElse(() => parseWhole(message));
        },
      ),
      { numRuns: 3000 },
    );
  });

  test("a large message is through in one pass, whatever it is made of", () => {
    const size = 2 ** 18;
    for (const piece of [...pieces, "<a b='", "<a b=", "&#", "\r", "\r\n", "<a ", "--", "]]", "a='1' "]) {
      for (const before of ["", "<rpc>", "<rpc><op>", "<rpc><op><p>", "<rpc ", "<rpc a='", "<!--"]) {
        neverElse(() => parse(before + piece.repeat(size / piece.length)));
      }
    }
  });
});

describe("what is written can be read (property)", () => {
  const name = fc.stringMatching(/^[a-z_][a-z0-9._-]{0,8}$/);
  const text = fc.string({ unit: fc.constantFrom("a", " ", "<", "&", "]]>", '"', "'", "é", "\u{1f600}", "\n") });
  const escaped = (raw: string) =>
    raw.replace(/[<&>"'\n]/g, (character) => `&#${(character.codePointAt(0) ?? 0).toString(10)};`);

  test("text and attribute values come back as they were", () => {
    fc.assert(
      fc.property(name, name, text, text, (element, attribute, value, content) => {
        const read = parseWhole(
          Buffer.from(`<${element} ${attribute}="${escaped(value)}">${escaped(content)}</${element}>`),
        );
        expect([read.name, read.attributes, read.text]).toEqual([
          element,
          attribute === "xmlns" ? [] : [{ namespace: "", name: attribute, value }],
          content,
        ]);
      }),
    );
  });

  test("a parameter cut out and read is the parameter read in place", () => {
    const { tree } = fc.letrec<{ tree: string }>((tie) => ({
      tree: fc.oneof(
        { depthSize: "small" },
        text.map(escaped),
        fc
          .tuple(name, fc.array(tie("tree"), { maxLength: 3 }))
          .map(([tag, inner]) => `<${tag}>${inner.join("")}</${tag}>`),
        text.filter((raw) => !raw.includes("]]>")).map((raw) => `<![CDATA[${raw}]]>`),
        fc.constant("<!-- </p> -->"),
      ),
    }));
    const names = (element: XmlElement): unknown => [element.name, element.text, element.children.map(names)];
    fc.assert(
      fc.property(fc.array(tree, { maxLength: 4 }), (content) => {
        const raw = `<p>${content.join("")}</p>`;
        const cut = parameter(parse(`<rpc><op>${raw}</op></rpc>`));
        expect(cut.raw).toBe(raw);
        expect(names(readContent(cut))).toEqual(names(parseWhole(Buffer.from(raw))));
      }),
    );
  });
});
