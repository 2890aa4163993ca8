import type { Socket } from "node:net";
import type { RunQueue, SlicedTask } from "../bgp/run-queue.ts";
import { BmpDecoder } from "../bmp/codec/bmp-decoder.ts";
import { BmpError } from "../bmp/codec/bmp-error.ts";
import type { RelayLimits } from "./limits.ts";

/** Told what a connection brings; never from within a call to it. */
export interface RouterConnectionHandler {
  /** Octets were received, before the messages in them are told. */
  received(octets: number): void;
  /** One whole message; copy to keep. */
  message(bytes: Uint8Array): void;
  /** Last of all: the connection is gone, or about to go. */
  ended(reason: string): void;
}

export interface RouterConnectionOptions {
  readonly socket: Socket;
  readonly limits: RelayLimits;
  readonly queue: RunQueue;
  readonly bug: (error: unknown) => void;
}

/**
 * One connection of a router: octets in, whole messages out, as many at a time as a slice allows; while some are left
 * nothing more is read. A stream that is no BMP ends it.
 */
export class RouterConnection implements SlicedTask {
  readonly remotePort: number;
  readonly #socket: Socket;
  readonly #limits: RelayLimits;
  readonly #queue: RunQueue;
  readonly #bug: (error: unknown) => void;
  readonly #decoder: BmpDecoder;
  #handler: RouterConnectionHandler | undefined;
  #isQueued = false;
  /** Why no more comes; what came before still counts. */
  #closed: string | undefined;

  constructor({ socket, limits, queue, bug }: RouterConnectionOptions, handler: RouterConnectionHandler) {
    this.remotePort = socket.remotePort ?? 0;
    this.#socket = socket;
    this.#limits = limits;
    this.#queue = queue;
    this.#bug = bug;
    this.#decoder = new BmpDecoder(limits.messageBytes);
    this.#handler = handler;
    socket.setKeepAlive(true, limits.keepaliveMs);
    let reason = "the router closed the connection";
    socket.on("error", (error) => {
      reason = error.message;
    });
    socket.on("data", (bytes) => this.#receive(bytes));
    // A router has nothing more to say, and is not told anything (RFC 7854 section 3.2).
    socket.on("end", () => this.#close(reason));
    socket.on("close", () => this.#close(reason));
    socket.resume();
  }

  /** Closes at once; the handler hears no more. */
  destroy(): void {
    this.#handler = undefined;
    this.#queue.delete(this);
    this.#socket.destroy();
  }

  runSlice(): boolean {
    const hasMore = this.#processSlice();
    if (hasMore) return true;
    this.#isQueued = false;
    if (this.#closed !== undefined) this.#end(this.#closed);
    else this.#socket.resume();
    return false;
  }

  #receive(bytes: Uint8Array): void {
    this.#handler?.received(bytes.length);
    this.#decoder.push(bytes);
    if (this.#isQueued || !this.#processSlice()) return;
    this.#isQueued = true;
    this.#socket.pause();
    this.#queue.add(this);
  }

  #close(reason: string): void {
    this.#closed ??= reason;
    if (!this.#isQueued) this.#end(this.#closed);
  }

  #end(reason: string): void {
    const handler = this.#handler;
    this.destroy();
    handler?.ended(reason);
  }

  /** True: there may be more messages. */
  #processSlice(): boolean {
    let left = this.#limits.sliceBytes;
    try {
      while (left > 0) {
        const message = this.#handler === undefined ? undefined : this.#decoder.next();
        if (message === undefined) return false;
        left -= message.length;
        this.#handler?.message(message);
      }
      return true;
    } catch (error) {
      // A fault of ours costs this connection and no other.
      if (!(error instanceof BmpError)) this.#bug(error);
      this.#end(error instanceof BmpError ? `not BMP: ${error.message}` : "internal error");
      return false;
    }
  }
}
