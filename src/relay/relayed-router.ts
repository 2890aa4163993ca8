import type { Socket } from "node:net";
import type { Clock } from "../bgp/clock.ts";
import type { RunQueue } from "../bgp/run-queue.ts";
import { BmpError } from "../bmp/codec/bmp-error.ts";
import { COMMON_HEADER_LENGTH, decodeCommonHeader } from "../bmp/codec/common-header.ts";
import { MessageType, TerminationReason } from "../bmp/codec/iana.ts";
import { decodeInitiation, type Initiation } from "../bmp/codec/initiation.ts";
import { decodeTermination } from "../bmp/codec/termination.ts";
import type { BmpEngine, StopReason } from "../bmp/engine.ts";
import type { BmpLog } from "../bmp/log.ts";
import type { RelayRouterConfig } from "./config.ts";
import type { RelayLimits } from "./limits.ts";
import { ProblemLog } from "./problem-log.ts";
import { ReceivedCounter } from "./received-messages.ts";
import { RouterConnection } from "./router-connection.ts";
import type { RelayRouterState } from "./router-state.ts";
import { RouterTables } from "./router-tables.ts";

export interface RouterEnvironment {
  readonly clock: Clock;
  readonly limits: RelayLimits;
  readonly queue: RunQueue;
  readonly log: BmpLog;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly bug: (error: unknown) => void;
  /** Connects to all collectors for the router at `address`; they are told this Initiation first. */
  readonly openEngine: (address: string, routes: RouterTables, initiation: () => Uint8Array) => BmpEngine;
}

/** What is there while the router is connected, from its Initiation on. */
interface Feed {
  readonly connection: RouterConnection;
  readonly since: number;
  readonly tables: RouterTables;
  initiation: { readonly whole: Uint8Array; readonly decoded: Initiation };
  /** Not there before the connections of an earlier feed are gone. */
  engine: BmpEngine | undefined;
}

/**
 * A configured router: takes its connection, keeps what it reports, and has an engine of its own pass that on. One
 * connection counts. A newer one takes its place once it has sent its Initiation: BMP has no keepalive, so a router that
 * has restarted could otherwise be kept out by a connection of which nobody knows yet that it is dead.
 */
export class RelayedRouter {
  readonly #environment: RouterEnvironment;
  readonly #problems: ProblemLog;
  readonly #received = new ReceivedCounter();
  #config: RelayRouterConfig;
  #feed: Feed | undefined;
  /** Connections without Initiation, and how to forget their timers. */
  readonly #uninitiated = new Map<RouterConnection, () => void>();
  /** The end of the collectors' connections of earlier feeds. */
  #leaving: Promise<void>;
  #receivedOctets = 0;
  #connections = 0;
  #refused = 0;
  /** By the clock's `monotonic`: no connection is taken before. */
  #heldOffUntilMs = Number.NEGATIVE_INFINITY;
  #lastError: { readonly text: string; readonly time: number } | undefined;

