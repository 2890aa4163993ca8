import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { PUBLIC_NETWORK } from "../bgp/config.ts";
import { comparableAddress } from "../bgp/ip-address.ts";
import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import type { EstablishedPeer, PeerDownReason, RibName, RouteObserver, RouteSource } from "../bgp/route-source.ts";
import { type DialOptions, dial } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import { type Clock, systemClock } from "./clock.ts";
import { TerminationReason } from "./codec/iana.ts";
import { encodeInitiation } from "./codec/initiation.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import { CollectorListeners } from "./collector-listeners.ts";
import { CollectorSession } from "./collector-session.ts";
import type { BmpConfig, BmpSessionConfig, BmpSessionKey, MonitorConfig, VpnInstanceConfig } from "./config.ts";
import { BMP_LIMITS, type BmpLimits } from "./limits.ts";
import type { BmpLog } from "./log.ts";
import { MessageFeed } from "./message-feed.ts";
import { MessageStream } from "./message-stream.ts";
import { PeerDirectory } from "./peer-directory.ts";
import { RouteRetractions } from "./route-retraction.ts";
import { Selection } from "./selection.ts";
import { SelectionChange } from "./selection-change.ts";
import type { BmpTotals } from "./session-counters.ts";
import type { BmpSessionEvent, ConnectionHandlers, SessionHost } from "./session-host.ts";
import { keyOf } from "./session-key.ts";
import type { BmpSessionState, BmpState } from "./session-state.ts";
import { statisticsRound } from "./statistics-round.ts";
import { TurnQueue } from "./turn-queue.ts";

// The sessions are opened again when the server is back.
const SHUTTING_DOWN: StopReason = { code: TerminationReason.administrativelyClosed, reason: "server shutting down" };
/** What of the configuration is in the Initiation. */
const INITIATION_LEAVES = ["systemName", "systemDescription", "initiationMessage"] as const;

export type Identity =
  /** Us: sysName and sysDescr unless configured. */
  | { readonly kind: "own"; readonly hostName: string; readonly productDescription: string }
  /** Another router, by the Initiation that it has sent. */
  | { readonly kind: "relayed"; readonly initiation: () => Uint8Array };

/** What collectors are told when all sessions end. */
export interface StopReason {
  /** A `TerminationReason`, or a number this software does not know. */
  readonly code: number;
  readonly reason: string;
}

export interface BmpEngineOptions {
  /** Asked for when a collector connects, so it may be there later than the engine. */
  readonly routes: () => RouteSource;
  /** What the Initiation says of whom the routes are from. */
  readonly identity: Identity;
  readonly log: BmpLog;
  /** Told when a session goes up or down. Must not throw. */
  readonly report?: (event: BmpSessionEvent) => void;
  readonly limits?: Partial<BmpLimits>;
  readonly clock?: Clock;
  /** 0 to 1. */
  readonly random?: () => number;
  readonly dial?: (options: DialOptions) => Socket;
}

/**
 * All sessions with collectors (RFC 7854). Route events are encoded once, into logs that the connected collectors
 * read at their own pace. Configuration calls take effect at once, in any order, and disturb no session but their own.
 */
export class BmpEngine implements RouteObserver {
  readonly #options: BmpEngineOptions;
  readonly #limits: BmpLimits;
  readonly #host: SessionHost;
  /** One for all collectors that are told the same: those that want less are not held up by what others get. */
  readonly #streams = new Map<string, MessageStream>();
  /** Of these those that tell something of a peer; as far as somebody asked since they changed. */
  #streamsByPeer = new WeakMap<EstablishedPeer, readonly MessageStream[]>();
  readonly #streamOf = new Map<CollectorConnection, MessageStream>();
  readonly #retractions = new RouteRetractions();
  readonly #directory = new PeerDirectory();
  readonly #turns: TurnQueue;
  readonly #sessions = new Map<string, CollectorSession>();
  /** Ends of the connections of removed sessions. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #vpnInstances = new Map<string, VpnInstanceConfig>();
  readonly #totals: BmpTotals = { octets: 0, messages: 0 };
  readonly #createdAt: number;
  /** Where passive sessions are connected to. */
  readonly listeners: CollectorListeners;
  #bmp: BmpConfig | undefined;

