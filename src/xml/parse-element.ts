import type { Job } from "../job.ts";
import { decodeReferences } from "./characters.ts";
import type { XmlElement } from "./element.ts";
import { type LibraryNode, readNodes } from "./library.ts";
import { NamespaceScope } from "./namespaces.ts";
import { resolveTag } from "./resolve-tag.ts";
import { type ReadLimits, SkeletonCutter, type SourceElement } from "./skeleton.ts";
import { malformed } from "./xml-error.ts";

/** Reads a document with one element: strict XML 1.0 with namespaces, without document type. Throws `XmlError`. */
export function* parseElement(xml: string, limits: ReadLimits, scope = NamespaceScope.outermost): Job<XmlElement> {
  const skeleton = yield* new SkeletonCutter(xml, limits).cut();
  const [root] = contentOf(readNodes(skeleton.xml), skeleton.elements.values(), scope).children;
  if (root === undefined) throw disagreement();
  return root;
}

/** The elements are taken from `sources` one after the other: there and in the library's tree they are in one order. */
function contentOf(nodes: readonly LibraryNode[], sources: Iterator<SourceElement, undefined>, scope: NamespaceScope) {
  const children: XmlElement[] = [];
  let text = "";
  for (const node of nodes) {
    if (node["#text"] !== undefined) text += characterData(node["#text"]);
    else if (node["#cdata"] !== undefined) text += node["#cdata"][0]["#text"];
    else if (node["#comment"] !== undefined) requireComment(node["#comment"][0]["#text"]);
    else children.push(elementOf(node, sources, scope));
  }
  return { children, text };
}

function elementOf(node: LibraryNode, sources: Iterator<SourceElement, undefined>, outer: NamespaceScope): XmlElement {
  const source = sources.next().value;
  const nodes = source === undefined ? undefined : node[`$${source.qualifiedName}`];
  if (source === undefined || nodes === undefined) throw disagreement();
  const { qualifiedName, prefix, name, raw } = source;
  const { namespace, attributes, scope } = resolveTag(source, node[":@"], outer);
  const { children, text } = contentOf(nodes, sources, scope);
  // Written out, as spreading three objects takes longer than the rest.
  return { qualifiedName, prefix, name, raw, namespace, attributes, scope, children, text };
}

/** XML 1.0 section 2.4. */
function characterData(text: string): string {
  if (text.includes("]]>")) throw malformed('Text has a "]]>"; write it as "]]&gt;".');
  return decodeReferences(text);
}

/** XML 1.0 section 2.5: "--" only at the end. */
function requireComment(comment: string): void {
  if (`${comment}-`.includes("--")) throw malformed('A comment has a "--".');
}

/** The library found other tags than the skeleton has; nothing that came of it may be used. */
const disagreement = () => malformed("The tags of the message cannot be told apart.");
