import { xmlLimits } from "./limits.ts";
import { malformed } from "./xml-error.ts";

/** Without U+FEFF, which XML has and JavaScript, and so the library, takes for white space. */
const NAME_START =
  "A-Z_a-z\\u00C0-\\u00D6\\u00D8-\\u00F6\\u00F8-\\u02FF\\u0370-\\u037D\\u037F-\\u1FFF\\u200C\\u200D\\u2070-\\u218F" +
  "\\u2C00-\\u2FEF\\u3001-\\uD7FF\\uF900-\\uFDCF\\uFDF0-\\uFEFE\\uFF00-\\uFFFD\\u{10000}-\\u{EFFFF}";
const NCNAME = `[${NAME_START}][${NAME_START}\\-.0-9\\u00B7\\u0300-\\u036F\\u203F\\u2040]{0,${xmlLimits.nameCharacters - 1}}`;
const QUALIFIED_NAME = new RegExp(`(?:(${NCNAME}):)?(${NCNAME})`, "uy");

/** Namespaces in XML 1.0 section 4; `prefix` is "" when there is none. */
export interface QualifiedName {
  /** With its prefix. */
  readonly qualifiedName: string;
  readonly prefix: string;
  readonly name: string;
}

/** The qualified name at offset `at`, or undefined. What follows it is for the caller to check. */
export function readQualifiedName(xml: string, at: number): QualifiedName | undefined {
  QUALIFIED_NAME.lastIndex = at;
  const found = QUALIFIED_NAME.exec(xml);
  if (found === null) return undefined;
  return { qualifiedName: found[0], prefix: found[1] ?? "", name: found[2] ?? "" };
}

/** XML 1.0 section 2.3; NaN, the code beyond the end, is none. */
const isSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x09 || code === 0x0d;

/** The first offset from `at` on that is not XML white space. */
export function skipWhiteSpace(xml: string, at: number): number {
  let end = at;
  while (isSpace(xml.charCodeAt(end))) end++;
  return end;
}

/** Whether there is nothing but XML white space. */
export const isWhiteSpace = (text: string): boolean => skipWhiteSpace(text, 0) === text.length;

/** Removes XML white space at both ends, and no other kind of space. */
export function trimWhiteSpace(text: string): string {
  const start = skipWhiteSpace(text, 0);
  let end = text.length;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

/** XML 1.0 section 2.2, production Char, turned round. */
const FORBIDDEN = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u;

/** XML 1.0 section 2.2. Throws `XmlError`. */
export function requireXmlCharacters(text: string): string {
  const found = FORBIDDEN.exec(text)?.[0];
  if (found === undefined) return text;
  throw malformed(
    `The character U+${found.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")} is not allowed in XML.`,
  );
}

const REFERENCE = /&(?:(amp|lt|gt|quot|apos)|#(\d+)|#x([0-9A-Fa-f]+));|&/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };

/** Character data with the five predefined entities and character references replaced. Throws `XmlError`. */
export function decodeReferences(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(REFERENCE, (whole, entity?: string, decimal?: string, hexadecimal?: string) => {
    if (entity !== undefined) return ENTITIES[entity] ?? whole;
    if (decimal !== undefined) return characterOf(Number(decimal));
    if (hexadecimal !== undefined) return characterOf(Number.parseInt(hexadecimal, 16));
    throw malformed('A "&" begins no reference that XML predefines; write it as "&amp;".');
  });
}

function characterOf(code: number): string {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) {
    throw malformed("A character reference names no character.");
  }
  return requireXmlCharacters(String.fromCodePoint(code));
}
