import { decodeMessage } from "./decode-message.ts";
import type { XmlElement } from "./element.ts";
import { xmlLimits } from "./limits.ts";
import type { NamespaceScope } from "./namespaces.ts";
import { parseElement } from "./parse-element.ts";

/** Message, operation, parameter: the content of a parameter is cut out, not read. */
const ENVELOPE_DEPTH = 3;

/**
 * The envelope of a message: its root, the operations in it, and their parameters with their content unread, however
 * large. Throws `XmlError`.
 */
export function parseEnvelope(message: Uint8Array): XmlElement {
  return parseElement(decodeMessage(message), {
    contentDepth: ENVELOPE_DEPTH - 1,
    maxDepth: ENVELOPE_DEPTH,
    maxElements: xmlLimits.envelopeElements,
  });
}

/** A small message, such as a hello, to the last element. Throws `XmlError`. */
export function parseWhole(message: Uint8Array): XmlElement {
  return parseFully(decodeMessage(message));
}

/** The same element with its content read. Throws `XmlError`. */
export function readContent(element: XmlElement): XmlElement {
  return parseFully(element.raw, element.scope);
}

/** The same element with its children cut out and their content unread. Throws `XmlError`. */
export function readOutline(element: XmlElement): XmlElement {
  const { depth: maxDepth, elements: maxElements } = xmlLimits;
  return parseElement(element.raw, { scope: element.scope, contentDepth: 1, maxDepth, maxElements });
}

function parseFully(xml: string, scope?: NamespaceScope): XmlElement {
  const { depth: maxDepth, elements: maxElements } = xmlLimits;
  return parseElement(xml, {
    ...(scope === undefined ? {} : { scope }),
    contentDepth: Number.POSITIVE_INFINITY,
    maxDepth,
    maxElements,
  });
}
