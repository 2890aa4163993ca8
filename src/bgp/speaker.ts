import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { type Endpoint, refuse } from "../net/listen.ts";
import { BgpListeners } from "./bgp-listeners.ts";
import { type Clock, systemClock } from "./clock.ts";
import { CeaseSubcode } from "./codec/iana.ts";
import { type NeighborConfig, PUBLIC_INSTANCE, type RoutingInstance, type SpeakerConfig } from "./config.ts";
import type { ConnectionHandler } from "./connection.ts";
import type { RibPeer } from "./established-peer.ts";
import { bgpIdOf, canonicalAddress, comparableAddress } from "./ip-address.ts";
import { BGP_LIMITS, type BgpLimits } from "./limits.ts";
import { LocRib } from "./loc-rib.ts";
import { type Log, Neighbor, type NeighborEnvironment } from "./neighbor.ts";
import type { NeighborState } from "./neighbor-state.ts";
import type { PrefixEvent } from "./prefix-watch.ts";
import type { ResetRefusal } from "./reset-refusal.ts";
import type { EstablishedPeer, RouteCounts, RouteObserver, RouteSource } from "./route-source.ts";
import { RunQueue } from "./run-queue.ts";
import { type DialOptions, TcpConnection } from "./tcp-connection.ts";

export interface BgpSpeakerOptions {
  readonly observer: RouteObserver;
  readonly listen: readonly Endpoint[];
  readonly log: Log;
  /** Told of neighbours with many routes. Must not throw. */
  readonly report?: (event: PrefixEvent) => void;
  readonly clock?: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random?: () => number;
  readonly limits?: Partial<BgpLimits>;
}

const mayConnect = ({ connectionMode }: NeighborConfig): boolean => connectionMode !== "active";

/**
 * A BGP speaker that learns and announces nothing (RFC 4271). Neighbours run while there is a speaker
 * configuration; what they announce goes to the observer and stays in their Adj-RIB-In.
 */
export class BgpSpeaker implements RouteSource {
  readonly #listen: readonly Endpoint[];
  readonly #limits: BgpLimits;
  readonly #clock: Clock;
  readonly #observer: RouteObserver;
  readonly #log: Log;
  readonly #environment: NeighborEnvironment;
  /** Where neighbours connect to. */
  readonly listeners: BgpListeners;
  readonly #instances = new Map<string, RoutingInstance>([[PUBLIC_INSTANCE.name, PUBLIC_INSTANCE]]);
  /** By canonical address. */
  readonly #neighbors = new Map<string, Neighbor>();
  readonly #connections = new Map<TcpConnection, string>();
  readonly #openByNeighbor = new Map<string, number>();
  readonly #established = new Set<RibPeer>();
  #locRib: LocRib | undefined;
  #config: SpeakerConfig | undefined;
  #allGone: (() => void) | undefined;
  #stopped: Promise<void> | undefined;

  constructor({
    observer,
    listen,
    log,
    report = () => {},
    clock = systemClock,
    random = Math.random,
    limits,
  }: BgpSpeakerOptions) {
    this.#listen = listen;
    this.#limits = { ...BGP_LIMITS, ...limits };
    this.#clock = clock;
    this.#log = log;
    this.#observer = observer;
    this.listeners = new BgpListeners({
      log,
      accepted: (socket, instance, isGuarded) => this.#accept(socket, instance, isGuarded),
    });
    this.#environment = {
      clock,
      random,
      limits: this.#limits,
      log,
      report,
      queue: new RunQueue(clock, this.#limits.slicesPerTurn),
      observer: this.#tracking(observer),
      bug: (error) => log("error", "internal error in a BGP session", { error }),
      dial: (options, handler) => this.#dial(options, handler),
    };
  }

