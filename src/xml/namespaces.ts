import { malformed } from "./xml-error.ts";

const XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace";
const XMLNS_NAMESPACE = "http://www.w3.org/2000/xmlns/";

/** The namespace declarations in force at an element. Prefix "" is the default namespace; namespace "" is none. */
export class NamespaceScope {
  /** What holds outside every element. */
  static readonly outermost = new NamespaceScope(undefined, new Map([["xml", XML_NAMESPACE]]));

  readonly #parent: NamespaceScope | undefined;
  readonly #declared: ReadonlyMap<string, string>;

  private constructor(parent: NamespaceScope | undefined, declared: ReadonlyMap<string, string>) {
    this.#parent = parent;
    this.#declared = declared;
  }

  /** The scope of an element that declares these. Throws `XmlError` for a reserved or unusable declaration. */
  declare(declared: ReadonlyMap<string, string>): NamespaceScope {
    for (const [prefix, namespace] of declared) checkDeclaration(prefix, namespace);
    return new NamespaceScope(this, declared);
  }

  /** The namespace of a prefix, undefined when it is not declared. */
  lookup(prefix: string): string | undefined {
    return this.#declared.get(prefix) ?? this.#parent?.lookup(prefix) ?? (prefix === "" ? "" : undefined);
  }

  /** What the element has from those around it, except what it declares itself and what XML itself defines. */
  inherited(): ReadonlyMap<string, string> {
    const all = this.#inForce();
    for (const prefix of ["xml", ...this.#declared.keys()]) all.delete(prefix);
    return all;
  }

  #inForce(): Map<string, string> {
    return new Map([...(this.#parent === undefined ? [] : this.#parent.#inForce()), ...this.#declared]);
  }
}

/** Namespaces in XML 1.0 sections 3 and 6.2. */
function checkDeclaration(prefix: string, namespace: string): void {
  const isReserved = namespace === XMLNS_NAMESPACE || (namespace === XML_NAMESPACE) !== (prefix === "xml");
  if (prefix === "xmlns" || isReserved) throw malformed(`The namespace prefix "${prefix}" cannot be declared so.`);
  if (prefix !== "" && namespace === "") throw malformed(`The namespace prefix "${prefix}" has an empty namespace.`);
}
