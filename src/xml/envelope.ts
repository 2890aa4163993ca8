import { finishJob, type Job } from "../job.ts";
import { decodeMessage } from "./decode-message.ts";
import type { XmlElement } from "./element.ts";
import { xmlLimits } from "./limits.ts";
import { parseElement } from "./parse-element.ts";

const WHOLE = { contentDepth: Number.POSITIVE_INFINITY, maxElements: xmlLimits.elements };

/**
 * The envelope of a message: its root, the operations in it, and their parameters with their content unread, however
 * large; hence in steps. Throws `XmlError`.
 */
export function* parseEnvelope(message: Uint8Array): Job<XmlElement> {
  const xml = yield* decodeMessage(message);
  return yield* parseElement(xml, { contentDepth: 2, maxElements: xmlLimits.envelopeElements });
}

/** The root of a document, its content unread, however large; hence in steps. Throws `XmlError`. */
export function* parseRoot(document: Uint8Array): Job<XmlElement> {
  const xml = yield* decodeMessage(document);
  return yield* parseElement(xml, { contentDepth: 0, maxElements: 1 });
}

/** A small message, such as a hello, to the last element. Throws `XmlError`. */
export const parseWhole = (message: Uint8Array): XmlElement =>
  finishJob(parseElement(finishJob(decodeMessage(message)), WHOLE));

/** The same element with its content read. Throws `XmlError`. */
export function readContent(element: XmlElement): XmlElement {
  const isRead = element.raw.endsWith("/>");
  return isRead ? element : finishJob(parseElement(element.raw, WHOLE, element.scope));
}

/** The same element with its children cut out and their content unread. Throws `XmlError`. */
export const readOutline = (element: XmlElement): XmlElement =>
  finishJob(parseElement(element.raw, { ...WHOLE, contentDepth: 1 }, element.scope));
