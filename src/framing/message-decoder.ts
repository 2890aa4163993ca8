/** Bytes in, whole messages out. The session changes from one decoder to the other after the hellos. */
export interface MessageDecoder {
  /** Adds received bytes; they must not be changed afterwards. */
  push(bytes: Uint8Array): void;
  /** The next whole message without its framing, or undefined until more bytes come. Throws `FramingError`. */
  next(): Uint8Array | undefined;
}
