import { escapeAttribute } from "./escape.ts";
import type { NamespaceScope } from "./namespaces.ts";
import type { StartTag } from "./start-tag.ts";

/** An attribute with its namespace ("" = none) and its value decoded. Namespace declarations are not among them. */
export interface XmlAttribute {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

/** An element with its namespace ("" = none) and all that is needed to hand it on as it came. */
export interface XmlElement {
  readonly namespace: string;
  readonly name: string;
  readonly attributes: readonly XmlAttribute[];
  /** Empty when the content was not read. */
  readonly children: readonly XmlElement[];
  /** Its own character data, decoded; "" when the content was not read. */
  readonly text: string;
  /** Declarations in force inside it. */
  readonly scope: NamespaceScope;
  readonly tag: StartTag;
  /** The element as it came, from `<` to `>`. */
  readonly raw: string;
}

/** The element as a document of its own: as it came, with the declarations it inherited made on it. */
export function standalone(element: XmlElement): string {
  const own = new Set(element.tag.attributes.map(declaredPrefix));
  let declarations = "";
  for (const [prefix, namespace] of element.scope.inherited()) {
    if (own.has(prefix)) continue;
    declarations += ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeAttribute(namespace)}"`;
  }
  const nameEnd = 1 + element.tag.qualifiedName.length;
  return element.raw.slice(0, nameEnd) + declarations + element.raw.slice(nameEnd);
}

/** The prefix that an attribute declares ("" = the default namespace), or undefined when it is no declaration. */
export function declaredPrefix(attribute: { readonly prefix: string; readonly name: string }): string | undefined {
  if (attribute.prefix === "xmlns") return attribute.name;
  return attribute.prefix === "" && attribute.name === "xmlns" ? "" : undefined;
}
