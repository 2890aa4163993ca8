import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import type { BmpSessionState } from "../../src/bmp/session-state.ts";
import { CollectorView, countMessages } from "./collector.ts";

/** What collectors took, as the state of a session has it. */
export function takenBy(sockets: readonly FakeSocket[]): Pick<BmpSessionState, "sentMessages" | "sentOctets"> {
  return {
    sentMessages: countMessages(sockets.map(({ view }) => view)),
    sentOctets: sockets.reduce((sum, { takenBytes }) => sum + takenBytes, 0),
  };
}

/**
 * A connected socket in memory: what node:net does as far as the engine can tell, with the collector at the other
 * end. While it stalls, nothing is taken, not even by a kernel.
 */
export class FakeSocket extends EventEmitter {
  static readonly highWaterMark = 64;
  readonly view = new CollectorView();
  /** Octets the collector took. */
  takenBytes = 0;
  readonly localAddress = "192.0.2.254";
  readonly localPort = 50000;
  writableLength = 0;
  writableNeedDrain = false;
  destroyed = false;
  isStalled = false;
  #isEnded = false;
  readonly #waiting: { readonly bytes: Uint8Array; readonly done: (error?: Error | null) => void }[] = [];

  get asSocket(): Socket {
    return this as unknown as Socket;
  }

  write(bytes: Uint8Array, done: (error?: Error | null) => void): boolean {
    this.#waiting.push({ bytes: Uint8Array.from(bytes), done });
    this.writableLength += bytes.length;
    if (this.writableLength >= FakeSocket.highWaterMark) this.writableNeedDrain = true;
    return !this.writableNeedDrain;
  }

  /** Destroys itself once the collector took everything. */
  end(): void {
    this.#isEnded = true;
    this.deliver();
  }

  destroy(): void {
    if (this.destroyed) return;
    this.destroyed = true;
    queueMicrotask(() => {
      // Of the write that is under way node does not say that it failed.
      for (const [index, { done }] of this.#waiting.splice(0).entries()) {
        done(index === 0 ? null : new Error("destroyed"));
      }
      this.emit("close");
    });
  }

  /** The collector, or the way to it, fails. */
  reset(): void {
    this.destroy();
    this.emit("error", new Error("reset"));
  }

  /** The collector takes what waits. */
  deliver(): void {
    if (this.destroyed || this.isStalled) return;
    for (const { bytes, done } of this.#waiting.splice(0)) {
      this.writableLength -= bytes.length;
      this.view.push(bytes);
      this.takenBytes += bytes.length;
      done();
    }
    if (this.#isEnded) this.destroy();
    if (!this.writableNeedDrain) return;
    this.writableNeedDrain = false;
    this.emit("drain");
  }
}
