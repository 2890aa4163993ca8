/**
 * Received bytes that nobody has taken yet, always in one piece. Bytes that are taken before more arrive are never
 * copied; others are copied into a buffer that doubles, so that the cost stays linear however small the pieces are.
 */
export class ByteQueue {
  #buffer: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  /** Whether there may be room behind `#end`: a buffer that was handed to us is not ours to write to. */
  #isOwn = false;

  /** Bytes waiting. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Adds `bytes`, which must not be changed afterwards. */
  append(bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    if (this.length === 0) {
      this.#hold(bytes, bytes.length, false);
      return;
    }
    if (!this.#isOwn || this.#buffer.length - this.#end < bytes.length) this.#grow(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The byte at `offset` from the front, or undefined when it has not come yet. */
  peek(offset: number): number | undefined {
    return offset < this.length ? this.#buffer[this.#start + offset] : undefined;
  }

  /** Where `pattern` begins at or after `from`, counted from the front; -1 when it is not there. */
  indexOf(pattern: Uint8Array, from: number): number {
    const { buffer, byteOffset } = this.#buffer;
    return Buffer.from(buffer, byteOffset + this.#start, this.length).indexOf(pattern, from);
  }

  /** Takes up to `atMost` bytes from the front. They stay as they are: what is appended later goes elsewhere. */
  take(atMost: number): Uint8Array {
    const taken = this.#buffer.subarray(this.#start, Math.min(this.#start + atMost, this.#end));
    this.skip(taken.length);
    return taken;
  }

  /** Drops `count` bytes from the front; there must be as many. */
  skip(count: number): void {
    this.#start += count;
    if (this.length === 0) this.#hold(new Uint8Array(0), 0, false);
  }

  #grow(byBytes: number): void {
    const waiting = this.#buffer.subarray(this.#start, this.#end);
    const roomy = new Uint8Array(2 * (waiting.length + byBytes));
    roomy.set(waiting);
    this.#hold(roomy, waiting.length, true);
  }

  #hold(buffer: Uint8Array, length: number, isOwn: boolean): void {
    this.#buffer = buffer;
    this.#start = 0;
    this.#end = length;
    this.#isOwn = isOwn;
  }
}
