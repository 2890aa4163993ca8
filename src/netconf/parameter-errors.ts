import {
  badElement,
  invalidValue,
  missingElement,
  unknownAttribute,
  unknownElement,
  unknownNamespace,
} from "../errors/constructors.ts";
import type { ErrorPath, RpcError } from "../errors/rpc-error.ts";
import { isWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";

/** The path of an element in an `<rpc>` of the base namespace: `names` lead from the operation to it. */
export const requestPath = (...names: readonly string[]): ErrorPath => ({
  text: ["/nc:rpc", ...names.map((name) => `nc:${name}`)].join("/"),
  namespaces: { nc: NETCONF_BASE },
});

/** A parameter, or a part of one, that the RFC requires is not there. */
export const missing = (path: readonly string[], name: string, hint: string): RpcError =>
  missingElement(name, `<${name}> is missing in <${path.at(-1)}>; ${hint}`, { path: requestPath(...path) });

/** RFC 7950 section 8.3.1: a leaf's value does not match its type. */
export const wrongValue = (path: readonly string[], hint: string): RpcError =>
  invalidValue(`The value of <${path.at(-1)}> is wrong; ${hint}`, { path: requestPath(...path) });

/** RFC 7950 section 8.3.1: also for what an unsupported feature would add. */
export const unexpected = (path: readonly string[], element: XmlElement, hint: string): RpcError => {
  const details = { path: requestPath(...path) };
  if (element.namespace === NETCONF_BASE) {
    return unknownElement(element.name, `<${element.name}> is not expected in <${path.at(-1)}>; ${hint}`, details);
  }
  const namespace = element.namespace === "" ? "no namespace" : `namespace "${element.namespace}"`;
  const message = `<${element.name}> in <${path.at(-1)}> is in ${namespace}; put it into "${NETCONF_BASE}".`;
  return unknownNamespace(element.name, element.namespace, message, details);
};

/** Throws when the element has an attribute other than these. */
export function requireAttributes(path: readonly string[], element: XmlElement, allowed: readonly string[] = []): void {
  const wrong = element.attributes.find(({ namespace, name }) => namespace !== "" || !allowed.includes(name));
  if (wrong === undefined) return;
  throw unknownAttribute(
    wrong.name,
    element.name,
    `<${element.name}> has no attribute "${wrong.name}"; leave it out.`,
    {
      type: "protocol",
      path: requestPath(...path),
    },
  );
}

/** Throws when there is text where only elements belong. */
export function requireNoText(path: readonly string[], element: XmlElement): void {
  if (isWhiteSpace(element.text)) return;
  throw badElement(element.name, `<${element.name}> has text where only elements belong; leave it out.`, {
    path: requestPath(...path),
  });
}

/** Throws when there are child elements where only text belongs. */
export function requireNoChildren(path: readonly string[], element: XmlElement): void {
  const child = element.children[0];
  if (child !== undefined) throw unexpected(path, child, "leave it out.");
}
