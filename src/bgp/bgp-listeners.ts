import type { Server, Socket } from "node:net";
import type { Network } from "../net/linux-socket.ts";
import { type Endpoint, endpointOf, listen } from "../net/listen.ts";
import { ListenerKeys } from "../net/listener-keys.ts";
import { type BindProblem, ListenerPool } from "../net/listener-pool.ts";
import { PUBLIC_NETWORK } from "./config.ts";
import type { Log } from "./neighbor.ts";

/** In a VPN instance, IPv4 included. */
const ALL_ADDRESSES = "::";

interface BgpListenersOptions {
  readonly log: Log;
  /** A connection in a VPN instance, or in the public network. `isGuarded`: who has a key has shown it. */
  readonly accepted: (socket: Socket, instance: string, isGuarded: (address: string) => boolean) => void;
}

/** A VPN instance whose neighbours may connect to us. */
interface ListeningInstance {
  readonly network: Network;
  readonly neighbors: Set<string>;
}

/**
 * Where neighbours connect to: in the public network at the addresses that the process was started with, in a VPN
 * instance at all of its addresses, with the same ports, while there is a neighbour that may connect there.
 */
export class BgpListeners {
  readonly #options: BgpListenersOptions;
  readonly #servers: Server[] = [];
  readonly #pool: ListenerPool;
  readonly #instances = new Map<string, ListeningInstance>();
  readonly #keys = new Map<string, ListenerKeys>();

  constructor(options: BgpListenersOptions) {
    this.#options = options;
    const { log } = options;
    this.#pool = new ListenerPool({
      accepted: (socket, id, server) => this.#accepted(socket, instanceOf(id), server),
      opened: (id, server) => this.#keysOf(instanceOf(id)).addListener(server),
      closed: (id, server) => this.#keysOf(instanceOf(id)).removeListener(server),
      failed: (id, { port }, error) =>
        log("error", "BGP listener", { vpnInstance: instanceOf(id), port, error: error.message }),
    });
  }

  /** Listens in the public network. Gives the addresses, ports resolved. Rejects if one cannot be bound; none is then. */
  async open(endpoints: readonly Endpoint[]): Promise<Endpoint[]> {
    try {
      for (const endpoint of endpoints) {
        const server = await listen(endpoint, {}, (socket, own) => this.#accepted(socket, PUBLIC_NETWORK, own));
        server.on("error", (error) => this.#options.log("error", "BGP listener", { ...endpoint, error }));
        this.#servers.push(server);
        this.#keysOf(PUBLIC_NETWORK).addListener(server);
      }
    } catch (error) {
      await this.close();
      throw error;
    }
    return this.#servers.map((server, index) => ({
      address: endpoints[index]?.address ?? "",
      port: endpointOf(server).port,
    }));
  }

  /**
   * Binds what it takes to have neighbours connect in VPN instances, by name. Gives what cannot be, by the instance's
   * name; nothing is bound then. `discard` ends the change.
   */
  async prepare(networks: ReadonlyMap<string, Network>): Promise<readonly BindProblem[]> {
    const places = [...networks].flatMap(([name, network]) => this.#placesIn(name, network));
    const problems = await this.#pool.prepare(new Map(places));
    return problems.map(({ id, error }) => ({ id: instanceOf(id), error }));
  }

  /** Lets go of what was prepared, and is not wanted. */
  discard(): void {
    this.#pool.discard();
  }

  /** A neighbour may connect in a VPN instance. */
  want(instance: string, network: Network, neighbor: string): void {
    if (instance === PUBLIC_NETWORK) return;
    const neighbors = this.#instances.get(instance)?.neighbors ?? new Set();
    this.#instances.set(instance, { network, neighbors: neighbors.add(neighbor) });
    for (const [id, place] of this.#placesIn(instance, network)) this.#pool.set(id, place);
  }

  /** A neighbour does not connect there any more. */
  unwant(instance: string, neighbor: string): void {
    const listening = this.#instances.get(instance);
    listening?.neighbors.delete(neighbor);
    if (listening === undefined || listening.neighbors.size > 0) return;
    this.#instances.delete(instance);
    for (const [id] of this.#placesIn(instance, listening.network)) this.#pool.delete(id);
  }

  /** `key` undefined = the neighbour at `address`, in canonical form, has none. */
  setKey(instance: string, address: string, key: string | undefined): void {
    this.#keysOf(instance).set(address, key);
  }

  /** How many neighbours in the instance have one. */
  keysIn(instance: string): number {
    return this.#keys.get(instance)?.size ?? 0;
  }

  async close(): Promise<void> {
    this.#pool.close();
    const closed = this.#servers.splice(0).map((server) => {
      this.#keysOf(PUBLIC_NETWORK).removeListener(server);
      return new Promise<void>((resolve) => server.close(() => resolve()));
    });
    await Promise.all(closed);
  }

  #placesIn(instance: string, network: Network) {
    const ports = new Set(this.#servers.map((server) => endpointOf(server).port));
    return [...ports].map(
      (port) => [JSON.stringify([instance, port]), { address: ALL_ADDRESSES, port, network }] as const,
    );
  }

  #keysOf(instance: string): ListenerKeys {
    const known = this.#keys.get(instance);
    if (known !== undefined) return known;
    const keys = new ListenerKeys((neighbor, error) =>
      this.#options.log("error", "A BGP listener cannot have a neighbour's TCP MD5 key; the neighbour cannot connect", {
        neighbor,
        error,
      }),
    );
    this.#keys.set(instance, keys);
    return keys;
  }

  #accepted(socket: Socket, instance: string, server: Server): void {
    this.#options.accepted(socket, instance, (address) => this.#keysOf(instance).isGuarded(server, address));
  }
}

const instanceOf = (id: string): string => (JSON.parse(id) as [string, number])[0];
