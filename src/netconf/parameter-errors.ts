import {
  badElement,
  invalidValue,
  missingElement,
  unknownAttribute,
  unknownElement,
  unknownNamespace,
} from "../errors/constructors.ts";
import { locating } from "../errors/locating.ts";
import type { ErrorPath, RpcError } from "../errors/rpc-error.ts";
import { isWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { NETCONF_BASE, NETCONF_NOTIFICATION, YANG_1 } from "../xml/netconf-namespace.ts";
import { COMMITS } from "./commits-namespace.ts";
import { NETCONF_MONITORING } from "./netconf-monitoring.ts";
import { PARTIAL_LOCK } from "./partial-lock-namespace.ts";
import { WITH_DEFAULTS } from "./with-defaults.ts";

/** An element of a request; a name alone is in the base namespace. */
export type RequestStep = string | { readonly namespace: string; readonly name: string };

const namespaceOf = (step: RequestStep): string => (typeof step === "string" ? NETCONF_BASE : step.namespace);
const nameOf = (step: RequestStep | undefined): string | undefined => (typeof step === "object" ? step.name : step);

const PREFIXES: ReadonlyMap<string, string> = new Map([
  [NETCONF_BASE, "nc"],
  [NETCONF_MONITORING, "ncm"],
  [COMMITS, "cmt"],
  [YANG_1, "yang"],
  [PARTIAL_LOCK, "pl"],
  [WITH_DEFAULTS, "ncwd"],
  [NETCONF_NOTIFICATION, "ncEvent"],
]);

/** The path of an element in an `<rpc>`: `steps` lead from the operation to it. */
export function requestPath(...steps: readonly RequestStep[]): ErrorPath {
  const all = ["rpc", ...steps];
  const prefixed = all.map((step) => `${PREFIXES.get(namespaceOf(step))}:${nameOf(step)}`);
  return {
    text: `/${prefixed.join("/")}`,
    namespaces: Object.fromEntries(all.map((step) => [PREFIXES.get(namespaceOf(step)), namespaceOf(step)])),
  };
}

/** A parameter, or a part of one, that the RFC requires is not there. */
export const missing = (path: readonly RequestStep[], name: string, hint: string): RpcError =>
  missingElement(name, `<${name}> is missing in <${nameOf(path.at(-1))}>; ${hint}`, { path: requestPath(...path) });

/** RFC 7950 section 8.3.1: a leaf's value does not match its type. */
export const wrongValue = (path: readonly RequestStep[], hint: string): RpcError =>
  invalidValue(`The value of <${nameOf(path.at(-1))}> is wrong; ${hint}`, { path: requestPath(...path) });

/** RFC 7950 section 8.3.1: also for what an unsupported feature would add. */
export const unexpected = (path: readonly RequestStep[], element: XmlElement, hint: string): RpcError => {
  const details = { path: requestPath(...path) };
  const parent = path.at(-1) ?? "rpc";
  if (element.namespace === namespaceOf(parent) || element.namespace === WITH_DEFAULTS) {
    return unknownElement(element.name, `<${element.name}> is not expected in <${nameOf(parent)}>; ${hint}`, details);
  }
  const namespace = element.namespace === "" ? "no namespace" : `namespace "${element.namespace}"`;
  const message = `<${element.name}> in <${nameOf(parent)}> is in ${namespace}; put it into "${namespaceOf(parent)}".`;
  return unknownNamespace(element.name, element.namespace, message, details);
};

/** Throws when the element has an attribute other than these. */
export function requireAttributes(
  path: readonly RequestStep[],
  element: XmlElement,
  allowed: readonly string[] = [],
  namespaces: readonly string[] = [""],
): void {
  const wrong = element.attributes.find(
    ({ namespace, name }) => !namespaces.includes(namespace) || !allowed.includes(name),
  );
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
export function requireNoText(path: readonly RequestStep[], element: XmlElement): void {
  if (isWhiteSpace(element.text)) return;
  throw badElement(element.name, `<${element.name}> has text where only elements belong; leave it out.`, {
    path: requestPath(...path),
  });
}

/** Throws when there are child elements where only text belongs. */
export function requireNoChildren(path: readonly RequestStep[], element: XmlElement): void {
  const child = element.children[0];
  if (child !== undefined) throw unexpected(path, child, "leave it out.");
}

/** Does what a parameter is for: an `invalid-value` that names no place is about that parameter. */
export const withParameter = <T>(path: readonly RequestStep[], work: Promise<T>): Promise<T> =>
  locating(requestPath(...path), work, ({ tag }) => tag === "invalid-value");

/** Does what an element is for: an error that names no place is about that element. */
export const withPath = <T>(path: readonly RequestStep[], work: Promise<T>): Promise<T> =>
  locating(requestPath(...path), work);
