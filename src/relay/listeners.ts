import type { Server, Socket } from "node:net";
import type { BmpLog } from "../bmp/log.ts";
import { endpointOf } from "../net/listen.ts";
import { ListenerKeys } from "../net/listener-keys.ts";
import { type BindProblem, ListenerPool, type ListenPlace } from "../net/listener-pool.ts";
import type { RelayListenAddress } from "./config.ts";
import type { RelayListenState } from "./router-state.ts";

interface Entry {
  readonly wanted: RelayListenAddress;
  /** While it is bound. */
  boundPort?: number;
}

interface ListenersOptions {
  readonly log: BmpLog;
  /** Takes a connection; nothing was read from it. */
  readonly accept: (socket: Socket, server: Server) => void;
  readonly retryMs?: number;
}

/** The addresses that routers connect to. What cannot be bound, though it had to be, is tried again. */
export class RelayListeners {
  readonly keys: ListenerKeys;
  readonly #pool: ListenerPool;
  readonly #entries = new Map<string, Entry>();

  constructor({ log, accept, retryMs }: ListenersOptions) {
    this.keys = new ListenerKeys((address, error) =>
      log("error", "A listener cannot have a router's TCP MD5 key; the router cannot connect", {
        router: address,
        error,
      }),
    );
    this.#pool = new ListenerPool({
      accepted: (socket, _, server) => accept(socket, server),
      opened: (id, server) => this.#opened(id, server, log),
      closed: (_, server) => this.keys.removeListener(server),
      failed: (_, { address, port }, error) =>
        log("error", "address for routers not bound; tried again", { address, port, error: error.message }),
      ...(retryMs !== undefined && { retryMs }),
    });
  }

  /** Binds what a change adds. Gives what cannot be, by `listenId`; nothing is bound then. `discard` ends the change. */
  prepare(added: readonly RelayListenAddress[]): Promise<readonly BindProblem[]> {
    return this.#pool.prepare(new Map(added.map((wanted) => [listenId(wanted), placeOf(wanted)])));
  }

  /** Lets go of what was prepared, but was not added. */
  discard(): void {
    this.#pool.discard();
  }

  add(wanted: RelayListenAddress): void {
    const id = listenId(wanted);
    if (this.#entries.has(id)) return;
    this.#entries.set(id, { wanted });
    this.#pool.set(id, placeOf(wanted));
  }

  /** Connections that were taken there go on. */
  remove(address: RelayListenAddress): void {
    const id = listenId(address);
    this.#entries.delete(id);
    this.#pool.delete(id);
  }

  *states(): Iterable<RelayListenState> {
    for (const [id, { wanted, boundPort }] of this.#entries) {
      const lastError = this.#pool.problem(id);
      yield {
        ...wanted,
        ...(boundPort !== undefined && { boundPort }),
        ...(lastError !== undefined && { lastError }),
      };
    }
  }

  close(): void {
    this.#entries.clear();
    this.#pool.close();
  }

  #opened(id: string, server: Server, log: BmpLog): void {
    const entry = this.#entries.get(id);
    if (entry === undefined) return;
    entry.boundPort = endpointOf(server).port;
    this.keys.addListener(server);
    log("info", "listening for BMP of routers", { ...entry.wanted });
  }
}

/** Tells an address from others. */
export const listenId = ({ address, port }: RelayListenAddress): string => `${address} ${port}`;

const placeOf = ({ address, port }: RelayListenAddress): ListenPlace => ({ address, port, network: {} });
