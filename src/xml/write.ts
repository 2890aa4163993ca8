import type { ErrorInfo, RpcErrorEntry } from "../errors/rpc-error.ts";
import type { XmlElement } from "./element.ts";
import { escapeAttribute, escapeText } from "./escape.ts";
import { sentAttributes } from "./markup.ts";
import { NETCONF_BASE, YANG_1 } from "./netconf-namespace.ts";
import { declarations, textElement } from "./text-element.ts";

/**
 * What a reply takes over from its request. RFC 6241 section 4.2: all attributes of `<rpc>` come back unmodified,
 * namespace declarations included; so the reply has the request's prefix too.
 */
export interface ReplyFrame {
  readonly prefix: string;
  readonly attributes: string;
}

/** The frame of a reply to a message in which no `<rpc>` was found. */
export const anonymousFrame: ReplyFrame = { prefix: "", attributes: ` xmlns="${NETCONF_BASE}"` };

/** The frame of the reply to `rpc`: values are in the quotes and the escapes they came with. */
export const frameOf = (rpc: XmlElement): ReplyFrame => ({ prefix: rpc.prefix, attributes: sentAttributes(rpc) });

export const okReply = (frame: ReplyFrame): string => reply(frame, (xmlns) => `<ok${xmlns}/>`);

/** The reply with these elements in it, which declare their namespaces; `<ok/>` where there are none. */
export const outputReply = (frame: ReplyFrame, elements: string): string =>
  elements === "" ? okReply(frame) : reply(frame, () => elements);

/** What an action gives back, leaf by leaf, as elements of a reply (RFC 7950 section 7.15.2). */
export function leafElements(output: {
  readonly namespace: string;
  readonly leaves: Readonly<Record<string, string>>;
}): string {
  const xmlns = ` xmlns="${escapeAttribute(output.namespace)}"`;
  const leaves = Object.entries(output.leaves).map(([name, value]) => textElement(name, value, xmlns));
  return leaves.join("");
}

export const emptyDataReply = (frame: ReplyFrame, namespace: string): string =>
  reply(frame, (xmlns) => `<data${xmlnsOf(namespace, xmlns)}/>`);

/** What stands before and after the content of `<data>`; elements in it have their namespace declared on them. */
export function aroundData(frame: ReplyFrame, namespace: string): { readonly start: string; readonly end: string } {
  const whole = reply(frame, (xmlns) => `<data${xmlnsOf(namespace, xmlns)}></data>`);
  const end = whole.lastIndexOf("</data>");
  return { start: whole.slice(0, end), end: whole.slice(end) };
}

/** The declaration that an element of `namespace` needs where one of the base namespace needs `xmlns`. */
const xmlnsOf = (namespace: string, xmlns: string): string =>
  namespace === NETCONF_BASE ? xmlns : ` xmlns="${escapeAttribute(namespace)}"`;

/** RFC 6241 section 4.3; several errors make several `<rpc-error>`. */
export const errorReply = (frame: ReplyFrame, entries: readonly RpcErrorEntry[]): string =>
  reply(frame, (xmlns) => entries.map((entry) => rpcError(entry, xmlns)).join(""));

/** RFC 6241 section 8.1. */
export function serverHello(capabilities: readonly string[], sessionId: number): string {
  const listed = capabilities.map((uri) => `<capability>${escapeText(uri)}</capability>`).join("");
  return (
    `<?xml version="1.0" encoding="UTF-8"?>\n<hello xmlns="${NETCONF_BASE}"><capabilities>${listed}</capabilities>` +
    `<session-id>${sessionId}</session-id></hello>`
  );
}

/**
 * Under a prefixed `<rpc-reply>` the children declare the namespace anew and go without prefix: an `<error-path>` may
 * then declare any prefix it needs.
 */
function reply(frame: ReplyFrame, body: (xmlns: string) => string): string {
  const name = frame.prefix === "" ? "rpc-reply" : `${frame.prefix}:rpc-reply`;
  const content = body(frame.prefix === "" ? "" : ` xmlns="${NETCONF_BASE}"`);
  return `<${name}${frame.attributes}>${content}</${name}>`;
}

function rpcError(entry: RpcErrorEntry, xmlns: string): string {
  const { appTag, path, info } = entry;
  return (
    `<rpc-error${xmlns}>` +
    `<error-type>${entry.type}</error-type>` +
    `<error-tag>${entry.tag}</error-tag>` +
    "<error-severity>error</error-severity>" +
    (appTag === undefined ? "" : `<error-app-tag>${escapeText(appTag)}</error-app-tag>`) +
    (path === undefined ? "" : `<error-path${declarations(path.namespaces)}>${escapeText(path.text)}</error-path>`) +
    `<error-message xml:lang="en">${escapeText(entry.message)}</error-message>` +
    (info === undefined ? "" : errorInfo(info)) +
    "</rpc-error>"
  );
}

/** In the order of errorInfoType, RFC 6241 appendix B; then what is in other namespaces (RFC 7950 section 15). */
function errorInfo(info: ErrorInfo): string {
  const items = [
    item("session-id", info.sessionId),
    item("bad-attribute", info.badAttribute),
    item("bad-element", info.badElement),
    item("bad-namespace", info.badNamespace),
    ...(info.nonUnique ?? []).map((path) => item("non-unique", path.text, YANG_XMLNS + declarations(path.namespaces))),
    item("missing-choice", info.missingChoice, YANG_XMLNS),
  ];
  return `<error-info>${items.join("")}</error-info>`;
}

const YANG_XMLNS = ` xmlns="${YANG_1}"`;

const item = (name: string, value: string | number | undefined, attributes = ""): string =>
  value === undefined ? "" : `<${name}${attributes}>${escapeText(String(value))}</${name}>`;
