import type { Duplex } from "node:stream";

const END_OF_MESSAGE = "]]>]]>";

/** Cuts a byte stream into NETCONF messages, by either framing of RFC 6242 section 4. */
export class MessageReader {
  #buffer = Buffer.alloc(0);
  #hasEnded = false;
  #wake: () => void = () => {};

  constructor(stream: Duplex) {
    stream.on("data", (bytes: Buffer) => {
      this.#buffer = Buffer.concat([this.#buffer, bytes]);
      this.#wake();
    });
    const end = (): void => {
      this.#hasEnded = true;
      this.#wake();
    };
    stream.on("end", end);
    stream.on("close", end);
    // A server that is killed resets the connection: whoever waits is told by the end.
    stream.on("error", end);
  }

  /** The next message that ends in `]]>]]>`. */
  async nextMarked(): Promise<string> {
    return (await this.#until(END_OF_MESSAGE)).toString("utf8");
  }

  /** The next message in chunks. */
  async nextChunked(): Promise<string> {
    const chunks: Buffer[] = [];
    for (;;) {
      const before = await this.#until("\n#");
      if (before.length > 0) throw new Error(`not a chunk: ${before.toString("utf8")}`);
      const size = (await this.#until("\n")).toString("latin1");
      if (size === "#") return Buffer.concat(chunks).toString("utf8");
      chunks.push(await this.#take(Number(size)));
    }
  }

  /** What precedes `delimiter`, which is consumed too. */
  async #until(delimiter: string): Promise<Buffer> {
    for (;;) {
      const at = this.#buffer.indexOf(delimiter);
      if (at >= 0) {
        const found = await this.#take(at);
        await this.#take(delimiter.length);
        return found;
      }
      await this.#more();
    }
  }

  async #take(length: number): Promise<Buffer> {
    while (this.#buffer.length < length) await this.#more();
    const taken = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return taken;
  }

  #more(): Promise<void> {
    if (this.#hasEnded) throw new Error("the NETCONF session has ended");
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }
}
