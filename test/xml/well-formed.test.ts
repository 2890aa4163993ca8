import { describe, expect, test } from "vitest";
import type { XmlElement } from "../../src/xml/element.ts";
import { parseWhole } from "../../src/xml/envelope.ts";

const parse = (xml: string) => parseWhole(Buffer.from(xml));

/** What a test compares: names, attributes, text, children. */
interface Outline {
  readonly name: string;
  readonly attributes?: readonly string[];
  readonly text?: string;
  readonly children?: readonly Outline[];
}

const expanded = (namespace: string, name: string) => (namespace === "" ? name : `{${namespace}}${name}`);

const outline = (element: XmlElement): Outline => ({
  name: expanded(element.namespace, element.name),
  ...(element.attributes.length > 0 && {
    attributes: element.attributes.map(({ namespace, name, value }) => `${expanded(namespace, name)}=${value}`),
  }),
  ...(element.text !== "" && { text: element.text }),
  ...(element.children.length > 0 && { children: element.children.map(outline) }),
});

describe("well-formed XML 1.0 with namespaces is read", () => {
  test.each<[string, string, Outline]>([
    ["an empty-element tag", "<a/>", { name: "a" }],
    ["white space in tags", "<a  b = '1'\n\tc=\"2\" ></a >", { name: "a", attributes: ["b=1", "c=2"] }],
    ["names with all that names may have", "<_é-1.b·/>", { name: "_é-1.b·" }],
    ["a name beyond the basic plane", "<\u{10400}b/>", { name: "\u{10400}b" }],
    [
      "children and text",
      "<a>x<b>1</b>y<c/>z</a>",
      { name: "a", text: "xyz", children: [{ name: "b", text: "1" }, { name: "c" }] },
    ],
    ["references", "<a>&lt;&gt;&amp;&quot;&apos;&#65;&#x1F600;</a>", { name: "a", text: "<>&\"'A\u{1f600}" }],
    ["references are replaced once", "<a>&amp;lt;</a>", { name: "a", text: "&lt;" }],
    ["CDATA sections", "<a>x<![CDATA[<b>&amp;]]]]><![CDATA[>]]></a>", { name: "a", text: "x<b>&amp;]]>" }],
    ["comments and processing instructions", "<!-- a - b --><a><!----><?p <q?></a><?r?>", { name: "a" }],
    ["all three declarations", '<?xml version="1.0" encoding="utf-8" standalone=\'yes\'?><a/>', { name: "a" }],
    [
      "attribute values",
      "<a b=\"'>/\" c='\"&quot;&#10;' d=' x\ty\n'/>",
      { name: "a", attributes: ["b='>/", 'c=""\n', "d= x y "] },
    ],
    [
      "default namespaces, given, inherited and taken back",
      '<a xmlns="urn:a" x="1"><b/><c xmlns=""/></a>',
      { name: "{urn:a}a", attributes: ["x=1"], children: [{ name: "{urn:a}b" }, { name: "c" }] },
    ],
    [
      "prefixes, declared after use in the tag, shadowed, and on attributes",
      '<p:a p:x="1" x="2" xmlns:p="urn:p"><p:b xmlns:p="urn:q"/><p:c/></p:a>',
      {
        name: "{urn:p}a",
        attributes: ["{urn:p}x=1", "x=2"],
        children: [{ name: "{urn:q}b" }, { name: "{urn:p}c" }],
      },
    ],
    [
      "the prefix xml",
      '<a xml:lang="en" xmlns:xml="http://www.w3.org/XML/1998/namespace"/>',
      { name: "a", attributes: ["{http://www.w3.org/XML/1998/namespace}lang=en"] },
    ],
    ["names of JavaScript's own", '<__proto__ constructor="1"/>', { name: "__proto__", attributes: ["constructor=1"] }],
    [
      "more of them",
      '<constructor __proto__="1" toString="2"><toString/><prototype hasOwnProperty="3"/></constructor>',
      {
        name: "constructor",
        attributes: ["__proto__=1", "toString=2"],
        children: [{ name: "toString" }, { name: "prototype", attributes: ["hasOwnProperty=3"] }],
      },
    ],
    ["what ends a CDATA section, around other markup", "<a>]]<?p?>><!---->]]</a>", { name: "a", text: "]]>]]" }],
    [
      "processing instructions with quotes",
      `<?p it's?><a b='1'><?p "?></a><?p '?>`,
      { name: "a", attributes: ["b=1"] },
    ],
  ])("%s", (_, xml, expected) => {
    expect(outline(parse(xml))).toEqual(expected);
  });
});