  /**
   * Opens all listeners.
   * @returns their addresses, ports resolved
   * @throws the system's error when one cannot be bound; none is open then
   */
  listen(): Promise<Endpoint[]> {
    return this.listeners.open(this.#listen);
  }

  /** Sessions with neighbours in the instance end, with Cease, if it has changed. */
  setVpnInstance(instance: RoutingInstance): void {
    if (isDeepStrictEqual(this.#instances.get(instance.name), instance)) return;
    this.#instances.set(instance.name, instance);
    for (const [key, neighbor] of this.#neighbors) {
      if (neighbor.config.vpnInstance !== instance.name) continue;
      if (mayConnect(neighbor.config)) this.listeners.want(instance.name, instance.network, key);
      neighbor.setInstance(instance);
    }
  }

  /** Neighbours in it have been removed, or are about to be elsewhere. */
  removeVpnInstance(name: string): void {
    this.#instances.delete(name);
  }

  /**
   * Without configuration no session runs. A change ends all sessions with Cease; the new ones use the new values. One
   * of the Loc-RIB concerns nothing else.
   */
  configure(config: SpeakerConfig | undefined): void {
    const before = this.#config;
    this.#config = config;
    const isSameSpeaker = before?.localAs === config?.localAs && before?.routerId === config?.routerId;
    if (isSameSpeaker && isDeepStrictEqual(before?.locRib, config?.locRib)) return;
    this.#closeLocRib();
    if (!isSameSpeaker) this.#restartNeighbors(config);
    this.#openLocRib(config);
  }

  #restartNeighbors(config: SpeakerConfig | undefined): void {
    const subcode = config === undefined ? CeaseSubcode.peerDeconfigured : CeaseSubcode.otherConfigurationChange;
    for (const neighbor of this.#neighbors.values()) neighbor.setSpeaker(config, subcode);
  }

  /** Adds or changes a neighbour. Its session ends, with Cease, only if the change concerns it. */
  setNeighbor(config: NeighborConfig): void {
    const instance = this.#instances.get(config.vpnInstance);
    if (instance === undefined) throw new Error(`VPN instance ${config.vpnInstance} is not configured`);
    const key = canonicalAddress(config.address);
    const neighbor = this.#neighbors.get(key);
    if (neighbor !== undefined) this.#stopListeningFor(key, neighbor.config, config);
    this.listeners.setKey(instance.name, key, config.md5Key);
    if (mayConnect(config)) this.listeners.want(instance.name, instance.network, key);
    if (neighbor !== undefined) neighbor.setConfig(config, instance);
    else this.#neighbors.set(key, new Neighbor(this.#environment, config, this.#config, instance));
  }

  /** Ends the neighbour's session with Cease, Peer De-configured, and forgets it. */
  removeNeighbor(address: string): void {
    const key = canonicalAddress(address);
    const neighbor = this.#neighbors.get(key);
    if (neighbor === undefined) return;
    neighbor.stop(CeaseSubcode.peerDeconfigured);
    this.#neighbors.delete(key);
    this.#stopListeningFor(key, neighbor.config, undefined);
  }

  /** As configured; undefined = there is no such neighbour. */
  neighborConfig(address: string): NeighborConfig | undefined {
    return this.#neighbors.get(comparableAddress(address))?.config;
  }

  /** Ends a neighbour's session with Cease, Administrative Reset, and starts another at once. Undefined = done. */
  resetNeighbor(address: string, words: string): ResetRefusal | undefined {
    const neighbor = this.#neighbors.get(comparableAddress(address));
    return neighbor === undefined ? "not-configured" : neighbor.reset(words);
  }

  /** States of all neighbours, or of the one with that address, in any form, if there is one. */
  *neighborStates(address?: string): Iterable<NeighborState> {
    if (address === undefined) {
      for (const neighbor of this.#neighbors.values()) yield neighbor.state();
      return;
    }
    const neighbor = this.#neighbors.get(comparableAddress(address));
    if (neighbor !== undefined) yield neighbor.state();
  }

  /** Routes in the Loc-RIB by family; undefined: there is none. */
  locRibRoutes(): RouteCounts["byFamily"] | undefined {
    return this.#locRib?.statistics().adjRibInByFamily;
  }

  establishedPeers(): Iterable<EstablishedPeer> {
    return this.#locRib === undefined ? [...this.#established] : [...this.#established, this.#locRib];
  }

  /** Ends all sessions with Cease, Administrative Shutdown; resolves when every connection is closed. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll();
    return this.#stopped;
  }

  async #stopAll(): Promise<void> {
    const serversClosed = this.listeners.close();
    this.#closeLocRib();
    for (const neighbor of this.#neighbors.values()) neighbor.stop(CeaseSubcode.administrativeShutdown);
    this.#neighbors.clear();
    await serversClosed;
    if (this.#connections.size === 0) return;
    await new Promise<void>((resolve) => {
      this.#allGone = resolve;
    });
  }

  #openLocRib(config: SpeakerConfig | undefined): void {
    if (config?.locRib === undefined) return;
    const local = { as: config.localAs, bgpId: bgpIdOf(config.routerId) };
    this.#locRib = new LocRib(config.locRib, local, {
      clock: this.#clock,
      random: this.#environment.random,
      queue: this.#environment.queue,
      observer: this.#observer,
      sliceRoutes: this.#limits.locRibSliceRoutes,
    });
    this.#locRib.open(this.#established);
  }

  #closeLocRib(): void {
    const locRib = this.#locRib;
    this.#locRib = undefined;
    locRib?.close();
  }

  #tracking(observer: RouteObserver): RouteObserver<RibPeer> {
    return {
      peerUp: (peer) => {
        this.#established.add(peer);
        observer.peerUp(peer);
        this.#locRib?.addPeer(peer);
      },
      received: (peer, pdu, receivedAt, isErrored) => observer.received(peer, pdu, receivedAt, isErrored),
      update: (peer, rib, pdu, receivedAt) => observer.update(peer, rib, pdu, receivedAt),
      peerDown: (peer, reason) => {
        this.#established.delete(peer);
        observer.peerDown(peer, reason);
        this.#locRib?.removePeer(peer);
      },
    };
  }

  /** `after`: what the neighbour is to be; undefined = it goes. */
  #stopListeningFor(key: string, before: NeighborConfig, after: NeighborConfig | undefined): void {
    const isElsewhere = before.vpnInstance !== after?.vpnInstance;
    if (isElsewhere) this.listeners.setKey(before.vpnInstance, key, undefined);
    if (isElsewhere || !mayConnect(after)) this.listeners.unwant(before.vpnInstance, key);
  }

  #accept(socket: Socket, instance: string, isGuarded: (address: string) => boolean): void {
    const address = socket.remoteAddress === undefined ? undefined : canonicalAddress(socket.remoteAddress);
    const neighbor = address === undefined ? undefined : this.#neighbors.get(address);
    if (address === undefined || neighbor?.config.vpnInstance !== instance)
      return this.#refuse(socket, "from no neighbour");
    if (!isGuarded(address)) return this.#refuse(socket, "the listener does not have its key");
    // Established sessions are bounded by the configuration, all else by this.
    if (this.#connections.size - this.#established.size >= this.#limits.unestablishedConnections)
      return this.#refuse(socket, "too many connections");
    if ((this.#openByNeighbor.get(address) ?? 0) >= this.#limits.connectionsPerNeighbor)
      return this.#refuse(socket, "too many connections of this neighbour");
    neighbor.accept(
      this.#track(address, (gone) => new TcpConnection(socket, this.#clock, this.#limits.closingMs, gone)),
    );
  }

  #refuse(socket: Socket, reason: string): void {
    this.#log("debug", "BGP connection refused", { reason, address: socket.remoteAddress });
    refuse(socket);
  }

  #dial(options: DialOptions, handler: ConnectionHandler): TcpConnection {
    const connection = this.#track(canonicalAddress(options.address), (gone) =>
      TcpConnection.dial(options, this.#clock, this.#limits.closingMs, gone),
    );
    connection.attach(handler);
    return connection;
  }

  #track(address: string, make: (gone: () => void) => TcpConnection): TcpConnection {
    const connection = make(() => this.#gone(connection));
    this.#connections.set(connection, address);
    this.#openByNeighbor.set(address, (this.#openByNeighbor.get(address) ?? 0) + 1);
    return connection;
  }

  #gone(connection: TcpConnection): void {
    const address = this.#connections.get(connection) ?? "";
    this.#connections.delete(connection);
    const left = (this.#openByNeighbor.get(address) ?? 1) - 1;
    if (left > 0) this.#openByNeighbor.set(address, left);
    else this.#openByNeighbor.delete(address);
    if (this.#connections.size === 0) this.#allGone?.();
  }
}
