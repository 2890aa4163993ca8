import type { Socket } from "node:net";
import { refuse } from "../net/listen.ts";
import type { Clock } from "./clock.ts";
import type { BmpLimits } from "./limits.ts";
import { TokenBucket } from "./token-bucket.ts";

interface IncomingOptions {
  readonly clock: Clock;
  readonly limits: Pick<BmpLimits, "establishBurst" | "establishIntervalMs" | "rivalMs">;
  /** Whether a connection can be taken now: there is none, be it one that ends. */
  readonly isFree: () => boolean;
  /** Takes it. Gives why that cannot be, or undefined. */
  readonly take: (socket: Socket) => string | undefined;
  /** Another one waits for the present one: time to find out whether that lives. `false`: it waits no longer. */
  readonly contested: (isContested: boolean) => void;
  /** A connection that waited was refused. */
  readonly refused: (reason: string) => void;
}

/**
 * The connections that a collector opens (RFC 7854 section 3.2): one at a time, and not too often. Another one is
 * refused, but not at once: a collector that has lost its connection may know that before we do.
 */
export class IncomingConnections {
  readonly #options: IncomingOptions;
  readonly #rate: TokenBucket;
  #waiting: { readonly socket: Socket; readonly cancel: () => void } | undefined;

  constructor(options: IncomingOptions) {
    const { clock, limits } = options;
    this.#options = options;
    this.#rate = new TokenBucket(clock, limits.establishBurst, limits.establishIntervalMs);
  }

  /** The collector has connected. Gives why that is refused, or undefined: then the socket is taken care of. */
  offer(socket: Socket): string | undefined {
    if (this.#options.isFree()) return this.#take(socket);
    if (this.#waiting !== undefined) return "there is a connection, and another that waits for its end";
    const { clock, limits, contested } = this.#options;
    const cancel = clock.schedule(limits.rivalMs, () => this.#refuseWaiting("there is a connection already"));
    this.#waiting = { socket, cancel };
    socket.on("error", () => {});
    socket.once("close", () => {
      if (this.#waiting?.socket !== socket) return;
      this.#forgetWaiting();
    });
    contested(true);
    return undefined;
  }

  /** A connection can be taken now. */
  freed(): void {
    const socket = this.#waiting?.socket;
    if (socket === undefined) return;
    this.#forgetWaiting();
    const problem = this.#take(socket);
    if (problem === undefined) return;
    refuse(socket);
    this.#options.refused(problem);
  }

  /** No connection is wanted. */
  refuseAll(reason: string): void {
    if (this.#waiting !== undefined) this.#refuseWaiting(reason);
  }

  /** What happened before does not count any more. */
  beginAnew(): void {
    this.#rate.refill();
  }

  #take(socket: Socket): string | undefined {
    return this.#rate.take() ? this.#options.take(socket) : "the collector connects too often";
  }

  #refuseWaiting(reason: string): void {
    const socket = this.#waiting?.socket;
    this.#forgetWaiting();
    if (socket !== undefined) refuse(socket);
    this.#options.refused(reason);
  }

  #forgetWaiting(): void {
    this.#waiting?.cancel();
    this.#waiting = undefined;
    this.#options.contested(false);
  }
}
