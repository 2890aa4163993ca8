import { Socket } from "node:net";
import { dial } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import type { Clock, Timer } from "./clock.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";
import { canonicalAddress } from "./ip-address.ts";

export interface DialOptions {
  readonly address: string;
  readonly port: number;
  readonly localAddress: string | undefined;
  readonly md5Key: string | undefined;
  readonly network: Network;
}

/** A `Connection` over a socket of node:net. */
export class TcpConnection implements Connection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #closingMs: number;
  #handler: ConnectionHandler | undefined;
  #error: Error | undefined;
  #closingTimer: Timer | undefined;
  #localAddress = "";
  #localPort = 0;
  #remotePort = 0;

  /** @param gone called when nothing is left of the connection */
  constructor(socket: Socket, clock: Clock, closingMs: number, gone: () => void) {
    this.#socket = socket;
    this.#clock = clock;
    this.#closingMs = closingMs;
    socket.setNoDelay(true);
    socket.on("error", (error) => {
      this.#error = error;
    });
    socket.on("close", () => {
      this.#closingTimer?.cancel();
      gone();
      this.#handler?.closed(this.#error);
    });
    this.#noteAddresses();
  }

  /** @throws nothing: whatever fails, the handler's `closed` is told. */
  static dial(options: DialOptions, clock: Clock, closingMs: number, gone: () => void): TcpConnection {
    const socket = openSocket(options);
    const connection = new TcpConnection(socket, clock, closingMs, gone);
    socket.once("connect", () => {
      connection.#noteAddresses();
      connection.#handler?.connected();
    });
    return connection;
  }

  get localAddress(): string {
    return this.#localAddress;
  }

  get localPort(): number {
    return this.#localPort;
  }

  get remotePort(): number {
    return this.#remotePort;
  }

  get unsentBytes(): number {
    return this.#socket.writableLength;
  }

  /** Begins to read. */
  attach(handler: ConnectionHandler): void {
    this.#handler = handler;
    this.#socket.on("data", (bytes: Buffer) => this.#handler?.received(bytes));
    this.#socket.resume();
  }

  write(bytes: Uint8Array): void {
    this.#socket.write(bytes);
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  close(): void {
    this.#handler = undefined;
    if (this.#socket.connecting) {
      this.#socket.destroy();
      return;
    }
    this.#socket.end();
    // What the neighbour still sends is read and thrown away: a reset could overtake the NOTIFICATION.
    this.#socket.resume();
    this.#closingTimer ??= this.#clock.setTimer(() => this.#socket.destroy(), this.#closingMs);
  }

  /** Closes at once, without delivering anything. */
  destroy(): void {
    this.#handler = undefined;
    this.#socket.destroy();
  }

  #noteAddresses(): void {
    const { localAddress, localPort, remotePort } = this.#socket;
    if (localAddress !== undefined) this.#localAddress = canonicalAddress(localAddress);
    this.#localPort = localPort ?? 0;
    this.#remotePort = remotePort ?? 0;
  }
}

/** One that cannot be opened is one that fails. */
function openSocket({ address, port, localAddress, md5Key, network }: DialOptions): Socket {
  try {
    return dial({
      address,
      port,
      ...network,
      ...(localAddress !== undefined && { sourceAddress: localAddress }),
      ...(md5Key !== undefined && { md5Key }),
    });
  } catch (error) {
    return new Socket().destroy(error as Error);
  }
}
