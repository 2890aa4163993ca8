import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import ipaddr from "ipaddr.js";
import ssh2 from "ssh2";
import type { Authenticator } from "../access/authenticator.ts";
import type { AcceptCli } from "../cli/channel.ts";
import type { AcceptChannel } from "../netconf/channel.ts";
import type { Log } from "../observe/log.ts";
import { ConnectionQuota } from "./connection-quota.ts";
import { type TransportLimits, transportLimits } from "./limits.ts";
import { sshAlgorithms } from "./ssh-algorithms.ts";
import { SshConnection } from "./ssh-connection.ts";
import { socketOf } from "./ssh2-internals.ts";

/** Of the version line, after `SSH-2.0-`. */
const SOFTWARE = "bmpconfd";
/** At most one line in the log about refused connections in this time. */
const REFUSALS_LOGGED_EVERY_MS = 10_000;

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** An address that is bound. */
export interface Binding {
  /** With the real port. */
  readonly endpoint: Endpoint;
  /** Takes connections from now on; those that came before were dropped. */
  serve(): void;
  /** Takes no more connections; those that are open go on. Idempotent. */
  close(): void;
}

interface SshListenerOptions {
  /** Private keys in OpenSSH format. */
  readonly hostKeys: readonly string[];
  readonly authenticator: Authenticator;
  /** Called for each channel on which a client has asked for NETCONF. */
  readonly accept: AcceptChannel;
  /** The same for the command line; undefined = there is none. */
  readonly acceptCli?: AcceptCli | undefined;
  readonly log: Log;
  readonly limits?: Partial<TransportLimits>;
}

/**
 * NETCONF over SSH (RFC 6242), on any number of addresses. The TCP servers are our own, since ssh2's has no limits
 * for clients that have not logged in.
 */
export class SshListener {
  readonly #options: SshListenerOptions;
  readonly #limits: TransportLimits;
  readonly #quota: ConnectionQuota;
  readonly #ssh: ssh2.Server;
  readonly #servers = new Set<Server>();
  readonly #connections = new Map<Socket, SshConnection>();
  #refused = 0;
  #refusalsLoggedAt = Number.NEGATIVE_INFINITY;

  constructor(options: SshListenerOptions) {
    this.#options = options;
    this.#limits = { ...transportLimits, ...options.limits };
    this.#quota = new ConnectionQuota(this.#limits);
    this.#ssh = new ssh2.Server(
      {
        hostKeys: [...options.hostKeys],
        algorithms: sshAlgorithms,
        ident: SOFTWARE,
        keepaliveInterval: this.#limits.keepaliveS * 1000,
        keepaliveCountMax: this.#limits.maxKeepalivesUnanswered,
      },
      (client) => this.#connections.get(socketOf(client))?.begin(client),
    );
  }

  /** All addresses that are bound, with their real ports. */
  endpoints(): readonly Endpoint[] {
    return [...this.#servers].map(endpointOf);
  }

  /** Begins to listen, on a free port when `port` is 0; resolves with the real one. Rejects when it cannot bind. */
  async listen(at: Endpoint): Promise<Endpoint> {
    const binding = await this.bind(at);
    binding.serve();
    return binding.endpoint;
  }

  /** Takes an address, so that `serve` cannot fail. Rejects when it cannot be bound. */
  async bind({ address, port }: Endpoint): Promise<Binding> {
    let isServing = false;
    const server = createServer({ noDelay: true }, (socket) => {
      if (isServing) this.#connected(socket);
      else socket.destroy();
    });
    await new Promise<void>((resolve, reject) => {
      server.once("error", reject);
      server.listen({ host: address, port }, () => {
        server.off("error", reject);
        resolve();
      });
    });
    server.on("error", (error) => this.#options.log("error", "listener failed", { address, port, error }));
    this.#servers.add(server);
    return {
      endpoint: endpointOf(server),
      serve: () => {
        isServing = true;
      },
      close: () => {
        if (this.#servers.delete(server)) server.close();
      },
    };
  }

  /** Stops listening and closes all connections, politely; resolves when they are closed, within `closeS`. */
  async stop(): Promise<void> {
    const closed = [...this.#servers].map((server) => new Promise((resolve) => server.close(resolve)));
    this.#servers.clear();
    for (const connection of this.#connections.values()) connection.close();
    await Promise.all(closed);
  }

  #connected(socket: Socket): void {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined) {
      socket.destroy(); // already gone
      return;
    }
    const peer = { address: ipaddr.process(remoteAddress).toString(), port: remotePort };
    const admission = this.#quota.admit(peer.address);
    if (admission === undefined) {
      this.#refuse(socket, peer);
      return;
    }
    const { authenticator, accept, acceptCli, log: listenerLog } = this.#options;
    const log: Log = (level, message, fields) => listenerLog(level, message, { peer, ...fields });
    const options = { socket, peer, admission, authenticator, accept, acceptCli, log, limits: this.#limits };
    this.#connections.set(socket, new SshConnection(options));
    socket.once("close", () => this.#connections.delete(socket));
    this.#ssh.injectSocket(socket);
  }

  #refuse(socket: Socket, peer: Endpoint): void {
    socket.on("error", () => {});
    socket.destroy();
    this.#refused++;
    const now = performance.now();
    if (now - this.#refusalsLoggedAt < REFUSALS_LOGGED_EVERY_MS) return;
    this.#options.log("warn", "too many connections: refused", { peer, refused: this.#refused });
    this.#refusalsLoggedAt = now;
    this.#refused = 0;
  }
}

function endpointOf(server: Server): Endpoint {
  const { address, port } = server.address() as AddressInfo;
  return { address, port };
}