  constructor(options: BmpEngineOptions) {
    this.#options = options;
    this.#limits = { ...BMP_LIMITS, ...options.limits };
    this.#turns = new TurnQueue(this.#limits.turnsPerRound);
    this.#host = this.#makeHost();
    const { clock, log } = this.#host;
    this.#createdAt = clock.now();
    this.listeners = new CollectorListeners({ clock, log, networkOf: (name) => this.networkOf(name) });
  }

  /** Undefined = BMP is not enabled: no session runs. What changes of the Initiation goes to running sessions. */
  configure(config: BmpConfig | undefined): void {
    const previous = this.#bmp;
    this.#bmp = config;
    for (const session of this.#sessions.values()) session.bmpChanged();
    if (config === undefined || previous === undefined) return;
    if (INITIATION_LEAVES.every((leaf) => config[leaf] === previous[leaf])) return;
    if (this.#options.identity.kind === "own") this.initiationChanged();
  }

  /** Tells the running sessions. */
  initiationChanged(): void {
    const initiation = this.#initiation();
    for (const session of this.#sessions.values()) session.sendInitiation(initiation);
  }

  /** Sessions of the instance are opened anew if it is elsewhere now. */
  setVpnInstance(config: VpnInstanceConfig): void {
    const previous = this.#vpnInstances.get(config.name);
    this.#vpnInstances.set(config.name, config);
    if (!isDeepStrictEqual(previous?.network, config.network)) this.#moved(config.name);
    if (previous?.distinguisher !== config.distinguisher) this.#reselect(config.name);
  }

  removeVpnInstance(name: string): void {
    if (!this.#vpnInstances.delete(name)) return;
    this.#moved(name);
    this.#reselect(name);
  }

  /** Where a VPN instance, or the public network, is. Throws Error on an instance that is not there. */
  networkOf(vpnInstance: string): Network {
    if (vpnInstance === PUBLIC_NETWORK) return {};
    const instance = this.#vpnInstances.get(vpnInstance);
    if (instance === undefined) throw new Error(`VPN instance ${vpnInstance} is not configured`);
    return instance.network;
  }

  /** Adds a session or changes the one that has the same key. */
  setSession(config: BmpSessionConfig): void {
    const key = keyOf(config);
    const session = this.#sessions.get(key);
    if (session === undefined) {
      const added = new CollectorSession(config, this.#host, this.#leaving.get(key));
      this.#sessions.set(key, added);
      this.listeners.sessionSet(added, config, undefined);
    } else {
      const before = session.config;
      session.update(config);
      this.listeners.sessionSet(session, config, before);
    }
  }

  /** As configured; undefined = there is no such session. */
  sessionConfig(key: BmpSessionKey): BmpSessionConfig | undefined {
    return this.#sessions.get(keyOf(key))?.config;
  }

  removeSession(key: BmpSessionKey): void {
    void this.#remove(keyOf(key), "session removed", TerminationReason.permanentlyAdministrativelyClosed);
  }

  /** Opens a session's connection anew, at once; `reason` goes to the collector. Undefined = done. */
  resetSession(key: BmpSessionKey, reason: string): ResetRefusal | undefined {
    const session = this.#sessions.get(keyOf(key));
    return session === undefined ? "not-configured" : session.reset(reason);
  }

  /** Has a session count from zero again. Since when, in ms since the epoch; undefined: there is none with that key. */
  clearCounters(key: BmpSessionKey): number | undefined {
    return this.#sessions.get(keyOf(key))?.clearCounters();
  }

  /** Of all sessions; undefined: BMP is not enabled. */
  state(): BmpState | undefined {
    if (this.#bmp === undefined) return undefined;
    let sessionsUp = 0;
    for (const { isUp } of this.#sessions.values()) if (isUp) sessionsUp += 1;
    return {
      sessions: this.#sessions.size,
      sessionsUp,
      sentMessages: this.#totals.messages,
      sentOctets: this.#totals.octets,
      discontinuityTime: this.#createdAt,
    };
  }

  /** States of the sessions whose key has these values, an address in any form. A whole key is looked up. */
  *sessionStates({ vpnInstance, address, alias }: Partial<BmpSessionKey> = {}): Iterable<BmpSessionState> {
    if (vpnInstance !== undefined && address !== undefined && alias !== undefined) {
      const session = this.#sessions.get(keyOf({ vpnInstance, address, alias }));
      if (session !== undefined) yield session.state();
      return;
    }
    const wanted = address === undefined ? undefined : comparableAddress(address);
    for (const session of this.#sessions.values()) {
      const { key } = session;
      if (vpnInstance !== undefined && vpnInstance !== key.vpnInstance) continue;
      if (alias !== undefined && alias !== key.alias) continue;
      if (wanted === undefined || wanted === key.address) yield session.state();
    }
  }

  /** Removes all sessions. Resolves when their connections are gone: at most `lingerMs` later. */
  async stop({ code, reason }: StopReason = SHUTTING_DOWN): Promise<void> {
    this.listeners.close();
    for (const key of this.#sessions.keys()) void this.#remove(key, reason, code);
    await Promise.all(this.#leaving.values());
  }

  /** A Statistics Report about a peer that is up, from its own router. Copy to keep. */
  statisticsReported(peer: EstablishedPeer, bytes: Uint8Array): void {
    for (const stream of this.#streamsOf(peer)) stream.statisticsReported(bytes);
  }

  /** A Route Mirroring about a peer that is up, from its own router. Copy to keep. */
  mirroringReported(peer: EstablishedPeer, bytes: Uint8Array, isErrored: boolean): void {
    for (const stream of this.#streamsOf(peer)) stream.mirroringReported(bytes, isErrored);
  }

  peerUp(peer: EstablishedPeer): void {
    for (const stream of this.#streamsOf(peer)) stream.peerUp(peer);
  }

  received(peer: EstablishedPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void {
    for (const stream of this.#streamsOf(peer)) stream.mirrored(peer, pdu, receivedAt, isErrored);
  }

  update(peer: EstablishedPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void {
    this.#retractions.note(peer, rib, pdu);
    for (const stream of this.#streamsOf(peer)) stream.update(peer, rib, pdu, receivedAt);
  }

  peerDown(peer: EstablishedPeer, reason: PeerDownReason): void {
    this.#directory.markGone(peer);
    const now = this.#host.clock.now();
    for (const stream of this.#streamsOf(peer)) stream.peerDown(peer, reason, now);
  }

  /** There may be as many as sessions, each of which wants to know of a few peers only. */
  #streamsOf(peer: EstablishedPeer): readonly MessageStream[] {
    const known = this.#streamsByPeer.get(peer);
    if (known !== undefined) return known;
    const streams = [...this.#streams.values()].filter(({ selection }) => selection.of(peer) !== undefined);
    this.#streamsByPeer.set(peer, streams);
    return streams;
  }

  #moved(vpnInstance: string): void {
    this.listeners.vpnInstanceMoved(vpnInstance);
    for (const session of this.#sessions.values()) {
      if (session.key.vpnInstance === vpnInstance) session.reconnect();
    }
  }

  /** Which peers are in the VPN instance has changed. */
  #reselect(vpnInstance: string): void {
    for (const session of this.#sessions.values()) if (isNamed(session.config.monitor, vpnInstance)) session.reselect();
  }

  #remove(key: string, reason: string, code: number): Promise<void> {
    const session = this.#sessions.get(key);
    if (session === undefined) return Promise.resolve();
    this.#sessions.delete(key);
    this.listeners.sessionGone(session, session.config);
    const leaving = session.remove(reason, code);
    this.#leaving.set(key, leaving);
    return leaving.then(() => {
      if (this.#leaving.get(key) === leaving) this.#leaving.delete(key);
    });
  }

  #initiation(): Uint8Array {
    const { identity } = this.#options;
    if (identity.kind === "relayed") return identity.initiation();
    const message = this.#bmp?.initiationMessage;
    return encodeInitiation({
      kind: "initiation",
      sysDescr: this.#bmp?.systemDescription ?? identity.productDescription,
      sysName: this.#bmp?.systemName ?? identity.hostName,
      strings: message === undefined ? [] : [message],
    });
  }

  #openConnection(socket: Socket, config: BmpSessionConfig, handlers: ConnectionHandlers): CollectorConnection {
    const stream = this.#streamFor(config);
    const connection = stream.open({
      socket,
      clock: this.#host.clock,
      turns: this.#turns,
      queueLimitBytes: config.queueLimitBytes,
      initiation: this.#initiation(),
      ...handlers,
      ended: (ended) => {
        this.#leaveStream(ended);
        handlers.ended(ended);
      },
    });
    this.#streamOf.set(connection, stream);
    return connection;
  }

  /** The stream that tells what `config` wants. One that is new has no readers yet. */
  #streamFor({ monitor, routeMirroring: mirroring }: BmpSessionConfig): MessageStream {
    const selection = new Selection(monitor, (vpnInstance) => this.#distinguisherOf(vpnInstance));
    const key = `${mirroring} ${selection.key}`;
    const known = this.#streams.get(key);
    if (known !== undefined) return known;
    const peers = () => this.#options.routes().establishedPeers();
    const made = new MessageStream({
      key,
      limits: this.#limits,
      directory: this.#directory,
      peers,
      selection,
      mirroring,
    });
    this.#streams.set(key, made);
    this.#streamsByPeer = new WeakMap();
    return made;
  }

  #leaveStream(connection: CollectorConnection): void {
    const stream = this.#streamOf.get(connection);
    if (stream === undefined) return;
    this.#streamOf.delete(connection);
    stream.leave(connection);
    // Nothing needs to be encoded for nobody.
    if (stream.hasReaders) return;
    this.#streams.delete(stream.key);
    this.#streamsByPeer = new WeakMap();
  }

  #switchStream(connection: CollectorConnection, config: BmpSessionConfig): void {
    const from = this.#streamOf.get(connection);
    const to = this.#streamFor(config);
    if (from === undefined || from === to) return;
    const change = new SelectionChange({
      peers: this.#options.routes().establishedPeers(),
      directory: this.#directory,
      retractions: this.#retractions,
      from: from.selection,
      to: to.selection,
      now: () => this.#host.clock.now(),
      pageBytes: this.#limits.dumpSliceBytes,
      hasGrown: () => this.#streamOf.get(connection)?.followSoon(),
    });
    this.#leaveStream(connection);
    to.take(connection, change);
    this.#streamOf.set(connection, to);
  }

  #makeHost(): SessionHost {
    const { log, report = () => {}, clock = systemClock, random = Math.random, dial: open = dial } = this.#options;
    const bmp = () => this.#bmp;
    return {
      clock,
      random,
      log,
      report,
      dial: open,
      get bmp() {
        return bmp();
      },
      limits: this.#limits,
      totals: this.#totals,
      networkOf: (vpnInstance) => this.networkOf(vpnInstance),
      openConnection: (socket, config, handlers) => this.#openConnection(socket, config, handlers),
      pendingEndOfRibs: (connection) => this.#streamOf.get(connection)?.pendingEndOfRibs ?? 0,
      reselect: (connection, config) => this.#switchStream(connection, config),
      statisticsRound: (connection) => {
        const peers = [...this.#options.routes().establishedPeers()];
        const selection = () => this.#streamOf.get(connection)?.selection;
        const round = statisticsRound(peers, this.#directory, selection, () => clock.now());
        return new MessageFeed(round, this.#limits.dumpSliceBytes);
      },
    };
  }

  #distinguisherOf(vpnInstance: string): bigint | undefined {
    return vpnInstance === PUBLIC_NETWORK ? 0n : this.#vpnInstances.get(vpnInstance)?.distinguisher;
  }
}

/** Whether what is told depends on which peers are in the VPN instance. */
const isNamed = (monitor: MonitorConfig | undefined, vpnInstance: string): boolean =>
  monitor !== undefined &&
  (monitor.vpnInstances.some(({ name }) => name === vpnInstance) ||
    monitor.peers.some((peer) => peer.vpnInstance === vpnInstance));
