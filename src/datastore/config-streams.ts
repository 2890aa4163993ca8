import type { DataTree } from "libyang-wasm";
import { operationFailed } from "../errors/constructors.ts";
import type { Job } from "../job.ts";
import type { Pieces } from "../yang/pieces.ts";
import { datastoreLimits } from "./limits.ts";

/** A part of a reply; `stream` is where the next one can be had, undefined after the last. */
export interface ConfigPiece {
  readonly bytes: Uint8Array;
  readonly stream: number | undefined;
}

interface OpenStream {
  /** What is being printed; undefined for what never changes. */
  readonly tree: DataTree | undefined;
  readonly source: Pieces;
  /** Printed ahead, because the tree was about to change. */
  readonly ahead: Uint8Array[];
  isPrinted: boolean;
}

const EMPTY = new Uint8Array(0);

/**
 * Replies under way. Each is printed as it is read, a piece at a time, from the tree as it was when the reply began:
 * before a tree changes, what is still to be read of it is printed ahead.
 */
export class ConfigStreams {
  readonly #open = new Map<number, OpenStream>();
  readonly #maxAheadBytes: number;
  #aheadBytes = 0;
  #lastId = 0;

  constructor(maxAheadBytes: number = datastoreLimits.replyAheadBytes) {
    this.#maxAheadBytes = maxAheadBytes;
  }

  /** The first piece of what `source` prints of `tree`; undefined when that never changes. */
  *open(tree: DataTree | undefined, source: Pieces): Job<ConfigPiece> {
    const id = ++this.#lastId;
    this.#open.set(id, { tree, source, ahead: [], isPrinted: false });
    return yield* this.read(id);
  }

  /** The next piece. Throws `RpcError` when the rest was given up. */
  *read(id: number): Job<ConfigPiece> {
    const stream = this.#open.get(id);
    if (stream === undefined) throw operationFailed("The reply was given up. Ask again.");
    try {
      const bytes = (yield* this.#next(stream)) ?? EMPTY;
      // One piece ahead tells whether this was the last, which spares most readers a call.
      const following = yield* this.#next(stream);
      if (following === undefined) {
        this.close(id);
        return { bytes, stream: undefined };
      }
      this.#keep(stream, following, "first");
      return { bytes, stream: id };
    } catch (error) {
      this.close(id);
      throw error;
    }
  }

  /** Gives up the rest. Idempotent. */
  close(id: number): void {
    const stream = this.#open.get(id);
    if (stream === undefined) return;
    this.#open.delete(id);
    for (const { length } of stream.ahead) this.#aheadBytes -= length;
    stream.source.return();
  }

  /** Before `tree` changes or goes: what is being read of it is printed to its end. Gives up what would be too much. */
  *beforeChange(tree: DataTree): Job<void> {
    for (const [id, stream] of this.#open) {
      if (stream.tree !== tree || stream.isPrinted) continue;
      yield* this.#printAhead(id, stream);
    }
  }

  *#printAhead(id: number, stream: OpenStream): Job<void> {
    for (;;) {
      const { done, value } = stream.source.next();
      if (done === true) {
        stream.isPrinted = true;
        return;
      }
      if (value === undefined) {
        yield;
        continue;
      }
      this.#keep(stream, value, "last");
      if (this.#aheadBytes > this.#maxAheadBytes) return this.close(id);
    }
  }

  *#next(stream: OpenStream): Generator<undefined, Uint8Array | undefined, undefined> {
    const ahead = stream.ahead.shift();
    if (ahead !== undefined) {
      this.#aheadBytes -= ahead.length;
      return ahead;
    }
    while (!stream.isPrinted) {
      const { done, value } = stream.source.next();
      if (done === true) stream.isPrinted = true;
      else if (value === undefined) yield;
      else return value;
    }
    return undefined;
  }

  #keep({ ahead }: OpenStream, bytes: Uint8Array, place: "first" | "last"): void {
    if (place === "first") ahead.unshift(bytes);
    else ahead.push(bytes);
    this.#aheadBytes += bytes.length;
  }
}
