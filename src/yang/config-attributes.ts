import { RpcError } from "../errors/rpc-error.ts";
import { yangLimits } from "./limits.ts";

/** In a start tag; the name is captured. */
const ATTRIBUTE = /\s([^\s=]+)\s*=\s*(?:"[^"]*"|'[^']*')/g;
const TAG_NAME = /^<([^\s/>]+)/;

/**
 * Refuses attributes of an element in a `<config>` that libyang would drop, among them the `operation` that somebody
 * forgot to give a prefix, and too many of them. Throws `RpcError`.
 */
export function checkAttributes(tag: string): void {
  if (!tag.includes("=")) return;
  const element = TAG_NAME.exec(tag)?.[1] ?? "";
  let count = 0;
  for (const [, name = ""] of tag.matchAll(ATTRIBUTE)) {
    if (++count > yangLimits.attributes) throw tooMany(`attributes on <${element}>`, yangLimits.attributes);
    if (name !== "xmlns" && !name.includes(":")) throw unknown(name, element);
  }
}

const MERGES_OR_REPLACES = /(\s[^\s=:]+:operation\s*=\s*)(["'])(?:merge|replace)\2/;

/**
 * The start tag with which further children of an element can be added after it: the same, or with "merge" where its
 * children so far have replaced what was there. Undefined when an attribute may say something else of them all.
 */
export function tagForMore(tag: string): string | undefined {
  const own = [...tag.matchAll(ATTRIBUTE)].filter(([, name = ""]) => name !== "xmlns" && !name.startsWith("xmlns:"));
  if (own.length === 0) return tag;
  const [attribute = ""] = own[0] ?? [];
  return own.length === 1 && MERGES_OR_REPLACES.test(attribute)
    ? tag.replace(MERGES_OR_REPLACES, "$1$2merge$2")
    : undefined;
}

export function tooMany(what: string, limit: number): RpcError {
  const message = `There are more than ${limit} ${what}. Send less in one request.`;
  return new RpcError({ type: "application", tag: "too-big", message });
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
