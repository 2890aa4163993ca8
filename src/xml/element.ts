import { escapeAttribute } from "./escape.ts";
import type { NamespaceScope } from "./namespaces.ts";
import type { SourceElement } from "./skeleton.ts";

/** An attribute with its namespace ("" = none) and its value decoded. Namespace declarations are not among them. */
export interface XmlAttribute {
  readonly namespace: string;
  readonly name: string;
  readonly value: string;
}

/** An element with its namespace ("" = none) and all that is needed to hand it on as it came. */
export interface XmlElement extends SourceElement {
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  /** Empty when the content was not read. */
  readonly children: readonly XmlElement[];
  /** Its own character data, decoded; "" when the content was not read. */
  readonly text: string;
  /** Declarations in force inside it. */
  readonly scope: NamespaceScope;
}

/** The element as a document of its own: as it came, with the declarations it inherited made on it. */
export function standalone({ qualifiedName, raw, scope }: XmlElement): string {
  let declarations = "";
  for (const [prefix, namespace] of scope.inherited()) {
    declarations += ` xmlns${prefix === "" ? "" : `:${prefix}`}="${escapeAttribute(namespace)}"`;
  }
  const nameEnd = 1 + qualifiedName.length;
  return raw.slice(0, nameEnd) + declarations + raw.slice(nameEnd);
}
