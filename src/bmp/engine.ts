import type { Socket } from "node:net";
import { comparableAddress } from "../bgp/ip-address.ts";
import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import type { EstablishedPeer, PeerDownReason, RibName, RouteObserver, RouteSource } from "../bgp/route-source.ts";
import { type DialOptions, dial } from "../net/dial.ts";
import { type Clock, systemClock } from "./clock.ts";
import { TerminationReason } from "./codec/iana.ts";
import { encodeInitiation } from "./codec/initiation.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import { CollectorSession } from "./collector-session.ts";
import type { BmpConfig, BmpSessionConfig, BmpSessionKey, Mirroring, VpnInstanceConfig } from "./config.ts";
import { BMP_LIMITS, type BmpLimits } from "./limits.ts";
import type { BmpLog } from "./log.ts";
import { MessageFeed } from "./message-feed.ts";
import { MessageStream } from "./message-stream.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import { PeerDirectory } from "./peer-directory.ts";
import type { BmpSessionEvent, ConnectionHandlers, SessionHost } from "./session-host.ts";
import type { BmpSessionState } from "./session-state.ts";
import { statisticsRound } from "./statistics-round.ts";
import { TableDump } from "./table-dump.ts";
import { TurnQueue } from "./turn-queue.ts";

const PUBLIC_NETWORK = "_public_";
/** What of the configuration is in the Initiation. */
const INITIATION_LEAVES = ["systemName", "systemDescription", "initiationMessage"] as const;

export interface BmpEngineOptions {
  /** Asked for when a collector connects, so it may be there later than the engine. */
  readonly routes: () => RouteSource;
  /** Initiation's sysName unless configured. */
  readonly hostName: string;
  /** Initiation's sysDescr unless configured. */
  readonly productDescription: string;
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
  /** By what the sessions want mirrored: those that want nothing are not told, nor held up by, what others get. */
  readonly #streams: Readonly<Record<Mirroring, MessageStream>>;
  readonly #allStreams: readonly MessageStream[];
  readonly #directory = new PeerDirectory();
  readonly #turns: TurnQueue;
  readonly #sessions = new Map<string, CollectorSession>();
  /** Ends of the connections of removed sessions. */
  readonly #leaving = new Map<string, Promise<void>>();
  readonly #devices = new Map<string, string>();
  #bmp: BmpConfig | undefined;

