import { decodeHeader, HEADER_BYTES, MAX_MESSAGE_BYTES } from "./common-header.ts";

const EMPTY = new Uint8Array(0);

/**
 * Stream of octets to messages: `push` what arrived, then pull whole messages with `next`.
 * A message inside one push is a view of it; only one that straddles two is copied, once.
 */
export class MessageDecoder {
  #chunks: Uint8Array[] = [];
  #chunk: Uint8Array = EMPTY;
  #offset = 0;
  /** A message whose beginning came in an earlier push. */
  #partial: Uint8Array = EMPTY;
  #filled = 0;
  #needed = HEADER_BYTES;
  #pendingBytes = 0;
  /** The largest message that the session allows now: 4096 octets, or 65,535 once RFC 8654 was negotiated. */
  maxMessageBytes = MAX_MESSAGE_BYTES;

  /** Octets pushed and not yet part of a message that `next` returned. */
  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /** `bytes` must not change until `next` has returned undefined. */
  push(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#chunks.push(bytes);
    this.#pendingBytes += bytes.length;
  }

  /**
   * The next whole message, from the marker on, or undefined until more octets come.
   * @throws BgpError Message Header Error: answer it and end the connection; the stream has lost its place.
   */
  next(): Uint8Array | undefined {
    while (this.#loadChunk()) {
      const pdu = this.#filled > 0 ? this.#continuePartial() : this.#takeWhole();
      if (pdu !== undefined) {
        this.#pendingBytes -= pdu.length;
        return pdu;
      }
    }
    return undefined;
  }

  #loadChunk(): boolean {
    if (this.#offset < this.#chunk.length) return true;
    this.#offset = 0;
    this.#chunk = this.#chunks.shift() ?? EMPTY;
    return this.#chunk.length > 0;
  }

  #takeWhole(): Uint8Array | undefined {
    const start = this.#offset;
    const left = this.#chunk.length - start;
    if (left >= HEADER_BYTES) {
      const length = decodeHeader(this.#chunk, start, this.maxMessageBytes);
      if (left >= length) {
        this.#offset = start + length;
        return this.#chunk.subarray(start, start + length);
      }
      this.#needed = length;
    } else {
      this.#needed = HEADER_BYTES;
    }
    // The length may not be known yet, and to copy twice would cost more than the room.
    this.#partial = new Uint8Array(Math.max(this.#needed, MAX_MESSAGE_BYTES));
    this.#fillPartial();
    return undefined;
  }

  #continuePartial(): Uint8Array | undefined {
    this.#fillPartial();
    if (this.#filled < this.#needed) return undefined;
    if (this.#needed === HEADER_BYTES) {
      this.#needed = decodeHeader(this.#partial, 0, this.maxMessageBytes);
      this.#growPartial();
      this.#fillPartial();
      if (this.#filled < this.#needed) return undefined;
    }
    const pdu = this.#partial.subarray(0, this.#needed);
    this.#partial = EMPTY;
    this.#filled = 0;
    return pdu;
  }

  /** The few that are longer than was assumed while their length was not known. */
  #growPartial(): void {
    if (this.#needed <= this.#partial.length) return;
    const whole = new Uint8Array(this.#needed);
    whole.set(this.#partial.subarray(0, this.#filled));
    this.#partial = whole;
  }

  #fillPartial(): void {
    const count = Math.min(this.#needed - this.#filled, this.#chunk.length - this.#offset);
    this.#partial.set(this.#chunk.subarray(this.#offset, this.#offset + count), this.#filled);
    this.#filled += count;
    this.#offset += count;
  }
}
