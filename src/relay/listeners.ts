import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import type { Clock, Timer } from "../bgp/clock.ts";
import type { BmpLog } from "../bmp/log.ts";
import { ListenerKeys } from "../net/listener-keys.ts";
import type { RelayListenAddress } from "./config.ts";
import type { RelayListenState } from "./router-state.ts";

interface Listener {
  readonly wanted: RelayListenAddress;
  server: Server | undefined;
  retry: Timer | undefined;
  lastError: string | undefined;
}

export interface ListenersOptions {
  readonly clock: Clock;
  readonly log: BmpLog;
  readonly bindRetryMs: number;
  /** Takes a connection; nothing was read from it. */
  readonly accept: (socket: Socket, server: Server) => void;
}

/** The addresses that routers connect to. What cannot be bound is tried again. */
export class RelayListeners {
  readonly keys: ListenerKeys;
  readonly #options: ListenersOptions;
  readonly #listeners = new Map<string, Listener>();
  /** Servers that do not listen any more, but have not said so. */
  readonly #closing = new Set<Promise<void>>();

  constructor(options: ListenersOptions) {
    this.#options = options;
    this.keys = new ListenerKeys((address, error) =>
      options.log("error", "A listener cannot have a router's TCP MD5 key; the router cannot connect", {
        router: address,
        error,
      }),
    );
  }

  add(wanted: RelayListenAddress): void {
    const key = keyOf(wanted);
    if (this.#listeners.has(key)) return;
    const listener: Listener = { wanted, server: undefined, retry: undefined, lastError: undefined };
    this.#listeners.set(key, listener);
    // One that was removed by the same commit may still have the port.
    void Promise.all(this.#closing).then(() => this.#bind(listener));
  }

  remove(address: RelayListenAddress): void {
    const key = keyOf(address);
    const listener = this.#listeners.get(key);
    if (listener === undefined) return;
    this.#listeners.delete(key);
    listener.retry?.cancel();
    if (listener.server !== undefined) this.#close(listener.server);
  }

  *states(): Iterable<RelayListenState> {
    for (const { wanted, server, lastError } of this.#listeners.values()) {
      yield {
        ...wanted,
        ...(server !== undefined && { boundPort: (server.address() as AddressInfo).port }),
        ...(lastError !== undefined && { lastError }),
      };
    }
  }

  /** Resolves when none is bound any more. */
  async stop(): Promise<void> {
    for (const { wanted } of this.#listeners.values()) this.remove(wanted);
    await Promise.all(this.#closing);
  }

  #bind(listener: Listener): void {
    const { wanted } = listener;
    if (!this.#isWanted(listener)) return;
    const server: Server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) =>
      this.#options.accept(socket, server),
    );
    server.once("error", (error) => this.#bindFailed(listener, error));
    server.listen({ host: wanted.address, port: wanted.port }, () => {
      server.removeAllListeners("error");
      server.on("error", (error) => this.#options.log("error", "BMP listener", { ...wanted, error }));
      if (!this.#isWanted(listener)) return this.#close(server);
      listener.server = server;
      listener.lastError = undefined;
      this.keys.addListener(server);
      this.#options.log("info", "listening for BMP of routers", { ...wanted });
    });
  }

  #bindFailed(listener: Listener, error: Error): void {
    if (!this.#isWanted(listener)) return;
    if (listener.lastError === undefined)
      this.#options.log("error", "address for routers not bound; tried again", {
        ...listener.wanted,
        error: error.message,
      });
    listener.lastError = error.message;
    listener.retry = this.#options.clock.setTimer(() => this.#bind(listener), this.#options.bindRetryMs);
  }

  #isWanted(listener: Listener): boolean {
    return this.#listeners.get(keyOf(listener.wanted)) === listener;
  }

  #close(server: Server): void {
    this.keys.removeListener(server);
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    this.#closing.add(closed);
    void closed.then(() => this.#closing.delete(closed));
  }
}

/** Why an address cannot be bound. */
export interface ListenProblem {
  readonly text: string;
  /** Something else has it. */
  readonly isInUse: boolean;
}

/** Why routers could not connect to the address, or undefined if they could. Nobody notices. */
export function listenProblem({ address, port }: RelayListenAddress): Promise<ListenProblem | undefined> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once("error", ({ message, code }: NodeJS.ErrnoException) =>
      resolve({ text: message, isInUse: code === "EADDRINUSE" }),
    );
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

const keyOf = ({ address, port }: RelayListenAddress): string => `${address} ${port}`;
