import { messageTooBig } from "./framing-error.ts";

const FIRST_BYTES = 1024;

/** A message being put together from chunks. What a chunk only announces takes no memory. */
export class MessageBuffer {
  readonly #maxMessageBytes: number;
  #buffer = new Uint8Array(0);
  #length = 0;

  constructor(maxMessageBytes: number) {
    this.#maxMessageBytes = maxMessageBytes;
  }

  get length(): number {
    return this.#length;
  }

  /** Throws `FramingError` when a chunk of `size` bytes would make the message too big. */
  announce(size: number): void {
    if (this.#length + size > this.#maxMessageBytes) throw messageTooBig(this.#maxMessageBytes);
  }

  append(bytes: Uint8Array): void {
    const needed = this.#length + bytes.length;
    if (needed > this.#buffer.length) {
      const roomy = new Uint8Array(Math.min(Math.max(2 * needed, FIRST_BYTES), this.#maxMessageBytes));
      roomy.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = roomy;
    }
    this.#buffer.set(bytes, this.#length);
    this.#length = needed;
  }

  /** The whole message, the caller's from now on; the next one begins. */
  finish(): Uint8Array {
    const message = this.#buffer.subarray(0, this.#length);
    this.#buffer = new Uint8Array(0);
    this.#length = 0;
    return message;
  }
}
