import { canonicalAddress } from "../bgp/ip-address.ts";
import { MrtError } from "./codec/mrt-error.ts";
import type { MrtFeedConfig } from "./config.ts";
import type { MrtLimits } from "./limits.ts";
import { MrtPeer } from "./mrt-peer.ts";

const SELECT_PEERS = "Select fewer peers with the leaf-list peer.";

/** The peers of one feed that are wanted: by address and AS number, as files name them. */
export class PeerSet implements Iterable<MrtPeer> {
  readonly #config: MrtFeedConfig;
  readonly #distinguisher: bigint;
  readonly #limits: MrtLimits;
  readonly #wanted: ReadonlySet<string>;
  readonly #peers = new Map<string, MrtPeer>();
  /** How many have the same address: their distinguishers tell them apart. */
  readonly #namesakes = new Map<string, number>();

  constructor(config: MrtFeedConfig, distinguisher: bigint, limits: MrtLimits) {
    this.#config = config;
    this.#distinguisher = distinguisher;
    this.#limits = limits;
    this.#wanted = new Set(config.peers.map(canonicalAddress));
  }

  [Symbol.iterator](): Iterator<MrtPeer> {
    return this.#peers.values();
  }

  /**
   * Undefined: not wanted, or no neighbour's: what a router originates itself has AS number 0.
   * @param address canonical text
   * @throws MrtError there are too many
   */
  find(address: string, as: number): MrtPeer | undefined {
    if (as === 0 || (this.#wanted.size > 0 && !this.#wanted.has(address))) return undefined;
    const key = `${as} ${address}`;
    const known = this.#peers.get(key);
    if (known !== undefined) return known;
    const { peersPerFeed } = this.#limits;
    if (this.#peers.size === peersPerFeed) throw new MrtError(`more than ${peersPerFeed} peers`, SELECT_PEERS);
    const namesakes = this.#namesakes.get(address) ?? 0;
    this.#namesakes.set(address, namesakes + 1);
    const peer = new MrtPeer({
      address,
      as,
      distinguisher: this.#distinguisher + BigInt(namesakes),
      description: `MRT feed ${this.#config.name}`,
    });
    this.#peers.set(key, peer);
    return peer;
  }

  get routes(): number {
    return this.#sum((peer) => peer.routes);
  }

  /** @throws MrtError there are more routes than a feed may have */
  checkLimits(): void {
    const { routesPerFeed, tableBytes } = this.#limits;
    if (this.routes > routesPerFeed) throw new MrtError(`more than ${routesPerFeed} routes`, SELECT_PEERS);
    if (this.#sum((peer) => peer.tableBytes) > tableBytes)
      throw new MrtError(`attributes and NLRI take more than ${tableBytes} octets`, SELECT_PEERS);
  }

  #sum(of: (peer: MrtPeer) => number): number {
    let sum = 0;
    for (const peer of this.#peers.values()) sum += of(peer);
    return sum;
  }
}
