import { decodeReferences, type QualifiedName, readQualifiedName } from "./characters.ts";
import type { XmlAttribute, XmlElement } from "./element.ts";
import type { LibraryNode } from "./library.ts";
import { xmlLimits } from "./limits.ts";
import { sentAttributes } from "./markup.ts";
import type { NamespaceScope } from "./namespaces.ts";
import type { SourceElement } from "./skeleton.ts";
import { malformed, malformedTag, tooBig } from "./xml-error.ts";

type Attributes = NonNullable<LibraryNode[":@"]>;
type Attribute = QualifiedName & { readonly value: string };

const NO_DECLARATIONS: ReadonlyMap<string, string> = new Map();

/**
 * Namespaces in XML 1.0, sections 5 and 6. `read` is what the library made of the attributes of `raw`. Throws `XmlError`
 * for undeclared prefixes, repeated attributes, and what XML 1.0 does not allow in an attribute.
 */
export function resolveTag(
  source: SourceElement,
  read: Attributes | undefined,
  outer: NamespaceScope,
): Pick<XmlElement, "namespace" | "attributes" | "scope"> {
  const { prefix, qualifiedName } = source;
  const sent = sentAttributes(source);
  // Most elements have none.
  if (sent === "" && read === undefined)
    return { namespace: namespaceOf(prefix, outer), attributes: [], scope: outer.declare(NO_DECLARATIONS) };
  const all = attributesOf(requireAll(read ?? {}, sent, qualifiedName), qualifiedName);
  const declarations = all.filter(isDeclaration);
  const scope = outer.declare(new Map(declarations.map((own) => [own.prefix && own.name, own.value])));
  const attributes: XmlAttribute[] = [];
  for (const attribute of all.filter((other) => !isDeclaration(other))) {
    const { name, value } = attribute;
    // The default namespace does not apply to attributes.
    const namespace = attribute.prefix && namespaceOf(attribute.prefix, scope);
    if (attributes.some((other) => other.name === name && other.namespace === namespace)) {
      throw malformed(`<${qualifiedName}> has attribute "${name}" twice.`);
    }
    attributes.push({ namespace, name, value });
  }
  return { namespace: namespaceOf(prefix, scope), attributes, scope };
}

/** The library skips what it cannot place, and keeps one of several with one name: what it read must be all there is. */
function requireAll(read: Attributes, sent: string, element: string): Attributes {
  let written = "";
  for (const [key, value] of Object.entries(read)) {
    written += ` ${key.slice(1)}=`;
    const quote = sent[written.length];
    written += `${quote}${value}${quote}`;
  }
  if (written === sent) return read;
  throw malformed(`The attributes of <${element}> are not all written as name="value", each once.`);
}

function attributesOf(read: Attributes, element: string): Attribute[] {
  const all = Object.entries(read);
  if (all.length > xmlLimits.attributes) {
    throw tooBig(`<${element}> has more than ${xmlLimits.attributes} attributes.`);
  }
  return all.map(([key, value]) => {
    const read = readQualifiedName(key, 1);
    if (read?.qualifiedName.length !== key.length - 1) throw malformedTag(element);
    const { qualifiedName, prefix, name } = read;
    return { qualifiedName, prefix, name, value: attributeValue(value, name, element) };
  });
}

/** Decoded, and normalised as XML 1.0 section 3.3.3 has it. */
function attributeValue(sent: string, name: string, element: string): string {
  const limit = xmlLimits.attributeCharacters;
  const attribute = `Attribute "${name}" of <${element}>`;
  if (sent.length > limit) throw tooBig(`${attribute} is longer than ${limit} characters.`);
  if (sent.includes("<")) throw malformed(`${attribute} has a "<"; write it as "&lt;".`);
  return decodeReferences(sent.replace(/[\t\n\r]/g, " "));
}

const isDeclaration = ({ prefix, qualifiedName }: Attribute) => prefix === "xmlns" || qualifiedName === "xmlns";

function namespaceOf(prefix: string, scope: NamespaceScope): string {
  const namespace = scope.lookup(prefix);
  if (namespace === undefined) throw malformed(`The namespace prefix "${prefix}" is not declared.`);
  return namespace;
}
