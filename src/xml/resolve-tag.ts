import { decodeReferences } from "./characters.ts";
import { declaredPrefix, type XmlAttribute } from "./element.ts";
import type { NamespaceScope } from "./namespaces.ts";
import type { RawAttribute, StartTag } from "./start-tag.ts";
import { malformed } from "./xml-error.ts";

/** A tag's names and attributes with namespaces resolved. */
export interface ResolvedTag {
  readonly namespace: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: NamespaceScope;
}

/** Namespaces in XML 1.0, sections 5 and 6. Throws `XmlError` for undeclared prefixes and repeated attributes. */
export function resolveTag(tag: StartTag, outer: NamespaceScope): ResolvedTag {
  const declared = new Map<string, string>();
  for (const attribute of tag.attributes) {
    const prefix = declaredPrefix(attribute);
    if (prefix === undefined) continue;
    if (declared.has(prefix)) throw repeated(attribute, tag);
    declared.set(prefix, decodedValue(attribute));
  }
  const scope = outer.declare(declared);
  return { namespace: namespaceOf(tag.prefix, scope), attributes: resolveAttributes(tag, scope), scope };
}

function resolveAttributes(tag: StartTag, scope: NamespaceScope): XmlAttribute[] {
  const attributes: XmlAttribute[] = [];
  const seen = new Set<string>();
  for (const attribute of tag.attributes) {
    if (declaredPrefix(attribute) !== undefined) continue;
    // The default namespace does not apply to attributes.
    const namespace = attribute.prefix === "" ? "" : namespaceOf(attribute.prefix, scope);
    const key = `${attribute.name} ${namespace}`;
    if (seen.has(key)) throw repeated(attribute, tag);
    seen.add(key);
    attributes.push({ namespace, name: attribute.name, value: decodedValue(attribute) });
  }
  return attributes;
}

/** The value without its quotes, normalised as XML 1.0 section 3.3.3 has it. */
function decodedValue(attribute: RawAttribute): string {
  return decodeReferences(attribute.quoted.slice(1, -1).replace(/[\t\n\r]/g, " "));
}

function namespaceOf(prefix: string, scope: NamespaceScope): string {
  const namespace = scope.lookup(prefix);
  if (namespace === undefined) throw malformed(`The namespace prefix "${prefix}" is not declared.`);
  return namespace;
}

function repeated(attribute: RawAttribute, tag: StartTag) {
  return malformed(`<${tag.qualifiedName}> has attribute "${attribute.name}" twice.`);
}
