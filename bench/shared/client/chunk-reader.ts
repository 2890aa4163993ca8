const LINE_FEED = 0x0a;
/** Longer than any header of RFC 6242 section 4.2: `\n#4294967295\n`. */
const HEADER_BYTES = 13;

/** Cuts a byte stream into NETCONF messages by the chunked framing of RFC 6242 section 4.2, without copying them. */
export class ChunkReader {
  readonly #onMessage: (pieces: readonly Buffer[]) => void;
  #pieces: Buffer[] = [];
  #header = "";
  #chunkLeft = 0;

  /** `onMessage` gets the pieces of each message as soon as its last byte is in. */
  constructor(onMessage: (pieces: readonly Buffer[]) => void) {
    this.#onMessage = onMessage;
  }

  /** Takes what the stream gave. Throws on bytes that are no chunk. */
  push(bytes: Buffer): void {
    let at = 0;
    while (at < bytes.length) {
      if (this.#chunkLeft > 0) {
        const piece = bytes.subarray(at, at + this.#chunkLeft);
        this.#pieces.push(piece);
        this.#chunkLeft -= piece.length;
        at += piece.length;
      } else {
        const byte = bytes[at] as number;
        at += 1;
        this.#header += String.fromCharCode(byte);
        if (byte === LINE_FEED && this.#header.length > 1) this.#endHeader();
        else if (this.#header.length > HEADER_BYTES) throw new Error(`no chunk header: ${this.#header}`);
      }
    }
  }

  #endHeader(): void {
    const [, size] = /^\n#(#|[1-9]\d{0,9})\n$/.exec(this.#header) ?? [];
    if (size === undefined) throw new Error(`no chunk header: ${JSON.stringify(this.#header)}`);
    this.#header = "";
    if (size !== "#") {
      this.#chunkLeft = Number(size);
      return;
    }
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#onMessage(pieces);
  }
}
