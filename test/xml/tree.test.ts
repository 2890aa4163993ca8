import fc from "fast-check";
import { expect, test } from "vitest";
import type { XmlElement } from "../../src/xml/element.ts";
import { parseWhole } from "../../src/xml/envelope.ts";

/** An element as the test means it; `text` is all its text, `xml` how it is written. */
interface Meant {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly text: string;
  readonly children: readonly Meant[];
  readonly xml: string;
}

/** A part of an element's content. */
type Part = { readonly xml: string; readonly text: string; readonly child?: Meant };

const anyName = fc.oneof(
  fc.stringMatching(/^[A-Za-z_\u00e9\u4e00][A-Za-z0-9_.\-\u00b7]{0,6}$/),
  fc.constantFrom(
    "__proto__",
    "constructor",
    "prototype",
    "toString",
    "hasOwnProperty",
    "valueOf",
    "\u{10400}",
    "xml-a",
  ),
);
const name = anyName.filter((word) => word !== "xmlns");
const characters = fc.string({
  unit: fc.constantFrom(
    "a",
    "0",
    " ",
    "\n",
    "<",
    ">",
    "&",
    "]]>",
    "--",
    '"',
    "'",
    "=",
    "/",
    "#text",
    "\u00a0",
    "\u{1f600}",
  ),
  maxLength: 6,
});
const space = fc.constantFrom(" ", "\n", "\t ", "  ");
const maybeSpace = fc.constantFrom("", " ", "\n");

const escaped = (text: string, wanted: RegExp) =>
  text.replace(wanted, (character) => `&#x${(character.codePointAt(0) ?? 0).toString(16)};`);

const attribute = fc
  .record({ name, value: characters, quote: fc.constantFrom('"', "'"), before: space, around: maybeSpace })
  .map(({ name: key, value, quote, before, around }) => ({
    key,
    value,
    xml: `${before}${key}${around}=${around}${quote}${escaped(value, quote === '"' ? /[<&"\n]/g : /[<&'\n]/g)}${quote}`,
  }));

const plainPart: fc.Arbitrary<Part> = fc.oneof(
  characters.map((text) => ({ text, xml: escaped(text, /[<>&]/g) })),
  characters.filter((text) => !text.includes("]]>")).map((text) => ({ text, xml: `<![CDATA[${text}]]>` })),
  fc.constantFrom("<!-- <a b='> -->", "<!---->", "<?p it's a \"quote?>").map((xml) => ({ text: "", xml })),
  fc.constantFrom("&amp;", "&quot;").map((xml) => ({ text: xml === "&amp;" ? "&" : '"', xml })),
);

const { element } = fc.letrec<{ element: Meant }>((tie) => ({
  element: fc
    .record({
      name,
      namespace: fc.constantFrom("", "urn:a", "urn:b"),
      prefix: fc.constantFrom("", "p", "q"),
      attributes: fc.uniqueArray(attribute, { selector: ({ key }) => key, maxLength: 4 }),
      parts: fc.array(
        fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          plainPart,
          tie("element").map((child): Part => ({ text: "", xml: child.xml, child })),
        ),
        { maxLength: 4 },
      ),
      end: maybeSpace,
    })
    .map(({ name: local, namespace, prefix, attributes, parts, end }): Meant => {
      const isPrefixed = namespace !== "" && prefix !== "";
      const tag = isPrefixed ? `${prefix}:${local}` : local;
      const declaration = ` xmlns${isPrefixed ? `:${prefix}` : ""}="${namespace}"`;
      const start = `${tag}${attributes.map(({ xml }) => xml).join("")}${declaration}${end}`;
      const content = parts.map(({ xml }) => xml).join("");
      return {
        namespace,
        name: local,
        attributes: Object.fromEntries(attributes.map(({ key, value }) => [`@${key}`, value])),
        text: parts.map(({ text }) => text).join(""),
        children: parts.flatMap(({ child }) => child ?? []),
        xml: content === "" ? `<${start}/>` : `<${start}>${content}</${tag}${end}>`,
      };
    }),
}));

const seen = (read: XmlElement): Meant => ({
  namespace: read.namespace,
  name: read.name,
  attributes: Object.fromEntries(read.attributes.map((found) => [`@${found.name}`, found.value])),
  text: read.text,
  children: read.children.map(seen),
  xml: read.raw,
});

test("every well-formed document is read as it was meant, each element with where it came from", () => {
  fc.assert(
    fc.property(element, fc.constantFrom("", "<?xml version='1.0'?>", "<!-- a -->\n"), (meant, before) => {
      expect(seen(parseWhole(Buffer.from(`${before}${meant.xml}<!----> <?end?>`)))).toEqual(meant);
    }),
    { numRuns: 1000 },
  );
});
