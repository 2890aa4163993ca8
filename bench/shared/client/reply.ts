/** An `<rpc-reply>` as it came, with the time of its last byte. */
export class Reply {
  /** Of `performance.now()`. What the client does with the reply afterwards is not the server's time. */
  readonly receivedAtMs = performance.now();
  #pieces: readonly Buffer[];

  constructor(pieces: readonly Buffer[]) {
    this.#pieces = pieces;
  }

  /** All of it, put together when first asked for. */
  get bytes(): Buffer {
    if (this.#pieces.length !== 1) this.#pieces = [Buffer.concat(this.#pieces)];
    return this.#pieces[0] as Buffer;
  }

  /** How often `text` occurs. */
  count(text: string): number {
    const { bytes } = this;
    let found = 0;
    for (let at = bytes.indexOf(text); at >= 0; at = bytes.indexOf(text, at + text.length)) found += 1;
    return found;
  }
}
