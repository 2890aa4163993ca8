import { ByteQueue } from "./byte-queue.ts";
import { messageTooBig } from "./framing-error.ts";
import type { MessageDecoder } from "./message-decoder.ts";

export const END_OF_MESSAGE = Buffer.from("]]>]]>");

/** RFC 6242 section 4.3 end-of-message framing (base:1.0, and every hello). Sans-I/O. */
export class EndOfMessageDecoder implements MessageDecoder {
  readonly #input = new ByteQueue();
  readonly #maxMessageBytes: number;
  /** The delimiter does not begin before this offset: every byte is searched about once. */
  #searchFrom = 0;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  push(bytes: Uint8Array): void {
    this.#input.append(bytes);
  }

  next(): Uint8Array | undefined {
    const end = this.#input.indexOf(END_OF_MESSAGE, this.#searchFrom);
    // A delimiter that has come in part begins within the last bytes, which then are not the message's.
    this.#searchFrom = Math.max(0, this.#input.length - (END_OF_MESSAGE.length - 1));
    if ((end < 0 ? this.#searchFrom : end) > this.#maxMessageBytes) throw messageTooBig(this.#maxMessageBytes);
    if (end < 0) return undefined;
    this.#searchFrom = 0;
    const message = this.#input.take(end);
    this.#input.skip(END_OF_MESSAGE.length);
    return message;
  }

  /** Takes what came after the last message: the first bytes of the other framing, once both hellos allow it. */
  takeRest(): Uint8Array {
    this.#searchFrom = 0;
    return this.#input.take(this.#input.length);
  }
}
