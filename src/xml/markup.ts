import type { Job } from "../job.ts";
import { skipWhiteSpace } from "./characters.ts";
import { xmlLimits } from "./limits.ts";
import { malformed } from "./xml-error.ts";

const DOUBLE_QUOTE = 0x22;
const SINGLE_QUOTE = 0x27;
const SLASH = 0x2f;
const GREATER_THAN = 0x3e;
const QUESTION_MARK = 0x3f;
const EXCLAMATION_MARK = 0x21;

/** Comments, CDATA sections and processing instructions: offset after the one at `start`. Throws `XmlError`. */
export function skipMarkup(xml: string, start: number): number {
  if (xml.charCodeAt(start + 1) === QUESTION_MARK) return after(xml, "?>", start + 2);
  if (xml.startsWith("<!--", start)) return after(xml, "-->", start + 4);
  if (xml.startsWith("<![CDATA[", start)) return after(xml, "]]>", start + 9);
  throw malformed("A document type declaration is not allowed (RFC 6241 section 3.2).");
}

/**
 * Offset of the end tag of an element whose content begins at `from`. Only counts tags: whether the names inside match
 * is seen by whoever reads that content. Each character is looked at once, `stepBytes` in a step. Throws `XmlError`.
 */
export function* skipContent(xml: string, from: number): Job<number> {
  let depth = 0;
  let pauseAt = from + xmlLimits.stepBytes;
  for (let at = from; ; ) {
    if (at >= pauseAt) {
      yield;
      pauseAt = at + xmlLimits.stepBytes;
    }
    at = xml.indexOf("<", at);
    if (at < 0) throw malformed("The message ends inside an element.");
    switch (xml.charCodeAt(at + 1)) {
      case SLASH:
        if (depth === 0) return at;
        depth--;
        at = after(xml, ">", at);
        break;
      case QUESTION_MARK:
      case EXCLAMATION_MARK:
        at = skipMarkup(xml, at);
        break;
      default:
        at = endOfTag(xml, at);
        if (xml.charCodeAt(at - 2) !== SLASH) depth++;
    }
  }
}

/** Offset after the end tag at `start`, which must be that of `qualifiedName`. Throws `XmlError`. */
export function endOfEndTag(xml: string, start: number, qualifiedName: string): number {
  const end = skipWhiteSpace(xml, start + 2 + qualifiedName.length);
  if (xml.startsWith(qualifiedName, start + 2) && xml[end] === ">") return end + 1;
  throw malformed(`<${qualifiedName}> is not followed by its end tag </${qualifiedName}>.`);
}

/** Offset after the `>` of the start tag at `start`; one in a quoted value does not count. Throws `XmlError`. */
export function endOfTag(xml: string, start: number): number {
  for (let at = start + 1; at < xml.length; at++) {
    const code = xml.charCodeAt(at);
    if (code === GREATER_THAN) return at + 1;
    if (code === DOUBLE_QUOTE || code === SINGLE_QUOTE) at = after(xml, code === DOUBLE_QUOTE ? '"' : "'", at + 1) - 1;
  }
  throw malformed("The message ends inside a tag.");
}

const WITHOUT_NEEDLESS_SPACE = /^(?: [^ \t\n"'=]+=(?:"[^"]*"|'[^']*'))*$/;

/** The attributes in the start tag of an element as sent, but for white space: one before each, none around "=". */
export function sentAttributes(element: { readonly raw: string; readonly qualifiedName: string }): string {
  const { raw, qualifiedName } = element;
  const nameEnd = 1 + qualifiedName.length;
  if (raw[nameEnd] === ">") return "";
  const end = endOfTag(raw, 0);
  const isEmpty = raw[end - 2] === "/";
  const sent = raw.slice(nameEnd, end - (isEmpty ? 2 : 1));
  if (WITHOUT_NEEDLESS_SPACE.test(sent)) return sent;
  return sent
    .replace(/("[^"]*"|'[^']*')|[ \t\n]*(=)[ \t\n]*|[ \t\n]+/g, (_, quoted, equals) => quoted ?? equals ?? " ")
    .replace(/ $/, "");
}

function after(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from);
  if (at < 0) throw malformed(`The message ends where "${mark}" is expected.`);
  return at + mark.length;
}
