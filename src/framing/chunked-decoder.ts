import { ByteQueue } from "./byte-queue.ts";
import { END_OF_CHUNKS, readChunkHeader } from "./chunk-header.ts";
import { malformedFraming } from "./framing-error.ts";
import { MessageBuffer } from "./message-buffer.ts";
import type { MessageDecoder } from "./message-decoder.ts";

/** RFC 6242 section 4.2 chunked framing (base:1.1). Sans-I/O. */
export class ChunkedDecoder implements MessageDecoder {
  readonly #input = new ByteQueue();
  readonly #message: MessageBuffer;
  #chunkLeft = 0;

  constructor(maxMessageBytes: number) {
    this.#message = new MessageBuffer(maxMessageBytes);
  }

  push(bytes: Uint8Array): void {
    this.#input.append(bytes);
  }

  next(): Uint8Array | undefined {
    while (this.#input.length > 0) {
      if (this.#chunkLeft > 0) {
        const bytes = this.#input.take(this.#chunkLeft);
        this.#message.append(bytes);
        this.#chunkLeft -= bytes.length;
        continue;
      }
      const size = readChunkHeader(this.#input);
      if (size === undefined) return undefined;
      if (size === END_OF_CHUNKS) return this.#finish();
      this.#message.announce(size);
      this.#chunkLeft = size;
    }
    return undefined;
  }

  #finish(): Uint8Array {
    // Chunked-Message = 1*chunk end-of-chunks
    if (this.#message.length === 0) throw malformedFraming("A message needs at least one chunk.");
    return this.#message.finish();
  }
}
