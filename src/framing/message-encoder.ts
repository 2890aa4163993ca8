/** Messages in, framed bytes out. A message may come in several parts. */
export interface MessageEncoder {
  /**
   * The next bytes of a message, made of `pieces` one after the other, which are not all empty. In one buffer: one
   * write, so that no part of it waits for an acknowledgement. `isLast` ends the message. Throws `FramingError`.
   */
  encode(pieces: readonly (string | Uint8Array)[], isLast: boolean): Uint8Array;
}

export const toBytes = (piece: string | Uint8Array): Uint8Array =>
  typeof piece === "string" ? Buffer.from(piece) : piece;
