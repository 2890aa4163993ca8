import { readQualifiedName, requireXmlCharacters, skipWhiteSpace } from "./characters.ts";
import { xmlLimits } from "./limits.ts";
import { malformed, tooBig } from "./xml-error.ts";

/** An attribute as written: its value still in its quotes, its references not replaced. */
export interface RawAttribute {
  readonly prefix: string;
  readonly name: string;
  readonly quoted: string;
}

/** A start tag or an empty-element tag as written. */
export interface StartTag {
  /** With its prefix. */
  readonly qualifiedName: string;
  readonly prefix: string;
  readonly name: string;
  readonly attributes: readonly RawAttribute[];
  readonly isEmpty: boolean;
  /** Offset after the `>`. */
  readonly end: number;
}

/** Reads the tag whose `<` is at `start`. Throws `XmlError`. */
export function readStartTag(xml: string, start: number): StartTag {
  const name = readQualifiedName(xml, start + 1);
  if (name === undefined) throw malformed('A "<" begins no tag; in text write it as "&lt;".');
  const qualifiedName = xml.slice(start + 1, name.end);
  const attributes: RawAttribute[] = [];
  for (let at = name.end; ; ) {
    const next = skipWhiteSpace(xml, at);
    const isEmpty = xml[next] === "/";
    if (xml[isEmpty ? next + 1 : next] === ">") {
      return {
        qualifiedName,
        prefix: name.prefix,
        name: name.name,
        attributes,
        isEmpty,
        end: next + (isEmpty ? 2 : 1),
      };
    }
    if (next === at) throw malformed(`The tag <${qualifiedName}> is not formed as XML has it.`);
    if (attributes.length === xmlLimits.attributes) {
      throw tooBig(`<${qualifiedName}> has more than ${xmlLimits.attributes} attributes.`);
    }
    const attribute = readAttribute(xml, next, qualifiedName);
    attributes.push(attribute.read);
    at = attribute.end;
  }
}

function readAttribute(xml: string, start: number, element: string): { read: RawAttribute; end: number } {
  const name = readQualifiedName(xml, start);
  const equals = name === undefined ? start : skipWhiteSpace(xml, name.end);
  if (name === undefined || xml[equals] !== "=") {
    throw malformed(`An attribute of <${element}> is not written as name="value".`);
  }
  const open = skipWhiteSpace(xml, equals + 1);
  const quote = xml[open];
  const close = quote === '"' || quote === "'" ? xml.indexOf(quote, open + 1) : -1;
  if (close < 0) throw malformed(`The value of attribute "${name.name}" of <${element}> is not in quotes.`);
  if (close - open > xmlLimits.attributeCharacters) {
    throw tooBig(
      `Attribute "${name.name}" of <${element}> is longer than ${xmlLimits.attributeCharacters} characters.`,
    );
  }
  const quoted = requireXmlCharacters(xml.slice(open, close + 1));
  if (quoted.includes("<")) throw malformed(`Attribute "${name.name}" of <${element}> has a "<"; write it as "&lt;".`);
  return { read: { prefix: name.prefix, name: name.name, quoted }, end: close + 1 };
}

/** Reads the end tag at `start`, which must be that of `qualifiedName`; returns the offset after it. Throws `XmlError`. */
export function readEndTag(xml: string, start: number, qualifiedName: string): number {
  const nameEnd = start + 2 + qualifiedName.length;
  const end = skipWhiteSpace(xml, nameEnd);
  if (!xml.startsWith(qualifiedName, start + 2) || xml[end] !== ">") {
    throw malformed(`<${qualifiedName}> is not followed by its end tag </${qualifiedName}>.`);
  }
  return end + 1;
}
