import type { ConfigPiece } from "./config-streams.ts";
import type { ConfigStream } from "./datastores.ts";
import type { EngineHost } from "./engine-host.ts";

/** A reply that the engine prints as it is read. */
export class EngineStream implements ConfigStream {
  readonly #engine: EngineHost;
  #piece: ConfigPiece | undefined;
  /** Where the next piece can be had. */
  #stream: number | undefined;

  /** `first`: what the engine opened the reply with. */
  constructor(engine: EngineHost, first: ConfigPiece) {
    this.#engine = engine;
    this.#take(first);
  }

  async next(): Promise<Uint8Array | undefined> {
    if (this.#piece === undefined && this.#stream !== undefined) {
      this.#take(await this.#engine.call("readStream", this.#stream));
    }
    const bytes = this.#piece?.bytes;
    this.#piece = undefined;
    return bytes;
  }

  close(): void {
    // The engine, should it end, has nothing to give up any more.
    if (this.#stream !== undefined) this.#engine.call("closeStream", this.#stream).catch(() => undefined);
    this.#piece = undefined;
    this.#stream = undefined;
  }

  #take(piece: ConfigPiece): void {
    this.#piece = piece;
    this.#stream = piece.stream;
  }
}