  constructor(options: BmpEngineOptions) {
    this.#options = options;
    this.#limits = { ...BMP_LIMITS, ...options.limits };
    const stream = () => new MessageStream(this.#limits, () => this.#tables());
    this.#streams = { none: stream(), "errored-pdus": stream(), all: stream() };
    this.#allStreams = Object.values(this.#streams);
    this.#turns = new TurnQueue(this.#limits.turnsPerRound);
    this.#host = this.#makeHost();
  }

  /** Undefined = BMP is not enabled: no session runs. What changes of the Initiation goes to running sessions. */
  configure(config: BmpConfig | undefined): void {
    const previous = this.#bmp;
    this.#bmp = config;
    for (const session of this.#sessions.values()) session.bmpChanged();
    if (config === undefined || previous === undefined) return;
    if (INITIATION_LEAVES.every((leaf) => config[leaf] === previous[leaf])) return;
    const initiation = this.#initiation();
    for (const session of this.#sessions.values()) session.sendInitiation(initiation);
  }

  /** Sessions of the instance are opened anew if its device changed. */
  setVpnInstance({ name, device }: VpnInstanceConfig): void {
    if (this.#devices.get(name) === device) return;
    this.#devices.set(name, device);
    this.#reconnectAll(name);
  }

  removeVpnInstance(name: string): void {
    if (this.#devices.delete(name)) this.#reconnectAll(name);
  }

  /** Adds a session or changes the one that has the same key. */
  setSession(config: BmpSessionConfig): void {
    const key = keyOf(config);
    const session = this.#sessions.get(key);
    if (session === undefined) {
      this.#sessions.set(key, new CollectorSession(config, this.#host, this.#leaving.get(key)));
    } else {
      session.update(config);
    }
  }

  removeSession(key: BmpSessionKey): void {
    void this.#remove(keyOf(key), "session removed", TerminationReason.permanentlyAdministrativelyClosed);
  }

  /** Opens a session's connection anew, at once; `reason` goes to the collector. Undefined = done. */
  resetSession(key: BmpSessionKey, reason: string): ResetRefusal | undefined {
    const session = this.#sessions.get(keyOf(key));
    return session === undefined ? "not-configured" : session.reset(reason);
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
  async stop(): Promise<void> {
    // The sessions are opened again when the server is back.
    const { administrativelyClosed } = TerminationReason;
    for (const key of this.#sessions.keys()) void this.#remove(key, "server shutting down", administrativelyClosed);
    await Promise.all(this.#leaving.values());
  }

  peerUp(peer: EstablishedPeer): void {
    if (this.#hasReaders()) this.#append(this.#directory.messages(peer).peerUp());
  }

  received(peer: EstablishedPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void {
    const { all, "errored-pdus": errored } = this.#streams;
    const isForErrored = isErrored && errored.hasReaders;
    if (!all.hasReaders && !isForErrored) return;
    const message = this.#directory.messages(peer).mirrored(pdu, receivedAt, isErrored);
    if (all.hasReaders) all.append(message);
    if (isForErrored) errored.append(message);
  }

  update(peer: EstablishedPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void {
    if (this.#hasReaders()) this.#append(this.#directory.messages(peer).liveRoute(rib, pdu, receivedAt));
  }

  peerDown(peer: EstablishedPeer, reason: PeerDownReason): void {
    this.#directory.markGone(peer);
    if (!this.#hasReaders()) return;
    this.#append(this.#directory.messages(peer).peerDown(reason, this.#host.clock.now()));
  }

  #hasReaders(): boolean {
    return this.#allStreams.some((stream) => stream.hasReaders);
  }

  #append(message: OutgoingMessage): void {
    for (const stream of this.#allStreams) if (stream.hasReaders) stream.append(message);
  }

  #reconnectAll(vpnInstance: string): void {
    for (const session of this.#sessions.values()) {
      if (session.key.vpnInstance === vpnInstance) session.reconnect();
    }
  }

  #remove(key: string, reason: string, code: TerminationReason): Promise<void> {
    const session = this.#sessions.get(key);
    if (session === undefined) return Promise.resolve();
    this.#sessions.delete(key);
    const leaving = session.remove(reason, code);
    this.#leaving.set(key, leaving);
    return leaving.then(() => {
      if (this.#leaving.get(key) === leaving) this.#leaving.delete(key);
    });
  }

  #initiation(): Uint8Array {
    const message = this.#bmp?.initiationMessage;
    return encodeInitiation({
      kind: "initiation",
      sysDescr: this.#bmp?.systemDescription ?? this.#options.productDescription,
      sysName: this.#bmp?.systemName ?? this.#options.hostName,
      strings: message === undefined ? [] : [message],
    });
  }

  #openConnection(
    socket: Socket,
    { queueLimitBytes, routeMirroring }: BmpSessionConfig,
    handlers: ConnectionHandlers,
  ): CollectorConnection {
    return this.#streams[routeMirroring].open({
      socket,
      clock: this.#host.clock,
      turns: this.#turns,
      queueLimitBytes,
      initiation: this.#initiation(),
      ...handlers,
    });
  }

  #tables(): TableDump {
    return new TableDump([...this.#options.routes().establishedPeers()], this.#directory);
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
      resetIntervalMs: this.#limits.resetIntervalMs,
      deviceOf: (vpnInstance) => this.#deviceOf(vpnInstance),
      openConnection: (socket, config, handlers) => this.#openConnection(socket, config, handlers),
      statisticsRound: () =>
        new MessageFeed(
          statisticsRound([...this.#options.routes().establishedPeers()], this.#directory, () => clock.now()),
          this.#limits.dumpSliceBytes,
        ),
    };
  }

  #deviceOf(vpnInstance: string): string | undefined {
    if (vpnInstance === PUBLIC_NETWORK) return undefined;
    const device = this.#devices.get(vpnInstance);
    if (device === undefined) throw new Error(`VPN instance ${vpnInstance} is not configured`);
    return device;
  }
}

function keyOf({ vpnInstance, address, alias }: BmpSessionKey): string {
  return JSON.stringify([vpnInstance, comparableAddress(address), alias]);
}
