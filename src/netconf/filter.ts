import { badAttribute, badElement, operationNotSupported } from "../errors/constructors.ts";
import { isWhiteSpace, trimWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import type { SubtreeFilter, SubtreeFilterNode } from "../yang/subtree-filter.ts";
import { requestPath, requireAttributes } from "./parameter-errors.ts";

/** Reads a `<filter>` parameter with its content (RFC 6241 sections 6 and 7.1). Throws `RpcError`. */
export function readFilter(operation: string, filter: XmlElement): SubtreeFilter {
  const path = requestPath(operation, "filter");
  const type = filter.attributes.find(({ namespace, name }) => namespace === "" && name === "type")?.value;
  if (type === "xpath") {
    const message = 'This server does not advertise :xpath; use a filter of type "subtree".';
    throw operationNotSupported(message, { path });
  }
  if (type !== undefined && type !== "subtree") {
    throw badAttribute("type", "filter", 'The type of a filter is "subtree", which is also the default.', { path });
  }
  requireAttributes([operation, "filter"], filter, ["type"]);
  if (!isWhiteSpace(filter.text)) throw mixed(filter, operation);
  return filter.children.map((child) => filterNode(child, operation));
}

function filterNode(element: XmlElement, operation: string): SubtreeFilterNode {
  const text = trimWhiteSpace(element.text);
  if (text !== "" && element.children.length > 0) throw mixed(element, operation);
  return {
    name: element.name,
    ...namespaceOf(element.namespace),
    attributes: element.attributes.map(({ namespace, name, value }) => ({
      ...(namespace === "" ? {} : { namespace }),
      name,
      value,
    })),
    children: element.children.map((child) => filterNode(child, operation)),
    text,
  };
}

/**
 * RFC 6241 section 6.2.1. No data is in the base namespace, so an element gets there only because `<rpc>` declares it as
 * the default: its sender gave no namespace.
 */
function namespaceOf(namespace: string): { namespace?: string } {
  return namespace === "" || namespace === NETCONF_BASE ? {} : { namespace };
}

/** RFC 6241 section 6.2.5: a content match node has text and nothing else. */
function mixed(element: XmlElement, operation: string) {
  const message = `<${element.name}> in the filter has text and is not a content match node; leave the text out.`;
  return badElement(element.name, message, { path: requestPath(operation, "filter") });
}
