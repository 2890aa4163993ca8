import { skipWhiteSpace } from "./characters.ts";
import { malformed } from "./xml-error.ts";

/**
 * The text of a message: UTF-8 checked (RFC 6241 section 3), byte order mark dropped, line ends as XML 1.0 section 2.11
 * has them. White space ahead of the message goes too: a newline after `]]>]]>` belongs to the next message, and ahead
 * of an XML declaration it would be an error. Throws `XmlError`.
 */
export function decodeMessage(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw malformed("The message is not UTF-8.");
  }
  if (text.includes("\r")) text = text.replace(/\r\n?/g, "\n");
  return text.slice(skipWhiteSpace(text, 0));
}
