import { badAttribute, badElement, invalidValue, missingAttribute } from "../errors/constructors.ts";
import { isWhiteSpace, trimWhiteSpace } from "../xml/characters.ts";
import type { XmlElement } from "../xml/element.ts";
import { NETCONF_BASE } from "../xml/netconf-namespace.ts";
import type { SubtreeFilterNode } from "../yang/subtree-filter.ts";
import { type Filter, readXPath, type XPathFilter } from "../yang/xpath-filter.ts";
import { type RequestStep, requestPath, requireAttributes, requireNoText } from "./parameter-errors.ts";

interface OperationName {
  readonly namespace: string;
  readonly name: string;
}

const pathOf = ({ namespace, name }: OperationName): readonly RequestStep[] => [
  { namespace, name },
  { namespace, name: "filter" },
];

/** Reads a `<filter>` parameter with its content (RFC 6241 sections 6, 7.1 and 8.9.5). Throws `RpcError`. */
export function readFilter(operation: OperationName, filter: XmlElement): Filter {
  const type = attribute(filter, "type");
  if (type === "xpath") return xpathFilter(operation, filter);
  if (type !== undefined && type !== "subtree") {
    const message = 'The type of a filter is "subtree", which is also the default, or "xpath".';
    throw badAttribute("type", "filter", message, { path: requestPath(...pathOf(operation)) });
  }
  requireAttributes(pathOf(operation), filter, ["type"], NAMESPACES);
  if (!isWhiteSpace(filter.text)) throw mixed(filter, operation);
  return filter.children.map((child) => filterNode(child, operation));
}

/** The examples of RFC 5277 have a filter's attributes in the base namespace, where their schema has none. */
const NAMESPACES = ["", NETCONF_BASE];
const attribute = ({ attributes }: XmlElement, wanted: string): string | undefined =>
  attributes.find(({ namespace, name }) => NAMESPACES.includes(namespace) && name === wanted)?.value;

function xpathFilter(operation: OperationName, filter: XmlElement): XPathFilter {
  const parameter = pathOf(operation);
  const details = { type: "protocol", path: requestPath(...parameter) } as const;
  requireAttributes(parameter, filter, ["type", "select"], NAMESPACES);
  requireNoText(parameter, filter);
  const [child] = filter.children;
  if (child !== undefined) {
    throw badElement(child.name, 'A filter of type "xpath" is empty; put the expression into its "select".', details);
  }
  const select = attribute(filter, "select");
  if (select === undefined) {
    const message = 'A filter of type "xpath" has the expression in its attribute "select"; add it.';
    throw missingAttribute("select", "filter", message, details);
  }
  const read = readXPath(select, (prefix) => filter.scope.lookup(prefix));
  if (!("problem" in read)) return read;
  if (!read.isWrongType) throw badAttribute("select", "filter", read.problem, details);
  throw invalidValue(read.problem, details);
}

function filterNode(element: XmlElement, operation: OperationName): SubtreeFilterNode {
  const text = trimWhiteSpace(element.text);
  if (text !== "" && element.children.length > 0) throw mixed(element, operation);
  return {
    name: element.name,
    ...namespaceOf(element.namespace, operation),
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
 * RFC 6241 section 6.2.1. No data is in the namespace of `<rpc>` or of the operation, so an element gets there only
 * because one of them declares it as the default: its sender gave no namespace.
 */
function namespaceOf(namespace: string, operation: OperationName): { namespace?: string } {
  return ["", NETCONF_BASE, operation.namespace].includes(namespace) ? {} : { namespace };
}

/** RFC 6241 section 6.2.5: a content match node has text and nothing else. */
function mixed(element: XmlElement, operation: OperationName) {
  const message = `<${element.name}> in the filter has text and is not a content match node; leave the text out.`;
  return badElement(element.name, message, { path: requestPath(...pathOf(operation)) });
}
