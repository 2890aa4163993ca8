import { connect, type Socket } from "node:net";
import type { Clock, Timer } from "../bgp/clock.ts";
import type { Log } from "../observe/log.ts";
import { type Endpoint, LAB_NEIGHBOR, reachable } from "./lab-topology.ts";
import type { LabLimits } from "./limits.ts";
import { NeighborSession } from "./neighbor-session.ts";

/** The lab's BGP neighbour: keeps a session with our speaker, from an address of its own, and announces sample routes. */
export class LabNeighbor {
  readonly #speaker: Endpoint;
  readonly #clock: Clock;
  readonly #limits: LabLimits;
  readonly #log: Log;
  #socket: Socket | undefined;
  #session: NeighborSession | undefined;
  #retry: Timer | undefined;
  #isStopping = false;
  #lastReason = "";

  constructor(speaker: Endpoint, clock: Clock, limits: LabLimits, log: Log) {
    this.#speaker = reachable(speaker);
    this.#clock = clock;
    this.#limits = limits;
    this.#log = log;
  }

  /** Connects, and again whenever the session ends, until `stop`. */
  start(): void {
    const { address, port } = this.#speaker;
    const socket = connect({ host: address, port, localAddress: LAB_NEIGHBOR.address, noDelay: true });
    this.#socket = socket;
    const failed = (error: Error) => this.#ended(error.message);
    socket.once("error", failed);
    socket.once("connect", () => {
      socket.off("error", failed);
      this.#session = new NeighborSession(socket, this.#clock, this.#limits, {
        established: () => this.#established(),
        ended: (reason) => this.#ended(reason),
      });
    });
  }

  /** Ends the session politely; resolves when its connection is closed. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    this.#retry?.cancel();
    const socket = this.#socket;
    if (socket === undefined || socket.closed) return;
    const closed = new Promise((resolve) => socket.once("close", resolve));
    if (this.#session === undefined) socket.destroy();
    else this.#session.shutDown();
    await closed;
  }

  #established(): void {
    this.#lastReason = "";
    this.#log("info", "The lab's neighbour is established", { address: LAB_NEIGHBOR.address });
  }

  #ended(reason: string): void {
    this.#session = undefined;
    if (this.#isStopping) return;
    // The same failure over and over is told once.
    const level = reason === this.#lastReason ? "debug" : "info";
    this.#lastReason = reason;
    this.#log(level, "The lab's neighbour has no session with the speaker", { reason });
    this.#retry = this.#clock.setTimer(() => this.start(), this.#limits.reconnectMs);
  }
}
