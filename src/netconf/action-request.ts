import { badElement, missingElement, unknownNamespace } from "../errors/constructors.ts";
import { standalone, type XmlElement } from "../xml/element.ts";
import { readContent } from "../xml/envelope.ts";
import type { YangLibrary } from "../yang/yang-library.ts";
import { type RequestStep, requestPath, requireAttributes, requireNoText } from "./parameter-errors.ts";

/**
 * An `<action>` (RFC 7950 section 7.15.2) as a document of its own. `path` leads to it. Throws `RpcError` where there is
 * not one data node in it, or something that no data node has, and `XmlError`, too, where it is too large.
 */
export function readActionRequest(path: readonly RequestStep[], action: XmlElement, library: YangLibrary): string {
  const details = { path: requestPath(...path) };
  const [node, second] = action.children;
  if (node === undefined) {
    throw missingElement("action", "<action> is empty; put the data nodes that the action is in into it.", details);
  }
  if (second !== undefined) {
    const message = "<action> has more than one element; one action is invoked at a time, send each in its own <rpc>.";
    throw badElement(second.name, message, details);
  }
  requireKnown(path, readContent(node), new Set(library.modules.map(({ namespace }) => namespace)));
  return standalone(action);
}

function requireKnown(path: readonly RequestStep[], element: XmlElement, namespaces: ReadonlySet<string>): void {
  const { name, namespace, children } = element;
  if (!namespaces.has(namespace)) {
    const what = namespace === "" ? "no namespace" : `namespace "${namespace}", which this server does not know`;
    const message = `<${name}> is in ${what}; put it into that of its YANG module.`;
    throw unknownNamespace(name, namespace, message, { path: requestPath(...path) });
  }
  requireAttributes(path, element);
  if (children.length > 0) requireNoText(path, element);
  for (const child of children) requireKnown(path, child, namespaces);
}
