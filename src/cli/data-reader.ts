import type { ConfigStream } from "../datastore/datastores.ts";
import { decodeReferences } from "../xml/characters.ts";

/** Told of XML as it is read. */
export interface DataHandler {
  /** `operation`: of an edit (RFC 6241 section 7.2). */
  open(name: string, namespace: string, operation: string | undefined): void;
  /** `text`: the character data of an element without children. */
  close(text: string): void;
}

const TAG = /<(\/?)([^\s/>]+)([^>]*?)(\/?)>/g;
const DEFAULT_NAMESPACE = /\sxmlns="([^"]*)"/;
const OPERATION = /\s[\w-]+:operation="([^"]*)"/;

/** Reads XML as our own datastores print it: elements without prefixes, no comments, no CDATA. */
export class DataReader {
  readonly #handler: DataHandler;
  readonly #decoder = new TextDecoder();
  /** Default namespaces of the elements that are open. */
  readonly #namespaces: string[] = [];
  #rest = "";

  constructor(handler: DataHandler) {
    this.#handler = handler;
  }

  push(piece: Uint8Array): void {
    const xml = this.#rest + this.#decoder.decode(piece, { stream: true });
    let end = 0;
    for (const match of xml.matchAll(TAG)) {
      const [whole, slash, name, attributes, empty] = match as unknown as [string, string, string, string, string];
      const text = xml.slice(end, match.index);
      end = match.index + whole.length;
      if (slash === "/") this.#close(text);
      else this.#open(name, attributes, empty === "/");
    }
    this.#rest = xml.slice(end);
  }

  #open(name: string, attributes: string, isEmpty: boolean): void {
    const declared = DEFAULT_NAMESPACE.exec(attributes)?.[1];
    const namespace = declared === undefined ? (this.#namespaces.at(-1) ?? "") : decodeReferences(declared);
    this.#namespaces.push(namespace);
    this.#handler.open(name, namespace, OPERATION.exec(attributes)?.[1]);
    if (isEmpty) this.#close("");
  }

  #close(text: string): void {
    this.#namespaces.pop();
    this.#handler.close(decodeReferences(text));
  }
}

/** Reads a stream to its end, in pieces, between which others are served; gives `taken()` after each. */
export async function* readStream<T>(
  stream: ConfigStream,
  handler: DataHandler,
  taken: () => Iterable<T>,
): AsyncGenerator<T> {
  const reader = new DataReader(handler);
  try {
    for (let piece = await stream.next(); piece !== undefined; piece = await stream.next()) {
      reader.push(piece);
      yield* taken();
    }
  } finally {
    stream.close();
  }
}

/** An element of a small part of the data. */
export interface DataElement {
  readonly name: string;
  readonly text: string;
  readonly children: readonly DataElement[];
}

/**
 * Gives each element at some depth, 0 = the outermost, that has been read to its end, and forgets it; `keep` says of which
 * there are any below.
 */
export async function* elementsAt(stream: ConfigStream, depth: number): AsyncGenerator<DataElement> {
  const open: { name: string; children: DataElement[] }[] = [];
  let done: DataElement[] = [];
  const handler: DataHandler = {
    open: (name) => void open.push({ name, children: [] }),
    close: (text) => {
      const { name, children } = open.pop() as (typeof open)[number];
      const element = { name, text: children.length === 0 ? text : "", children };
      if (open.length === depth) done.push(element);
      else if (open.length > depth) open.at(-1)?.children.push(element);
    },
  };
  yield* readStream(stream, handler, () => {
    const found = done;
    done = [];
    return found;
  });
}

/** The text of the leaf at a path of names below an element; undefined when it is not there. */
export function leafOf(element: DataElement, ...path: readonly string[]): string | undefined {
  let at: DataElement | undefined = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  return at?.text;
}
