import { RpcError } from "../errors/rpc-error.ts";
import { yangLimits } from "./limits.ts";

/** In a start tag; the name is captured. */
const ATTRIBUTE = /\s([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')/g;
const TAG_NAME = /^[^\s/>]+/;

/**
 * Looks at the tags of a `<config>` element before libyang does, in one pass: libyang takes time in proportion to the
 * square of the attributes of one element and of the elements at the top, and it drops attributes that it does not
 * know, among them the `operation` that somebody forgot to give a prefix. Throws `RpcError`. What is not well-formed is
 * left for libyang to find.
 */
export function scanConfig(config: string): void {
  let depth = 0;
  let topLevel = 0;
  for (const tag of tags(config)) {
    if (tag.startsWith("</")) {
      depth--;
      continue;
    }
    // Depth 0 is <config> itself, whose attributes are the envelope's business.
    if (depth > 0) checkAttributes(tag);
    if (depth === 1 && ++topLevel > yangLimits.topLevelElements) {
      throw tooMany("top-level elements", yangLimits.topLevelElements);
    }
    if (!tag.endsWith("/>")) depth++;
  }
}

/** Start and end tags, each character looked at once; ends where something is not closed. */
function* tags(xml: string): Iterable<string> {
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at)) {
    const end = endOfMarkup(xml, at);
    if (end < 0) return;
    if (xml[at + 1] !== "!" && xml[at + 1] !== "?") yield xml.slice(at, end);
    at = end;
  }
}

/** Offset after the markup at `start`; -1 when it has no end. */
function endOfMarkup(xml: string, start: number): number {
  if (xml[start + 1] === "?") return after(xml, "?>", start);
  if (xml.startsWith("<!--", start)) return after(xml, "-->", start + 4);
  if (xml.startsWith("<![CDATA[", start)) return after(xml, "]]>", start);
  for (let at = start + 1; at < xml.length; at++) {
    const char = xml[at];
    if (char === ">") return at + 1;
    if (char !== '"' && char !== "'") continue;
    at = xml.indexOf(char, at + 1);
    if (at < 0) return -1;
  }
  return -1;
}

function after(xml: string, mark: string, from: number): number {
  const at = xml.indexOf(mark, from);
  return at < 0 ? -1 : at + mark.length;
}

function checkAttributes(tag: string): void {
  if (!tag.includes("=")) return;
  const element = TAG_NAME.exec(tag.slice(1))?.[0] ?? "";
  let count = 0;
  for (const [, name = ""] of tag.matchAll(ATTRIBUTE)) {
    if (++count > yangLimits.attributes) throw tooMany(`attributes on <${element}>`, yangLimits.attributes);
    if (name !== "xmlns" && !name.includes(":")) throw unknown(name, element);
  }
}

/** RFC 7950 section 7.2: whatever is said about data in an attribute is in a namespace. */
function unknown(attribute: string, element: string): RpcError {
  const hint =
    attribute === "operation"
      ? ' For edit-config\'s operation write nc:operation, with the prefix declared by xmlns:nc="urn:ietf:params:xml:ns:netconf:base:1.0".'
      : " Leave it out.";
  return new RpcError({
    type: "application",
    tag: "unknown-attribute",
    message: `The attribute '${attribute}' of <${element}> is in no namespace and means nothing.${hint}`,
    info: { badAttribute: attribute, badElement: element.slice(element.indexOf(":") + 1) },
  });
}

function tooMany(what: string, limit: number): RpcError {
  const message = `There are more than ${limit} ${what}. Send less in one request.`;
  return new RpcError({ type: "application", tag: "too-big", message });
}
