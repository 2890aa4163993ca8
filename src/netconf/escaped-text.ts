import type { ConfigStream } from "../datastore/datastores.ts";
import { escapeText } from "../xml/escape.ts";

/** A text in UTF-8 as the content of an element. Pieces of it end where a character ends. */
export const escapedText = (text: ConfigStream): ConfigStream => ({
  async next() {
    const piece = await text.next();
    return piece && Buffer.from(escapeText(Buffer.from(piece).toString()));
  },
  close: () => text.close(),
});
