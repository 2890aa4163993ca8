import type { Server, Socket } from "node:net";
import { canonicalAddress, comparableAddress } from "../bgp/ip-address.ts";
import type { Network } from "../net/linux-socket.ts";
import { refuse } from "../net/listen.ts";
import { ListenerKeys } from "../net/listener-keys.ts";
import { type BindProblem, ListenerPool, type ListenPlace } from "../net/listener-pool.ts";
import type { Clock } from "./clock.ts";
import type { CollectorSession } from "./collector-session.ts";
import type { BmpListenConfig, BmpSessionConfig } from "./config.ts";
import type { BmpLog } from "./log.ts";
import type { BmpListenState } from "./session-state.ts";

interface CollectorListenersOptions {
  readonly clock: Clock;
  readonly log: BmpLog;
  /** Where a VPN instance is. Throws Error on one that is not there. */
  readonly networkOf: (vpnInstance: string) => Network;
  readonly retryMs?: number;
}

/** One entry of `/bmpconfd-bmp:bmp/listen`. */
interface Entry {
  readonly config: BmpListenConfig;
  readonly discontinuityTime: number;
  refusedConnections: number;
  lastRefusedAddress?: string;
}

/** A VPN instance's port: what passive sessions name. */
type Port = Pick<BmpListenConfig, "vpnInstance" | "port">;

/**
 * Where collectors connect to (RFC 7854 section 3.2), and which session a connection belongs to: the one that names the
 * port and the address that it comes from. Of all others nothing is left but a count.
 */
export class CollectorListeners {
  readonly #options: CollectorListenersOptions;
  readonly #entries = new Map<string, Entry>();
  readonly #pool: ListenerPool;
  /** Passive sessions, by port and address. */
  readonly #sessions = new Map<string, CollectorSession>();
  /** Their TCP MD5 keys, by port. */
  readonly #keys = new Map<string, ListenerKeys>();

  constructor(options: CollectorListenersOptions) {
    this.#options = options;
    const { log, retryMs } = options;
    this.#pool = new ListenerPool({
      accepted: (socket, id, server) => this.#accept(socket, this.#entry(id), server),
      opened: (id, server) => {
        const { config } = this.#entry(id);
        this.#keysOf(config).addListener(server);
        log("info", "listening for collectors", { ...config });
      },
      closed: (id, server) => {
        const { config } = this.#entry(id);
        this.#keysOf(config).removeListener(server);
        log("info", "no longer listening for collectors", { ...config });
      },
      failed: (id, _place, error) =>
        log("error", "cannot listen for collectors", { ...this.#entries.get(id)?.config, error: error.message }),
      ...(retryMs !== undefined && { retryMs }),
    });
  }

