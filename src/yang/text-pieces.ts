import type { Pieces } from "./pieces.ts";

/** A text in UTF-8, in pieces that end where a character ends. */
export function* textPieces(text: string, pieceCharacters: number): Pieces {
  for (let at = 0; at < text.length; ) {
    let end = Math.min(at + pieceCharacters, text.length);
    if (isHighSurrogate(text.charCodeAt(end - 1))) end++;
    yield Buffer.from(text.slice(at, end));
    at = end;
  }
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
