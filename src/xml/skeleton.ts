import type { Job } from "../job.ts";
import { isWhiteSpace, type QualifiedName, readQualifiedName, requireXmlCharacters } from "./characters.ts";
import { xmlLimits } from "./limits.ts";
import { endOfEndTag, endOfTag, skipContent, skipMarkup } from "./markup.ts";
import { malformed, malformedTag, tooBig } from "./xml-error.ts";

/** How much of a document is read. */
export interface ReadLimits {
  /** The content of elements at this depth and above is read (the root has depth 1); deeper elements are only cut out. */
  readonly contentDepth: number;
  readonly maxElements: number;
}

/** An element as it is in the document. */
export interface SourceElement extends QualifiedName {
  /** From the `<` of its start tag to its last `>`, whether or not its content is read. */
  readonly raw: string;
}

/** A document without the content that is not read. */
export interface Skeleton {
  readonly xml: string;
  /** In the order of their start tags. */
  readonly elements: readonly SourceElement[];
}

interface ElementSpan {
  readonly name: QualifiedName;
  readonly start: number;
  end: number;
}

/** Cuts the skeleton out of a document in one pass. */
export class SkeletonCutter {
  readonly #xml: string;
  readonly #limits: ReadLimits;
  readonly #elements: ElementSpan[] = [];
  readonly #open: ElementSpan[] = [];
  #skeleton = "";
  #at = 0;

  constructor(xml: string, limits: ReadLimits) {
    this.#xml = xml;
    this.#limits = limits;
  }

  /**
   * The document without the content that is not read, in at most `xmlLimits.characters`: one element with an end tag for
   * each start tag, only white space and comments around it, no document type and no processing instruction. Attributes,
   * texts and comments are not checked yet. Throws `XmlError`.
   */
  *cut(): Job<Skeleton> {
    while (this.#at < this.#xml.length) {
      const next = this.#xml.indexOf("<", this.#at);
      this.#text(next < 0 ? this.#xml.length : next);
      if (next >= 0) yield* this.#tag(this.#xml[next + 1]);
    }
    const unclosed = this.#open.at(-1);
    if (unclosed !== undefined) throw malformed(`<${unclosed.name.qualifiedName}> has no end tag.`);
    if (this.#elements.length === 0) throw malformed("The message has no element.");
    return {
      xml: requireXmlCharacters(this.#skeleton),
      elements: this.#elements.map(({ name: { qualifiedName, prefix, name }, start, end }) => {
        return { qualifiedName, prefix, name, raw: this.#xml.slice(start, end) };
      }),
    };
  }

  #text(end: number): void {
    const start = this.#at;
    this.#keep(end);
    if (this.#open.length === 0 && !isWhiteSpace(this.#xml.slice(start, end))) {
      throw malformed("There is text outside the message's element.");
    }
  }

  *#tag(second: string | undefined): Job<void> {
    if (second === "/") this.#endTag();
    else if (second === "!" || second === "?") this.#markup(skipMarkup(this.#xml, this.#at));
    else yield* this.#startTag();
  }

  #markup(end: number): void {
    const markup = this.#xml.slice(this.#at, end);
    if (markup.startsWith("<?")) {
      if (/^<\?xml[ \t\n?]/i.test(markup)) requireDeclaration(markup, this.#at);
      requireXmlCharacters(markup);
      // The texts around it must not become one.
      this.#skeleton += "<!---->";
      this.#at = end;
    } else if (markup.startsWith("<![") && this.#open.length === 0) {
      throw malformed("There is a CDATA section outside the message's element.");
    } else {
      this.#keep(end);
    }
  }

  *#startTag(): Job<void> {
    const start = this.#at;
    const name = readTagName(this.#xml, start);
    this.#countElement();
    this.#keep(endOfTag(this.#xml, start));
    const element = { name, start, end: this.#at };
    this.#elements.push(element);
    if (this.#xml[this.#at - 2] === "/") return;
    this.#open.push(element);
    if (this.#open.length <= this.#limits.contentDepth) return;
    this.#at = yield* skipContent(this.#xml, this.#at);
    this.#endTag();
  }

  #countElement(): void {
    if (this.#open.length === 0 && this.#elements.length > 0) {
      throw malformed("The message has more than one element.");
    }
    const { maxElements } = this.#limits;
    if (this.#elements.length >= maxElements) {
      throw tooBig(`There are more than ${maxElements} elements; send less in one request.`);
    }
    if (this.#open.length >= xmlLimits.depth) throw tooBig(`Elements are nested more than ${xmlLimits.depth} deep.`);
  }

  #endTag(): void {
    const element = this.#open.pop();
    if (element === undefined) throw malformed("There is an end tag without its start tag.");
    this.#keep(endOfEndTag(this.#xml, this.#at, element.name.qualifiedName));
    element.end = this.#at;
  }

  /** Takes the document up to `end` over into the skeleton. */
  #keep(end: number): void {
    if (this.#skeleton.length + end - this.#at > xmlLimits.characters) {
      throw tooBig(`There are more than ${xmlLimits.characters} characters to read; send less in one request.`);
    }
    this.#skeleton += this.#xml.slice(this.#at, end);
    this.#at = end;
  }
}

/** The name in the start tag at `start`, with what may follow one after it. */
function readTagName(xml: string, start: number): QualifiedName {
  const name = readQualifiedName(xml, start + 1);
  if (name === undefined) throw malformed('A "<" begins no tag; in text write it as "&lt;".');
  const end = start + 1 + name.qualifiedName.length;
  if (!/^(?:[ \t\n>]|\/>)/.test(xml.slice(end, end + 2))) throw malformedTag(name.qualifiedName);
  return name;
}

const DECLARATION =
  /^<\?xml\s+version\s*=\s*(?:"1\.\d"|'1\.\d')(?:\s+encoding\s*=\s*(?:"utf-8"|'utf-8'))?(?:\s+standalone\s*=\s*(?:"(?:yes|no)"|'(?:yes|no)'))?\s*\?>$/i;

/** XML 1.0 section 2.8, and RFC 6241 section 3: nothing but UTF-8. */
function requireDeclaration(declaration: string, start: number): void {
  if (start > 0 || !declaration.startsWith("<?xml")) {
    throw malformed("The XML declaration is not at the beginning of the message.");
  }
  // It is short: a longer one is not handed to an expression that may retry.
  if (declaration.length > 256 || !DECLARATION.test(declaration)) {
    throw malformed('The XML declaration must be <?xml version="1.0" encoding="UTF-8"?>.');
  }
}
