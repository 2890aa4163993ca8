import { XMLParser } from "fast-xml-parser";

/** What fast-xml-parser makes of an element, a text, a CDATA section or a comment. */
export interface LibraryNode {
  /** The content of an element, under its name as written with a `$` before it. */
  readonly [name: `$${string}`]: readonly LibraryNode[];
  /** Attribute values as written, under names like those of elements; not there when there are none. */
  readonly ":@"?: Readonly<Record<string, string>>;
  readonly "#text"?: string;
  readonly "#cdata"?: readonly [{ readonly "#text": string }];
  readonly "#comment"?: readonly [{ readonly "#text": string }];
}

/** Before every name, so that none is one of JavaScript's own or of the library's. */
const MARK = "$";

const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: false,
  attributeNamePrefix: MARK,
  // It asks for the name of an empty element twice.
  transformTagName: (name) => (name.startsWith(MARK) ? name : MARK + name),
  cdataPropName: "#cdata",
  commentPropName: "#comment",
  trimValues: false,
  parseTagValue: false,
  parseAttributeValue: false,
  // References are replaced by `decodeReferences`, which knows no others than XML's own.
  processEntities: false,
  jPath: false,
});

/**
 * Reads a skeleton, whose size must be limited: the library is neither fast nor frugal. It takes XML in any form; what
 * is wrong is for the caller to find.
 */
export const readNodes = (skeleton: string): readonly LibraryNode[] => parser.parse(skeleton);
