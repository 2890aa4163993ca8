import { checkAttributes, tagForMore, tooMany } from "./config-attributes.ts";
import { yangLimits } from "./limits.ts";

/**
 * A `<config>` element in parts of about `configPartCharacters`, each a `<config>` of its own, which have the same
 * effect if they are carried out one after the other: libyang parses one at a time, and others can be served in
 * between. It is cut between top-level elements, and between the children of those that `mayCut` allows (a list entry
 * has to stay whole) and whose attributes say no more than that they are to be merged or replaced.
 *
 * On the way it looks at the tags before libyang does: libyang takes time in proportion to the square of the attributes
 * of one element and of the elements at the top. Throws `RpcError`. What is not well-formed is left for libyang to find.
 */
export function* configParts(config: string, mayCut: (localName: string) => boolean): Iterable<string> {
  const open: string[] = [];
  let topLevelElements = 0;
  let isTopCuttable = false;
  /** Start tags that the next part needs before what begins at `from`. */
  let before = "";
  let from = 0;
  for (const { tag, end } of tags(config)) {
    const isEndTag = tag.startsWith("</");
    let tagInNextPart = tag;
    if (isEndTag) open.pop();
    // The attributes of <config> itself are the envelope's business.
    else if (open.length > 0) checkAttributes(tag);
    if (!isEndTag && open.length === 1) {
      if (++topLevelElements > yangLimits.topLevelElements) {
        throw tooMany("top-level elements", yangLimits.topLevelElements);
      }
      const tagOfMore = tagForMore(tag);
      isTopCuttable = tagOfMore !== undefined && mayCut(localNameOf(tag));
      tagInNextPart = tagOfMore ?? tag;
    }
    if (!isEndTag && !tag.endsWith("/>")) {
      open.push(tagInNextPart);
      continue;
    }
    if (end - from < yangLimits.configPartCharacters) continue;
    if (open.length === 1 || (open.length === 2 && isTopCuttable)) {
      yield `${before}${config.slice(from, end)}${open.toReversed().map(endTagOf).join("")}`;
      before = open.join("");
      from = end;
    }
  }
  const rest = config.slice(from);
  if (before === "" || !HAS_ONLY_END_TAGS.test(rest)) yield before + rest;
}

const HAS_ONLY_END_TAGS = /^(?:\s*<\/[^>]*>)*\s*$/;

const NAME = /^<([^\s/>]+)/;
const nameOf = (tag: string): string => NAME.exec(tag)?.[1] ?? "";
const localNameOf = (tag: string): string => nameOf(tag).replace(/^.*:/, "");
const endTagOf = (tag: string): string => `</${nameOf(tag)}>`;

/** Start and end tags, each character looked at once; ends where something is not closed. */
function* tags(xml: string): Iterable<{ readonly tag: string; readonly end: number }> {
  for (let at = xml.indexOf("<"); at >= 0; at = xml.indexOf("<", at)) {
    const end = endOfMarkup(xml, at);
    if (end < 0) return;
    if (xml[at + 1] !== "!" && xml[at + 1] !== "?") yield { tag: xml.slice(at, end), end };
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
