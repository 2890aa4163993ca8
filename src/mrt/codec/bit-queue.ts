import { MrtError } from "./mrt-error.ts";

/** Octets read as bits, the highest of each first. `push` moves what is left, so that memory stays as much as that. */
export class BitQueue {
  octets: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  /** The octet that is read next. */
  position = 0;
  /** Bits read from octets before `position` and not yet taken: the low `held` of `bits`. */
  bits = 0;
  held = 0;
  #isEnded = false;
  #length = 0;

  /** Whole octets not yet looked at. */
  get left(): number {
    return this.#length - this.position;
  }

  /** Nothing will be pushed any more. */
  get isEnded(): boolean {
    return this.#isEnded;
  }

  push(chunk: Uint8Array): void {
    const { left } = this;
    const needed = left + chunk.length;
    const target = needed > this.octets.length ? new Uint8Array(2 * needed) : this.octets;
    target.set(this.octets.subarray(this.position, this.#length));
    target.set(chunk, left);
    this.octets = target;
    this.position = 0;
    this.#length = needed;
  }

  end(): void {
    this.#isEnded = true;
  }

  /** @param count at most 24 */
  take(count: number): number {
    while (this.held < count) {
      this.bits = (this.bits << 8) | this.nextOctet();
      this.held += 8;
    }
    this.held -= count;
    return (this.bits >>> this.held) & ((1 << count) - 1);
  }

  /** Up to where an octet begins. */
  align(): void {
    this.held = 0;
  }

  nextOctet(): number {
    if (this.position < this.#length) return this.octets[this.position++] as number;
    throw new MrtError(this.#isEnded ? "bzip2: the file ends too early" : "bzip2: a block is longer than it can be");
  }
}
