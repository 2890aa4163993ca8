import type { ConfigStream } from "../../src/datastore/datastores.ts";

/** A stream of given pieces, which a test can hold up, and whose end it sees. */
export class FakeStream implements ConfigStream {
  /** Pieces asked for so far. */
  asked = 0;
  closed = 0;
  readonly #pieces: Iterator<string | Error>;
  #gate: Promise<void> = Promise.resolve();
  #open: () => void = () => {};

  /** An error in place of a piece is what the stream fails with. */
  constructor(pieces: Iterable<string | Error>) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** From now on no piece comes, until `release`, or the stream is closed. */
  hold(): void {
    this.#gate = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  release(): void {
    this.#open();
  }

  async next(): Promise<Uint8Array | undefined> {
    this.asked++;
    await this.#gate;
    if (this.closed > 0) return undefined;
    const { done, value } = this.#pieces.next();
    if (value instanceof Error) throw value;
    return done === true ? undefined : Buffer.from(value);
  }

  close(): void {
    this.closed++;
    this.#open();
  }
}
