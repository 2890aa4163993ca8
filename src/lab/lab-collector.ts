import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock } from "../bgp/clock.ts";
import { BmpDecoder } from "../bmp/codec/bmp-decoder.ts";
import { decodeMessage } from "../bmp/codec/message.ts";
import { BMP_LIMITS } from "../bmp/limits.ts";
import type { Log } from "../observe/log.ts";
import { describeMessage } from "./describe-message.ts";
import { formatEndpoint } from "./lab-topology.ts";
import type { LabLimits } from "./limits.ts";
import { LineLimiter } from "./line-limiter.ts";
import { MonitoredPeers } from "./monitored-peers.ts";

/** Both, so that `::1` and `127.0.0.1` can each be the address of a monitoring server. */
const ADDRESSES = ["::1", "127.0.0.1"];

/** The lab's BMP collector: prints a line for each message it gets, on any connection. */
export class LabCollector {
  readonly #lines: LineLimiter;
  readonly #limits: LabLimits;
  readonly #log: Log;
  readonly #servers: Server[] = [];
  readonly #sockets = new Set<Socket>();

  constructor(print: (line: string) => void, clock: Clock, limits: LabLimits, log: Log) {
    this.#lines = new LineLimiter(print, clock, limits);
    this.#limits = limits;
    this.#log = log;
  }

  /**
   * Listens on `port` of the loopback addresses; 0 = any, the same for all. Resolves with the port.
   * Rejects with an error that says what to do when it is taken.
   */
  async start(port: number): Promise<number> {
    let chosen = port;
    for (const address of ADDRESSES) {
      try {
        chosen = await this.#listen(address, chosen);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EADDRNOTAVAIL") {
          await this.stop();
          throw cannotListen({ address, port: chosen }, error as NodeJS.ErrnoException);
        }
        this.#log("warn", "The lab's collector does without an address that this host has not", { address });
      }
    }
    return chosen;
  }

  /** Closes the listeners and all connections. */
  async stop(): Promise<void> {
    const closed = this.#servers.splice(0).map(async (server) => {
      server.close();
      await once(server, "close");
    });
    for (const socket of this.#sockets) socket.destroy();
    await Promise.all(closed);
    this.#lines.flush();
  }

  async #listen(address: string, port: number): Promise<number> {
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    server.listen({ host: address, port });
    await once(server, "listening");
    server.on("error", (error) => this.#log("warn", "The lab's collector cannot accept a connection", { error }));
    this.#servers.push(server);
    return (server.address() as AddressInfo).port;
  }

  #accept(socket: Socket): void {
    if (this.#sockets.size >= this.#limits.collectorConnections) {
      socket.destroy();
      this.#log("warn", "The lab's collector has too many connections; one was refused");
      return;
    }
    this.#sockets.add(socket);
    const from = formatEndpoint({ address: socket.remoteAddress ?? "", port: socket.remotePort ?? 0 });
    const decoder = new BmpDecoder(BMP_LIMITS.maxMessageBytes);
    const peers = new MonitoredPeers(this.#limits);
    let reason = "";
    this.#lines.add(() => `BMP ${from} connected`);
    socket.on("data", (bytes) => {
      try {
        decoder.push(bytes);
        for (let message = decoder.next(); message !== undefined; message = decoder.next()) this.#show(message, peers);
      } catch (error) {
        reason = `: ${(error as Error).message}`;
        socket.destroy();
      }
    });
    socket.on("error", (error) => {
      reason = `: ${error.message}`;
    });
    socket.once("close", () => {
      this.#sockets.delete(socket);
      this.#lines.add(() => `BMP ${from} disconnected${reason}`);
    });
  }

  #show(message: Uint8Array, peers: MonitoredPeers): void {
    const decoded = decodeMessage(message);
    const context = peers.contextOf(decoded);
    this.#lines.add(() => `BMP ${describeMessage(decoded, this.#limits, context)}`);
  }
}

function cannotListen({ address, port }: { address: string; port: number }, cause: NodeJS.ErrnoException): Error {
  const where = formatEndpoint({ address, port });
  const advice =
    cause.code === "EADDRINUSE"
      ? `another program has the port. "ss -ltnp sport = :${port}" shows which; end it and start again.`
      : cause.message;
  return new Error(`The lab's collector cannot listen on ${where}: ${advice}`, { cause });
}