describe("anything else is refused", () => {
  test.each([
    ["", "The message has no element."],
    ["<!-- -->", "The message has no element."],
    ["a", "There is text outside the message's element."],
    ["<a/>b", "There is text outside the message's element."],
    ["<a/>&#32;", "There is text outside the message's element."],
    ["<a/><![CDATA[]]>", "There is a CDATA section outside the message's element."],
    ["<a/><b/>", "The message has more than one element."],
    ["<a></a><b/>", "The message has more than one element."],
    ["<a>", "<a> has no end tag."],
    ["<a><b></a>", "<b> is not followed by its end tag </b>."],
    ["<a></b>", "<a> is not followed by its end tag </a>."],
    ["<a></ab>", "<a> is not followed by its end tag </a>."],
    ["<a></ a>", "<a> is not followed by its end tag </a>."],
    ["<a></a b='1'>", "<a> is not followed by its end tag </a>."],
    ["</a>", "There is an end tag without its start tag."],
    ["<a/></a>", "There is an end tag without its start tag."],
    ["<", 'A "<" begins no tag; in text write it as "&lt;".'],
    ["< a/>", 'A "<" begins no tag; in text write it as "&lt;".'],
    ["<1/>", 'A "<" begins no tag; in text write it as "&lt;".'],
    ["<a>1 < 2</a>", 'A "<" begins no tag; in text write it as "&lt;".'],
    ["<a", "The tag <a> is not formed as XML has it."],
    ["<a:/>", "The tag <a> is not formed as XML has it."],
    ["<a:b:c/>", "The tag <a:b> is not formed as XML has it."],
    ["<:a/>", 'A "<" begins no tag; in text write it as "&lt;".'],
    ["<a/ >", "The tag <a> is not formed as XML has it."],
    ["<a b></a>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b>", "<a> has no end tag."],
    ["<a =''></a>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b=1/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1' =/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1' = c='2'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1' '2'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b\u00a0='1'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1'\u00a0c='2'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a 1b='1'/>", "The tag <a> is not formed as XML has it."],
    ["<a b:c:d='1'/>", "The tag <a> is not formed as XML has it."],
    ["<a\u00a0/>", "The tag <a> is not formed as XML has it."],
    ["<a\ufeffb/>", "The tag <a> is not formed as XML has it."],
    ["<a></a\u00a0>", "<a> is not followed by its end tag </a>."],
    ["<a b='1/>", `The message ends where "'" is expected.`],
    ["<a b='1'c='2'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1'c='2'=/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='<'/>", 'Attribute "b" of <a> has a "<"; write it as "&lt;".'],
    ["<a b='&'/>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a b='1' b='2'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a b='1' b='1'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a xmlns:p='u' xmlns:q='u' p:b='1' q:b='2'/>", '<a> has attribute "b" twice.'],
    ["<a xmlns='u' xmlns='u'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<a xmlns:p='u' xmlns:p='v'/>", 'The attributes of <a> are not all written as name="value", each once.'],
    ["<p:a/>", 'The namespace prefix "p" is not declared.'],
    ["<a p:b='1'/>", 'The namespace prefix "p" is not declared.'],
    ["<a xmlns:p=''/>", 'The namespace prefix "p" has an empty namespace.'],
    ["<a xmlns:xmlns='u'/>", 'The namespace prefix "xmlns" cannot be declared so.'],
    ["<a xmlns:xml='u'/>", 'The namespace prefix "xml" cannot be declared so.'],
    ["<a xmlns:p='http://www.w3.org/XML/1998/namespace'/>", 'The namespace prefix "p" cannot be declared so.'],
    ["<a xmlns='http://www.w3.org/2000/xmlns/'/>", 'The namespace prefix "" cannot be declared so.'],
    ["<xmlns:a/>", 'The namespace prefix "xmlns" is not declared.'],
    ["<a>&a<!---->mp;</a>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a>&a<?p?>mp;</a>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a>&b;</a>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a>&lt</a>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a>&#;</a>", 'A "&" begins no reference that XML predefines; write it as "&amp;".'],
    ["<a>&#0;</a>", "The character U+0000 is not allowed in XML."],
    ["<a>&#xFFFE;</a>", "The character U+FFFE is not allowed in XML."],
    ["<a>&#xD800;</a>", "A character reference names no character."],
    ["<a>&#x110000;</a>", "A character reference names no character."],
    [`<a>&#${"9".repeat(500)};</a>`, "A character reference names no character."],
    ["<a>\x01</a>", "The character U+0001 is not allowed in XML."],
    ["<a b='\x0b'/>", "The character U+000B is not allowed in XML."],
    ["<a><![CDATA[\x1f]]></a>", "The character U+001F is not allowed in XML."],
    ["<a><!--\uffff--></a>", "The character U+FFFF is not allowed in XML."],
    ["<a>]]></a>", 'Text has a "]]>"; write it as "]]&gt;".'],
    ["<a><!-- -- --></a>", 'A comment has a "--".'],
    ["<a><!-- ---></a>", 'A comment has a "--".'],
    ["<a><!--", 'The message ends where "-->" is expected.'],
    ["<!-->", 'The message ends where "-->" is expected.'],
    ["<a><![CDATA[]]", 'The message ends where "]]>" is expected.'],
    ["<a><?b", 'The message ends where "?>" is expected.'],
    ["<a><?xml version='1.0'?></a>", "The XML declaration is not at the beginning of the message."],
    ["<!-- --><?xml version='1.0'?><a/>", "The XML declaration is not at the beginning of the message."],
    ["<?xml?><a/>", 'The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.'],
    ["<?xml version='2.0'?><a/>", 'The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.'],
    [
      "<?xml version='1.0' encoding='UTF-16'?><a/>",
      'The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.',
    ],
    [
      `<?xml version='1.0'${" ".repeat(300)}?><a/>`,
      'The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.',
    ],
    ["<!DOCTYPE a><a/>", "A document type declaration is not allowed (RFC 6241 section 3.2)."],
    ["<!doctype a><a/>", "A document type declaration is not allowed (RFC 6241 section 3.2)."],
    ["<a><!ENTITY b 'c'></a>", "A document type declaration is not allowed (RFC 6241 section 3.2)."],
    ["\u00a0<a/>", "There is text outside the message's element."],
  ])("%j", (xml, message) => {
    expect(() => parse(xml)).toThrow(expect.objectContaining({ name: "XmlError", reason: "malformed", message }));
  });

  test.each([
    ["a lone continuation byte", [0x3c, 0x61, 0x3e, 0x80]],
    ["an overlong form", [0x3c, 0xc0, 0xbc]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["UTF-16", [0xff, 0xfe, 0x3c, 0x00]],
    ["a character cut off", [0x3c, 0x61, 0x2f, 0x3e, 0xe2, 0x82]],
  ])("bytes that are not UTF-8: %s", (_, bytes) => {
    expect(() => parseWhole(Uint8Array.from(bytes))).toThrow(
      expect.objectContaining({ reason: "malformed", message: "The message is not UTF-8." }),
    );
  });
});
