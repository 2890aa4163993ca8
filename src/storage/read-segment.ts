import { promises } from "node:fs";
import type { LoggedEvent } from "../notifications/event-log.ts";
import { decodeEvent, decodeHeader } from "./event-record.ts";
import type { Segment } from "./event-segments.ts";

const NEWLINE = 0x0a;

/** Where in a segment something is not as it was written. */
export type DamageReport = (segment: Segment, at: number) => void;

/** The events of a segment, to the last one that is written when that is reached, `pieceBytes` of them at a time. */
export async function* readSegment(
  segment: Segment,
  pieceBytes: number,
  damaged: DamageReport,
): AsyncGenerator<readonly LoggedEvent[], void, void> {
  const file = await openIfThere(segment.path);
  if (file === undefined) return;
  try {
    for (let at = 0; at < segment.bytes; ) {
      const piece = Buffer.allocUnsafe(Math.min(pieceBytes, segment.bytes - at));
      const { bytesRead } = await file.read(piece, 0, piece.length, at);
      const { events, bytes, isDamaged } = decodePiece(piece.subarray(0, bytesRead), at === 0);
      if (events.length > 0) yield events;
      if (isDamaged || bytes === 0) return damaged(segment, at + bytes);
      at += bytes;
    }
  } finally {
    await file.close();
  }
}

/** The whole lines of a piece; `bytes`: of these, up to what is damaged. */
function decodePiece(piece: Buffer, isFirst: boolean) {
  const events: LoggedEvent[] = [];
  let bytes = 0;
  for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, bytes)) {
    const line = piece.subarray(bytes, end);
    if (!isFirst || bytes > 0 || decodeHeader(line) === undefined) {
      const event = decodeEvent(line);
      if (event === undefined) return { events, bytes, isDamaged: true };
      events.push(event);
    }
    bytes = end + 1;
  }
  return { events, bytes, isDamaged: false };
}

/** Undefined when it was removed meanwhile. */
async function openIfThere(path: string): Promise<promises.FileHandle | undefined> {
  try {
    return await promises.open(path, "r");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}