  /** @param leaving the end of what is left of a removed router that had the same address */
  constructor(config: RelayRouterConfig, environment: RouterEnvironment, leaving = Promise.resolve()) {
    this.#config = config;
    this.#leaving = leaving;
    this.#environment = environment;
    this.#problems = new ProblemLog(environment.clock, environment.limits.problemLogMs, (fields) =>
      this.#log("warn", "message of a router left out or taken as a withdrawal", fields),
    );
  }

  /** Undefined: not connected, or not passed on yet. */
  get engine(): BmpEngine | undefined {
    return this.#feed?.engine;
  }

  get config(): RelayRouterConfig {
    return this.#config;
  }

  /** The connection goes on unless the change concerns it. */
  setConfig(config: RelayRouterConfig): void {
    const before = this.#config;
    this.#config = config;
    if (!config.enabled) this.#dropAll("router disabled");
    else if (config.md5Key !== before.md5Key) this.#dropAll("the tcp-md5 key was changed");
    // Whoever changes what is allowed wants it to be tried.
    this.#heldOffUntilMs = Number.NEGATIVE_INFINITY;
    if (this.#feed !== undefined) this.#checkLimits(this.#feed);
  }

  /** The router is no more; resolves when nothing is left of it. */
  async remove(reason: StopReason): Promise<void> {
    this.#dropUninitiated();
    this.#endFeed(reason);
    await this.#leaving;
  }

  /** Why a connection would not be taken now. */
  refusal(): string | undefined {
    const { clock, limits } = this.#environment;
    if (!this.#config.enabled) return "the router is disabled";
    if (clock.monotonic() < this.#heldOffUntilMs) return "the router has exceeded a limit a moment ago";
    if (this.#uninitiated.size >= limits.uninitiatedConnections) return "too many connections without Initiation";
    return undefined;
  }

  refused(): void {
    this.#refused++;
  }

  accept(socket: Socket): void {
    const { clock, limits, queue, bug } = this.#environment;
    const connection: RouterConnection = new RouterConnection(
      { socket, limits, queue, bug },
      {
        received: (octets) => {
          this.#receivedOctets += octets;
        },
        message: (bytes) => this.#take(connection, bytes),
        ended: (reason) => this.#connectionEnded(connection, reason),
      },
    );
    const timer = clock.setTimer(() => {
      connection.destroy();
      this.#connectionEnded(connection, `no Initiation within ${limits.initiationMs / 1000} s`);
    }, limits.initiationMs);
    this.#uninitiated.set(connection, () => timer.cancel());
  }

  state(): RelayRouterState {
    const feed = this.#feed;
    return {
      address: this.#config.address,
      operState: feed !== undefined ? "connected" : this.#config.enabled ? "waiting" : "disabled",
      ...(feed !== undefined && { connectedSince: feed.since, remotePort: feed.connection.remotePort }),
      ...(feed?.initiation.decoded.sysName !== undefined && { sysName: feed.initiation.decoded.sysName }),
      ...(feed?.initiation.decoded.sysDescr !== undefined && { sysDescr: feed.initiation.decoded.sysDescr }),
      connections: this.#connections,
      refusedConnections: this.#refused,
      peerCount: feed?.tables.peers ?? 0,
      routes: feed?.tables.size.routes ?? 0,
      peers: feed?.tables.establishedPeers() ?? [],
      receivedMessages: this.#received.counts,
      receivedOctets: this.#receivedOctets,
      problems: this.#problems.counts,
      sessions: feed?.engine?.sessionStates() ?? [],
      ...(this.#lastError && { lastError: this.#lastError.text, lastErrorTime: this.#lastError.time }),
    };
  }

  #take(connection: RouterConnection, message: Uint8Array): void {
    const { type } = decodeCommonHeader(message);
    this.#received.count(type);
    if (type === MessageType.initiation) return this.#takeInitiation(connection, message);
    const feed = this.#feed;
    // RFC 7854 section 4.3: the first message is the Initiation.
    if (feed?.connection !== connection) throw new BmpError(`begins with a message of type ${type}`);
    switch (type) {
      case MessageType.routeMonitoring:
        feed.tables.routeMonitoring(message);
        return this.#checkLimits(feed);
      case MessageType.statisticsReport:
        return feed.tables.statisticsReport(message);
      case MessageType.peerDown:
        return feed.tables.peerDown(message);
      case MessageType.peerUp:
        feed.tables.peerUp(message);
        return this.#checkLimits(feed);
      case MessageType.routeMirroring:
        return feed.tables.routeMirroring(message);
      case MessageType.termination:
        return this.#takeTermination(connection, message);
    }
  }

  #takeInitiation(connection: RouterConnection, message: Uint8Array): void {
    const initiation = {
      whole: new Uint8Array(message),
      decoded: decodeInitiation(message.subarray(COMMON_HEADER_LENGTH)),
    };
    if (this.#feed?.connection === connection) {
      this.#feed.initiation = initiation;
      this.#feed.engine?.initiationChanged();
      return;
    }
    this.#uninitiated.get(connection)?.();
    this.#uninitiated.delete(connection);
    if (this.#feed !== undefined) {
      this.#feed.connection.destroy();
      this.#noteError("the router has opened another connection");
      this.#endFeed({ code: TerminationReason.unspecified, reason: "the router has connected again" });
    }
    this.#begin(connection, initiation);
  }

  #begin(connection: RouterConnection, initiation: Feed["initiation"]): void {
    const { clock, random, openEngine } = this.#environment;
    const tables = new RouterTables({
      observer: () => feed.engine,
      problem: (kind, detail) => this.#problems.note(kind, detail),
      random,
    });
    const feed: Feed = { connection, since: clock.now(), tables, initiation, engine: undefined };
    this.#feed = feed;
    this.#connections++;
    this.#log("info", "router connected", { sysName: initiation.decoded.sysName });
    // A collector has one connection of a router at a time.
    void this.#leaving.then(() => {
      if (this.#feed === feed) feed.engine = openEngine(this.#config.address, tables, () => feed.initiation.whole);
    });
  }

  #takeTermination(connection: RouterConnection, message: Uint8Array): void {
    const { reason = TerminationReason.unspecified, strings } = decodeTermination(
      message.subarray(COMMON_HEADER_LENGTH),
    );
    // A collector is told them in one TLV, whose length has 16 bits.
    const { terminationCharacters } = this.#environment.limits;
    const words = Array.from(strings.join("; ")).slice(0, terminationCharacters).join("");
    const text = `the router has terminated the session: reason ${reason}${words === "" ? "" : `, ${words}`}`;
    connection.destroy();
    this.#lost(text, { code: reason, reason: words === "" ? text : words });
  }

  #connectionEnded(connection: RouterConnection, reason: string): void {
    const forgetTimer = this.#uninitiated.get(connection);
    forgetTimer?.();
    if (this.#uninitiated.delete(connection)) {
      this.#noteError(reason);
      return this.#log("info", "router connection ended before its Initiation", { reason });
    }
    if (this.#feed?.connection === connection)
      this.#lost(reason, { code: TerminationReason.unspecified, reason: `the router is gone: ${reason}` });
  }

  #lost(reason: string, told: StopReason): void {
    this.#noteError(reason);
    this.#log("warn", "router connection ended", { reason });
    this.#endFeed(told);
  }

  /** What a collector should see of it is what it would see of the router: its connection ends, and why is said. */
  #endFeed(told: StopReason): void {
    const feed = this.#feed;
    if (feed === undefined) return;
    this.#feed = undefined;
    feed.connection.destroy();
    if (feed.engine !== undefined) this.#leaving = feed.engine.stop(told);
  }

  #checkLimits({ connection, tables }: Feed): void {
    const { limits, clock } = this.#environment;
    const excess = excessOf(tables, this.#config, limits);
    if (excess === undefined) return;
    this.#heldOffUntilMs = clock.monotonic() + limits.holdOffMs;
    connection.destroy();
    this.#lost(excess, { code: TerminationReason.outOfResources, reason: `the router reports too much: ${excess}` });
  }

  #dropAll(reason: string): void {
    this.#dropUninitiated();
    if (this.#feed === undefined) return;
    this.#lost(reason, { code: TerminationReason.administrativelyClosed, reason });
  }

  #dropUninitiated(): void {
    for (const [connection, forgetTimer] of this.#uninitiated) {
      forgetTimer();
      connection.destroy();
    }
    this.#uninitiated.clear();
  }

  #noteError(text: string): void {
    this.#lastError = { text, time: this.#environment.clock.now() };
  }

  #log(level: "info" | "warn", message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#environment.log(level, message, { router: this.#config.address, ...fields });
  }
}

/** What of a router's is more than it may be, in words. */
function excessOf(
  { peers, size }: RouterTables,
  { maximumPeers, maximumPrefixes }: RelayRouterConfig,
  limits: RelayLimits,
): string | undefined {
  if (peers > maximumPeers) return `${peers} peers where ${maximumPeers} are allowed`;
  if (size.routes > maximumPrefixes) return `${size.routes} routes where ${maximumPrefixes} are allowed`;
  if (size.attributeBytes > limits.attributeBytes) return `${size.attributeBytes} octets of attributes`;
  if (size.nlriMemoryBytes > limits.nlriMemoryBytes) return `${size.nlriMemoryBytes} octets of memory for NLRI`;
  if (size.peerUpBytes > limits.peerUpBytes) return `${size.peerUpBytes} octets of Peer Ups`;
  return undefined;
}
