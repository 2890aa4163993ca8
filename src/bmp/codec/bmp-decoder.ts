import { BmpError } from "./bmp-error.ts";
import { COMMON_HEADER_LENGTH, decodeCommonHeader } from "./common-header.ts";

/**
 * Finds message boundaries in a stream. Sans-I/O: `push` bytes, then pull whole messages with `next` until it has
 * no more. A message that lies in one piece is a view of it; any other is gathered in a buffer of its own, so each
 * byte is copied at most once. Holds at most one message beyond what was pushed and not yet pulled.
 */
export class BmpDecoder {
  readonly #maxMessageBytes: number;
  readonly #pieces: Uint8Array[] = [];
  #available = 0;
  #message: Uint8Array | undefined;
  #filled = 0;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  /** Keeps `bytes` until they are pulled: the caller must not change them. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#pieces.push(bytes);
    this.#available += bytes.length;
  }

  /** The next whole message, or undefined until more bytes come. Throws BmpError: end the connection. */
  next(): Uint8Array | undefined {
    if (this.#message === undefined) {
      const first = this.#pieces[0];
      if (first === undefined || this.#available < COMMON_HEADER_LENGTH) return undefined;
      const { length } = decodeCommonHeader(this.#peekHeader(first));
      if (length > this.#maxMessageBytes) throw new BmpError(`message of ${length} octets`);
      if (length <= first.length) return this.#take(first, length);
      this.#message = new Uint8Array(length);
      this.#filled = 0;
    }
    return this.#fill(this.#message);
  }

  #peekHeader(first: Uint8Array): Uint8Array {
    if (first.length >= COMMON_HEADER_LENGTH) return first;
    const header = new Uint8Array(COMMON_HEADER_LENGTH);
    let filled = 0;
    for (const piece of this.#pieces) {
      const part = piece.subarray(0, COMMON_HEADER_LENGTH - filled);
      header.set(part, filled);
      filled += part.length;
      if (filled === COMMON_HEADER_LENGTH) break;
    }
    return header;
  }

  #fill(message: Uint8Array): Uint8Array | undefined {
    let piece = this.#pieces[0];
    while (piece !== undefined && this.#filled < message.length) {
      const part = this.#take(piece, Math.min(piece.length, message.length - this.#filled));
      message.set(part, this.#filled);
      this.#filled += part.length;
      piece = this.#pieces[0];
    }
    if (this.#filled < message.length) return undefined;
    this.#message = undefined;
    return message;
  }

  /** The first `length` octets of `first`, the oldest piece. */
  #take(first: Uint8Array, length: number): Uint8Array {
    if (length === first.length) this.#pieces.shift();
    else this.#pieces[0] = first.subarray(length);
    this.#available -= length;
    return first.subarray(0, length);
  }
}
