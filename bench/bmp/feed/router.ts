import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { BgpSplitter, endOfRib, keepalive, messageType, open } from "./bgp-messages.ts";
import type { Table } from "./table.ts";

/** Where the router connects from; the exporters' neighbour. */
export const ROUTER_ADDRESS = "127.0.0.2";
const ROUTER_ID = [10, 255, 0, 10];
const HOLD_TIME_S = 240;
const KEEPALIVE_MS = 60_000;
const WRITE_BYTES = 65_536;
const RETRY_MS = 100;
const ATTEMPTS = 100;

/** A BGP router with a session to an exporter. */
export class Router {
  readonly #socket: Socket;
  readonly #keepalives: NodeJS.Timeout;

  /** Connects until the exporter takes the session. */
  static async connect(port: number, as: number): Promise<Router> {
    for (let attempt = 1; ; attempt++) {
      const socket = connect({ host: "127.0.0.1", port, localAddress: ROUTER_ADDRESS, noDelay: true });
      try {
        await establish(socket, as);
        return new Router(socket);
      } catch (error) {
        socket.destroy();
        if (attempt === ATTEMPTS) throw new Error("the exporter takes no BGP session", { cause: error });
        await delay(RETRY_MS);
      }
    }
  }

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("error", () => {});
    // What the exporter says is not of interest.
    socket.resume();
    this.#keepalives = setInterval(() => socket.write(keepalive()), KEEPALIVE_MS);
  }

  /** Announces the table, then End-of-RIB. Resolves when the exporter's operating system has all of it. */
  async announce({ octets }: Table): Promise<void> {
    for (let at = 0; at < octets.length; at += WRITE_BYTES) await this.send(octets.subarray(at, at + WRITE_BYTES));
    await this.send(endOfRib());
  }

  /** Resolves when there is room for more. */
  async send(octets: Buffer): Promise<void> {
    if (this.#socket.destroyed) throw new Error("the exporter has closed the BGP session");
    if (!this.#socket.write(octets)) await this.#goesOn();
  }

  #goesOn(): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        this.#socket.off("drain", done).off("close", done);
        resolve();
      };
      this.#socket.on("drain", done).on("close", done);
    });
  }

  close(): void {
    clearInterval(this.#keepalives);
    this.#socket.destroy();
  }
}

/** Until both sides have sent OPEN and KEEPALIVE. */
function establish(socket: Socket, as: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const splitter = new BgpSplitter();
    socket.on("error", reject);
    socket.on("close", () => reject(new Error("the exporter has closed the connection")));
    socket.on("connect", () => socket.write(open(as, ROUTER_ID, HOLD_TIME_S)));
    socket.on("data", (octets: Buffer) => {
      for (const type of splitter.types(octets)) {
        if (type === messageType.open) socket.write(keepalive());
        if (type === messageType.notification) reject(new Error("the exporter has sent a NOTIFICATION"));
        if (type !== messageType.keepalive) continue;
        socket.removeAllListeners();
        resolve();
        return;
      }
    });
  });
}
