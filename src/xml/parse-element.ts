import { decodeReferences, isWhiteSpace, requireXmlCharacters } from "./characters.ts";
import type { XmlElement } from "./element.ts";
import { xmlLimits } from "./limits.ts";
import { skipContent, skipMarkup } from "./markup.ts";
import { NamespaceScope } from "./namespaces.ts";
import { resolveTag } from "./resolve-tag.ts";
import { readEndTag, readStartTag, type StartTag } from "./start-tag.ts";
import { malformed, tooBig } from "./xml-error.ts";

/** What to read. */
export interface ParseOptions {
  /** Declarations in force around the element. */
  readonly scope?: NamespaceScope;
  /** The content of elements at this depth and above is read (the root has depth 1); deeper elements are only cut out. */
  readonly contentDepth: number;
  readonly maxDepth: number;
  readonly maxElements: number;
}

type OpenElement = { -readonly [K in keyof XmlElement]: XmlElement[K] } & {
  children: XmlElement[];
  readonly start: number;
};

/** Reads a document with one element: strict XML 1.0 with namespaces, without document type. Throws `XmlError`. */
export function parseElement(xml: string, options: ParseOptions): XmlElement {
  return new ElementReader(xml, options).read();
}

/** Keeps its own stack, so that no input can overflow the one of the process. */
class ElementReader {
  readonly #xml: string;
  readonly #options: ParseOptions;
  readonly #open: OpenElement[] = [];
  #root: OpenElement | undefined;
  #elements = 0;
  #characters = 0;
  #at = 0;

  constructor(xml: string, options: ParseOptions) {
    this.#xml = xml;
    this.#options = options;
  }

  read(): XmlElement {
    this.#declaration();
    while (this.#at < this.#xml.length) {
      const next = this.#xml.indexOf("<", this.#at);
      this.#text(next < 0 ? this.#xml.length : next);
      if (next >= 0) this.#tag(next);
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw malformed(`<${unclosed.tag.qualifiedName}> has no end tag.`);
    if (this.#root === undefined) throw malformed("The message has no element.");
    return this.#root;
  }

  /** XML 1.0 section 2.8, and RFC 6241 section 3: nothing but UTF-8. */
  #declaration(): void {
    if (!/^<\?xml[ \t\n?]/.test(this.#xml)) return;
    const end = skipMarkup(this.#xml, 0);
    const declaration =
      /^<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/i;
    // The declaration is short: a longer one is not handed to an expression that may retry.
    if (end > 256 || !declaration.test(this.#xml.slice(0, end))) {
      throw malformed('The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.');
    }
    this.#at = end;
  }

  #text(end: number): void {
    if (end === this.#at) return;
    this.#countCharacters(end - this.#at);
    const raw = this.#xml.slice(this.#at, end);
    const parent = this.#open.at(-1);
    this.#at = end;
    if (parent === undefined) {
      if (!isWhiteSpace(raw)) throw malformed("There is text outside the message's element.");
      return;
    }
    if (raw.includes("]]>")) throw malformed('Text has a "]]>"; write it as "]]&gt;".');
    parent.text += decodeReferences(raw);
  }

  #tag(start: number): void {
    const second = this.#xml[start + 1];
    if (second === "/") this.#endTag(start);
    else if (second === "!" || second === "?") this.#markup(start);
    else this.#startTag(start);
  }

  #markup(start: number): void {
    this.#at = skipMarkup(this.#xml, start);
    this.#countCharacters(this.#at - start);
    const markup = this.#xml.slice(start, this.#at);
    requireXmlCharacters(markup);
    if (markup.startsWith("<![CDATA[")) {
      const parent = this.#open.at(-1);
      if (parent === undefined) throw malformed("There is a CDATA section outside the message's element.");
      parent.text += markup.slice(9, -3);
    } else if (markup.startsWith("<!--")) {
      // XML 1.0 section 2.5: "--" only at the end.
      if (markup.indexOf("--", 4) !== markup.length - 3) throw malformed('A comment has a "--".');
    } else if (/^<\?xml[\s?]/i.test(markup)) {
      throw malformed("The XML declaration is not at the beginning of the message.");
    }
  }

  #startTag(start: number): void {
    const tag = readStartTag(this.#xml, start);
    if (this.#root !== undefined && this.#open.length === 0) throw malformed("The message has more than one element.");
    this.#countElement();
    const element = this.#openElement(tag, start);
    this.#at = tag.end;
    if (tag.isEmpty) {
      this.#close(element);
    } else if (this.#open.length >= this.#options.contentDepth) {
      this.#at = readEndTag(this.#xml, skipContent(this.#xml, tag.end), tag.qualifiedName);
      this.#close(element);
    } else {
      this.#open.push(element);
    }
  }

  #endTag(start: number): void {
    const element = this.#open.pop();
    if (element === undefined) throw malformed("There is an end tag without its start tag.");
    this.#at = readEndTag(this.#xml, start, element.tag.qualifiedName);
    this.#close(element);
  }

  #countCharacters(more: number): void {
    this.#characters += more;
    if (this.#characters <= xmlLimits.characters) return;
    throw tooBig(`There are more than ${xmlLimits.characters} characters of text; send less in one request.`);
  }

  #countElement(): void {
    this.#elements++;
    if (this.#elements > this.#options.maxElements) {
      throw tooBig(`There are more than ${this.#options.maxElements} elements; send less in one request.`);
    }
    if (this.#open.length >= this.#options.maxDepth) {
      throw tooBig(`Elements are nested more than ${this.#options.maxDepth} deep.`);
    }
  }

  #openElement(tag: StartTag, start: number): OpenElement {
    const parent = this.#open.at(-1);
    const outer = parent?.scope ?? this.#options.scope ?? NamespaceScope.outermost;
    const element = { ...resolveTag(tag, outer), name: tag.name, children: [], text: "", tag, raw: "", start };
    if (parent === undefined) this.#root = element;
    else parent.children.push(element);
    return element;
  }

  #close(element: OpenElement): void {
    element.raw = this.#xml.slice(element.start, this.#at);
  }
}