  /**
   * Binds what a change adds; `networkOf` is as it will be then. Gives what cannot be, by `listenId`; nothing is bound
   * then. `discard` ends the change.
   */
  prepare(
    added: readonly BmpListenConfig[],
    networkOf: (vpnInstance: string) => Network,
  ): Promise<readonly BindProblem[]> {
    return this.#pool.prepare(
      new Map(added.map((config) => [listenId(config), placeOf(config, networkOf(config.vpnInstance))])),
    );
  }

  /** Lets go of what was prepared, but was not added. */
  discard(): void {
    this.#pool.discard();
  }

  add(config: BmpListenConfig): void {
    const id = listenId(config);
    this.#entries.set(id, { config, discontinuityTime: this.#options.clock.now(), refusedConnections: 0 });
    this.#open(id, config);
  }

  /** Connections that were taken there go on. */
  remove(config: BmpListenConfig): void {
    const id = listenId(config);
    this.#pool.delete(id);
    this.#entries.delete(id);
  }

  /** The VPN instance is elsewhere now. */
  vpnInstanceMoved(name: string): void {
    for (const [id, { config }] of this.#entries) if (config.vpnInstance === name) this.#open(id, config);
  }

  /** A session is there, or has changed. `before`: as it was. */
  sessionSet(session: CollectorSession, config: BmpSessionConfig, before: BmpSessionConfig | undefined): void {
    const port = portOf(config);
    if (before !== undefined && sessionId(before) !== sessionId(config)) this.sessionGone(session, before);
    if (port === undefined) return;
    this.#sessions.set(sessionId(config), session);
    this.#keysOf(port).set(comparableAddress(config.address), config.md5Key);
  }

  sessionGone(session: CollectorSession, config: BmpSessionConfig): void {
    const port = portOf(config);
    const id = sessionId(config);
    // Another one may have taken its place already.
    if (port === undefined || this.#sessions.get(id) !== session) return;
    this.#sessions.delete(id);
    this.#keysOf(port).set(comparableAddress(config.address), undefined);
  }

  /** How many passive sessions that name the port have a TCP MD5 key. */
  keysAt({ vpnInstance, port }: Port): number {
    return this.#keys.get(portId({ vpnInstance, port }))?.size ?? 0;
  }

  /** States of the entries whose key has these values, an address in any form. */
  *states({ vpnInstance, address, port }: Partial<BmpListenConfig> = {}): Iterable<BmpListenState> {
    const wanted = address === undefined ? undefined : comparableAddress(address);
    for (const [id, { config, ...counted }] of this.#entries) {
      if (vpnInstance !== undefined && vpnInstance !== config.vpnInstance) continue;
      if (port !== undefined && port !== config.port) continue;
      if (wanted !== undefined && wanted !== comparableAddress(config.address)) continue;
      const lastError = this.#pool.problem(id);
      yield {
        ...config,
        ...counted,
        isListening: this.#pool.isListening(id),
        ...(lastError !== undefined && { lastError }),
      };
    }
  }

  close(): void {
    this.#pool.close();
  }

  #entry(id: string): Entry {
    const entry = this.#entries.get(id);
    if (entry === undefined) throw new Error(`no entry ${id}`);
    return entry;
  }

  #open(id: string, config: BmpListenConfig): void {
    let network: Network;
    try {
      network = this.#options.networkOf(config.vpnInstance);
    } catch {
      // The instance is being removed, and the entry with it.
      return this.#pool.delete(id);
    }
    this.#pool.set(id, placeOf(config, network));
  }

  #keysOf({ vpnInstance, port }: Port): ListenerKeys {
    const id = portId({ vpnInstance, port });
    const known = this.#keys.get(id);
    if (known !== undefined) return known;
    const keys = new ListenerKeys((address, error) =>
      this.#options.log("error", "A listener cannot have a collector's TCP MD5 key; the collector cannot connect", {
        vpnInstance,
        port,
        address,
        error,
      }),
    );
    this.#keys.set(id, keys);
    return keys;
  }

  #accept(socket: Socket, entry: Entry, server: Server): void {
    const { config } = entry;
    const address = socket.remoteAddress === undefined ? undefined : canonicalAddress(socket.remoteAddress);
    const session =
      address === undefined ? undefined : this.#sessions.get(placeId(config.vpnInstance, address, config.port));
    if (address !== undefined && session !== undefined && this.#keysOf(config).isGuarded(server, address)) {
      if (session.accept(socket) === undefined) return;
    } else {
      entry.refusedConnections += 1;
      if (address !== undefined) entry.lastRefusedAddress = address;
    }
    refuse(socket);
  }
}

/** Tells an entry from others. */
export const listenId = ({ vpnInstance, address, port }: BmpListenConfig): string =>
  placeId(vpnInstance, address, port);

const portId = ({ vpnInstance, port }: Port): string => JSON.stringify([vpnInstance, port]);

const placeId = (vpnInstance: string, address: string, port: number): string =>
  JSON.stringify([vpnInstance, comparableAddress(address), port]);

const placeOf = ({ address, port }: BmpListenConfig, network: Network): ListenPlace => ({ address, port, network });

/** Where a passive session is connected to. */
function portOf({ vpnInstance, connectionMode, localPort }: BmpSessionConfig): Port | undefined {
  return connectionMode === "passive" && localPort !== undefined ? { vpnInstance, port: localPort } : undefined;
}

function sessionId(config: BmpSessionConfig): string {
  const port = portOf(config);
  return port === undefined ? "" : placeId(port.vpnInstance, config.address, port.port);
}
