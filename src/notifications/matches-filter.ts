import { trimWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { isContentMatch, type SubtreeFilter, type SubtreeFilterNode } from "../yang/subtree-filter.ts";

/**
 * Whether a subtree filter (RFC 6241 section 6) selects anything of an event: then the whole of it is sent, since a
 * filter says which events are of interest, not which parts of them (RFC 5277 section 2.1.1). Values are compared as
 * texts, in the form in which the event has them.
 */
export const matchesFilter = (filter: SubtreeFilter, content: XmlElement): boolean =>
  filter.some((node) => selects(node, content));

/** Elements of a filter, all levels together. */
export const filterSize = (filter: SubtreeFilter): number =>
  filter.reduce((size, { children }) => size + 1 + filterSize(children), 0);

function selects(node: SubtreeFilterNode, element: XmlElement): boolean {
  // Section 6.2.2: the elements of our events have no attributes that could be matched.
  if (node.name !== element.name || node.attributes.length > 0) return false;
  if (node.namespace !== undefined && node.namespace !== element.namespace) return false;
  if (node.children.length === 0) return node.text === "" || node.text === trimWhiteSpace(element.text);
  const isIn = (child: SubtreeFilterNode) => element.children.some((candidate) => selects(child, candidate));
  const guards = node.children.filter(isContentMatch);
  if (!guards.every(isIn)) return false;
  return guards.length === node.children.length || node.children.some((child) => !isContentMatch(child) && isIn(child));
}
