import type { Job } from "../job.ts";
import { skipWhiteSpace } from "./characters.ts";
import { xmlLimits } from "./limits.ts";
import { malformed } from "./xml-error.ts";

/**
 * The text of a message: UTF-8 checked (RFC 6241 section 3), byte order mark dropped, line ends as XML 1.0 section 2.11
 * has them. White space ahead of the message goes too: a newline after `]]>]]>` belongs to the next message, and ahead
 * of an XML declaration it would be an error. A step for each `stepBytes`. Throws `XmlError`.
 */
export function* decodeMessage(bytes: Uint8Array, stepBytes: number = xmlLimits.stepBytes): Job<string> {
  const texts: string[] = [];
  for (let start = 0; start < bytes.length; ) {
    if (start > 0) yield;
    const end = endOfCharacter(bytes, start + stepBytes);
    texts.push(decode(bytes, start, end));
    start = end;
  }
  const text = texts.join("");
  return text.slice(skipWhiteSpace(text, 0));
}

/** With `stream: true` it is several times slower. */
const decoder = new TextDecoder("utf-8", { fatal: true });
const laterDecoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, start: number, end: number): string {
  try {
    return (start === 0 ? decoder : laterDecoder).decode(withLineFeeds(bytes, start, end));
  } catch {
    throw malformed("The message is not UTF-8.");
  }
}

const isContinuation = (byte: number | undefined): boolean => byte !== undefined && (byte & 0xc0) === 0x80;

/** Near `at`, where a character ends. A character has up to three continuation bytes: with more, it is none. */
function endOfCharacter(bytes: Uint8Array, at: number): number {
  let end = Math.min(at, bytes.length);
  for (let more = 0; more < 3 && isContinuation(bytes[end]); more++) end++;
  return end;
}

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** CR LF and CR alone become LF. Done on bytes: the same on strings takes seconds for a message full of line ends. */
function withLineFeeds(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const part = bytes.subarray(start, end);
  let previous = start === 0 ? 0 : (bytes[start - 1] as number);
  if (previous !== CARRIAGE_RETURN && !part.includes(CARRIAGE_RETURN)) return part;
  const kept = new Uint8Array(part.length);
  let length = 0;
  for (const byte of part) {
    if (byte !== LINE_FEED || previous !== CARRIAGE_RETURN) {
      kept[length++] = byte === CARRIAGE_RETURN ? LINE_FEED : byte;
    }
    previous = byte;
  }
  return kept.subarray(0, length);
}
