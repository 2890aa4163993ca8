import type { Socket } from "node:net";
import type { Connection } from "ssh2";
import type { TransportLimits } from "./limits.ts";
import { isExchangingKeys } from "./ssh2-internals.ts";

/** Begins a new key exchange after `rekeyS` or `rekeyBytes` (RFC 4253 section 9), and ends one that hangs. */
export class KeyExchangeTimer {
  readonly #client: Connection;
  readonly #socket: Socket;
  readonly #limits: TransportLimits;
  readonly #hangs: () => void;
  readonly #due: NodeJS.Timeout;
  #deadline: NodeJS.Timeout | undefined;
  /** Bytes of the connection when the keys were new. */
  #bytesThen: number;

  constructor(client: Connection, socket: Socket, limits: TransportLimits, hangs: () => void) {
    this.#client = client;
    this.#socket = socket;
    this.#limits = limits;
    this.#hangs = hangs;
    this.#bytesThen = this.#bytes();
    this.#due = setTimeout(() => this.#begin(), limits.rekeyS * 1000);
  }

  /** To be called when bytes have passed. */
  check(): void {
    if (isExchangingKeys(this.#client)) this.#watch();
    else if (this.#bytes() - this.#bytesThen >= this.#limits.rekeyBytes) this.#begin();
  }

  /** The keys are new. */
  done(): void {
    clearTimeout(this.#deadline);
    this.#deadline = undefined;
    this.#bytesThen = this.#bytes();
    this.#due.refresh();
  }

  stop(): void {
    clearTimeout(this.#deadline);
    clearTimeout(this.#due);
  }

  #begin(): void {
    if (!this.#socket.writable) return;
    this.#client.rekey();
    this.#watch();
  }

  #watch(): void {
    this.#deadline ??= setTimeout(this.#hangs, this.#limits.keyExchangeS * 1000);
  }

  #bytes(): number {
    return this.#socket.bytesRead + this.#socket.bytesWritten;
  }
}
