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
    text = new TextDecoder("utf-8", { fatal: true }).decode(withLineFeeds(bytes));
  } catch {
    throw malformed("The message is not UTF-8.");
  }
  return text.slice(skipWhiteSpace(text, 0));
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** CR LF and CR alone become LF. Done on bytes: the same on strings takes seconds for a message full of line ends. */
function withLineFeeds(bytes: Uint8Array): Uint8Array {
  if (!bytes.includes(CARRIAGE_RETURN)) return bytes;
  const kept = new Uint8Array(bytes.length);
  let length = 0;
  let previous = 0;
  for (const byte of bytes) {
    if (byte !== LINE_FEED || previous !== CARRIAGE_RETURN) {
      kept[length++] = byte === CARRIAGE_RETURN ? LINE_FEED : byte;
    }
    previous = byte;
  }
  return kept.subarray(0, length);
}
