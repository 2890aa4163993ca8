import type { ConfigStream } from "../../src/datastore/datastores.ts";

/** All that a stream gives. */
export async function configText(opening: Promise<ConfigStream>): Promise<string> {
  const stream = await opening;
  const pieces: Uint8Array[] = [];
  for (;;) {
    const piece = await stream.next();
    if (piece === undefined) return Buffer.concat(pieces).toString();
    pieces.push(piece);
  }
}
