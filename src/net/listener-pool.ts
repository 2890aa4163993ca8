import type { Server, Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { netLimits } from "./limits.ts";
import type { Network } from "./linux-socket.ts";
import { type Endpoint, listen, refuse } from "./listen.ts";

/** Where a listener is to be. */
export interface ListenPlace extends Endpoint {
  readonly network: Network;
}

/** What could not be bound, by its id. */
export interface BindProblem {
  readonly id: string;
  readonly error: NodeJS.ErrnoException;
}

export interface ListenerPoolOptions {
  /** A connection to the listener `id`, paused. */
  readonly accepted: (socket: Socket, id: string, server: Server) => void;
  readonly opened: (id: string, server: Server) => void;
  readonly closed: (id: string, server: Server) => void;
  /** A listener that had to be opened cannot be; it is tried again. Told once. */
  readonly failed: (id: string, place: ListenPlace, error: Error) => void;
  readonly retryMs?: number;
}

interface Wanted {
  readonly place: ListenPlace;
  server?: Server;
  problem?: string;
}

/** Listeners that are configured, each with an id of its own. What is there goes on while others come and go. */
export class ListenerPool {
  readonly #options: ListenerPoolOptions;
  readonly #wanted = new Map<string, Wanted>();
  /** Bound for a change that is still to be made; connections are refused. */
  readonly #prepared = new Map<string, { readonly place: ListenPlace; readonly server: Server }>();
  /** Number of the change that is being prepared. */
  #change = 0;
  #retry: NodeJS.Timeout | undefined;

  constructor(options: ListenerPoolOptions) {
    this.#options = options;
  }

  /** Binds what a change adds. Gives what cannot be bound; nothing is then. One change at a time: `discard` ends it. */
  async prepare(places: ReadonlyMap<string, ListenPlace>): Promise<readonly BindProblem[]> {
    this.discard();
    const change = this.#change;
    const problems: BindProblem[] = [];
    for (const [id, place] of places) {
      if (isDeepStrictEqual(this.#wanted.get(id)?.place, place)) continue;
      try {
        const server = await this.#open(id, place);
        if (change === this.#change) this.#prepared.set(id, { place, server });
        else server.close();
      } catch (error) {
        problems.push({ id, error: error as NodeJS.ErrnoException });
      }
    }
    if (problems.length > 0 && change === this.#change) this.discard();
    return problems;
  }

  /** Lets go of what was prepared and not set. */
  discard(): void {
    this.#change++;
    for (const { server } of this.#prepared.values()) server.close();
    this.#prepared.clear();
  }

  /** Has a listener there from now on: the one prepared, or one that is opened as soon as it can be. */
  set(id: string, place: ListenPlace): void {
    const before = this.#wanted.get(id);
    if (isDeepStrictEqual(before?.place, place)) return;
    this.delete(id);
    const wanted: Wanted = { place };
    this.#wanted.set(id, wanted);
    const prepared = this.#prepared.get(id);
    if (prepared !== undefined && isDeepStrictEqual(prepared.place, place)) {
      this.#prepared.delete(id);
      this.#serve(id, wanted, prepared.server);
    } else {
      void this.#try(id, wanted);
    }
  }

  /** Connections that are open go on. */
  delete(id: string): void {
    const wanted = this.#wanted.get(id);
    this.#wanted.delete(id);
    if (wanted?.server === undefined) return;
    this.#options.closed(id, wanted.server);
    wanted.server.close();
  }

  isListening(id: string): boolean {
    return this.#wanted.get(id)?.server !== undefined;
  }

  /** Why a listener that is wanted is not there. */
  problem(id: string): string | undefined {
    return this.#wanted.get(id)?.problem;
  }

  close(): void {
    this.discard();
    clearTimeout(this.#retry);
    for (const id of this.#wanted.keys()) this.delete(id);
  }

  async #open(id: string, place: ListenPlace): Promise<Server> {
    const server = await listen(place, place.network, (socket, own) => {
      if (this.#wanted.get(id)?.server === own) this.#options.accepted(socket, id, own);
      else refuse(socket);
    });
    // Such as no file descriptor left: the connection is lost, the listener is not.
    server.on("error", (error) => this.#options.failed(id, place, error));
    return server;
  }

  #serve(id: string, wanted: Wanted, server: Server): void {
    wanted.server = server;
    delete wanted.problem;
    this.#options.opened(id, server);
  }

  /** Never rejects. */
  async #try(id: string, wanted: Wanted): Promise<void> {
    // A change may come meanwhile.
    const isWanted = () => this.#wanted.get(id) === wanted && wanted.server === undefined;
    try {
      const server = await this.#open(id, wanted.place);
      if (isWanted()) this.#serve(id, wanted, server);
      else server.close();
    } catch (error) {
      if (!isWanted()) return;
      if (wanted.problem === undefined) this.#options.failed(id, wanted.place, error as Error);
      wanted.problem = (error as Error).message;
      this.#retry ??= setTimeout(() => this.#tryAgain(), this.#options.retryMs ?? netLimits.listenRetryMs);
    }
  }

  #tryAgain(): void {
    this.#retry = undefined;
    for (const [id, wanted] of this.#wanted) if (wanted.server === undefined) void this.#try(id, wanted);
  }
}
