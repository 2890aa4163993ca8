import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { comparableAddress } from "../bgp/ip-address.ts";
import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import { settle, type TcpTimeouts, USUAL_KEEPALIVE } from "../net/dial.ts";
import { AdjustableTimer } from "./adjustable-timer.ts";
import { TerminationReason } from "./codec/iana.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import type { BmpSessionConfig, BmpSessionKey } from "./config.ts";
import { attemptConnection, type ConnectionAttempt } from "./connection-attempt.ts";
import type { Down } from "./down-reason.ts";
import { IncomingConnections } from "./incoming-connections.ts";
import { retryDelayMs } from "./retry-delay.ts";
import type { ConnectionHandlers, SessionHost } from "./session-host.ts";
import { SessionRecord } from "./session-record.ts";
import type { BmpOperState, BmpSessionState } from "./session-state.ts";

const MS_PER_S = 1000;
/** A connection is for these as they were when it was opened. */
const CONNECTION_LEAVES = [
  "port",
  "sourceAddress",
  "sourceInterface",
  "md5Key",
  "tls",
  "timeouts",
  "connectionMode",
  "localPort",
] as const;
/** While another connection waits for the end of this one: a collector that lives answers. */
const PROBING: TcpTimeouts = { keepalive: { ...USUAL_KEEPALIVE, idleS: 1 } };
const { administrativelyClosed: CLOSED, permanentlyAdministrativelyClosed: PERMANENTLY_CLOSED } = TerminationReason;

interface Connected {
  readonly name: "connected";
  readonly socket: Socket;
  readonly connection: CollectorConnection;
  readonly sinceMs: number;
  statistics: AdjustableTimer;
  /** The tables were handed to the socket. */
  isDumped: boolean;
}

type Phase =
  | { readonly name: "disabled" }
  | { readonly name: "waiting"; readonly timer: AdjustableTimer }
  | { readonly name: "listening" }
  | { readonly name: "connecting"; readonly attempt: ConnectionAttempt }
  | Connected;

/**
 * One `bmp-session`: when to connect, or to take the collector's connection, when to wait, and what a change of its
 * configuration means.
 */
export class CollectorSession {
  /** Which never changes; the address in a form that compares. */
  readonly key: BmpSessionKey;
  readonly #host: SessionHost;
  readonly #createdMs: number;
  readonly #record: SessionRecord;
  #config: BmpSessionConfig;
  #isRemoved = false;
  #phase: Phase = { name: "disabled" };
  /** Attempts that failed and connections that did not last, in a row. */
  #failures = 0;
  /** The connection whose socket is not gone yet, be it one that was told Termination. */
  #connection: CollectorConnection | undefined;
  /** The end of a connection that was told Termination. No other is opened before. */
  #leaving: Promise<void> | undefined;
  /** By the clock's `monotonic`. */
  #resetMs = Number.NEGATIVE_INFINITY;
  /** There from when the session is passive on. */
  #incoming: IncomingConnections | undefined;

  /** `leaving`: the end of the connection of a removed session that had the same key. */
  constructor(config: BmpSessionConfig, host: SessionHost, leaving: Promise<void> | undefined) {
    const { vpnInstance, address, alias } = config;
    this.key = { vpnInstance, address: comparableAddress(address), alias };
    this.#config = config;
    this.#host = host;
    this.#createdMs = host.clock.monotonic();
    this.#record = new SessionRecord(this.key, host);
    if (leaving !== undefined) this.#awaitEnd(leaving);
    this.bmpChanged();
  }

  get config(): BmpSessionConfig {
    return this.#config;
  }

  /** Takes effect at once, but for the connect timeout, which counts from the next attempt on. */
  update(config: BmpSessionConfig): void {
    const previous = this.#config;
    this.#config = config;
    if (CONNECTION_LEAVES.some((leaf) => !isDeepStrictEqual(config[leaf], previous[leaf]))) this.reconnect();
    if (this.#phase.name === "connected") this.#phase.connection.setQueueLimit(config.queueLimitBytes);
    this.reselect();
    if (this.#phase.name === "waiting") this.#phase.timer.rearm();
    this.bmpChanged();
  }

  /** What the collector is to be told of may have changed. */
  reselect(): void {
    if (this.#phase.name === "connected") this.#host.reselect(this.#phase.connection, this.#config);
  }

  /** Whether BMP is enabled, or how often it reports statistics, may have changed. */
  bmpChanged(): void {
    if (this.#shouldRun() && this.#phase.name === "disabled") {
      this.#begin(() => this.#config.initialDelayS * MS_PER_S, this.#createdMs);
    } else if (!this.#shouldRun()) {
      if (this.#host.bmp === undefined) this.#disable(administrative("BMP disabled"), PERMANENTLY_CLOSED);
      else this.#disable(administrative("session disabled"), CLOSED);
    }
    if (this.#phase.name === "connected") this.#phase.statistics.rearm();
  }

  /** What the connection depends on changed: opens it anew at once. Failures of the old way say nothing about the new. */
  reconnect(): void {
    const phase = this.#phase;
    if (!this.#shouldRun() || phase.name === "disabled") return;
    // Before the first attempt there is the initial delay, which stays.
    if (phase.name === "waiting" && this.#failures === 0 && !this.#isPassive) return;
    const down: Down = { reason: "reconfigured", text: "session reconfigured" };
    // One that waits was opened the old way, too: with the old key, or at the old port.
    this.#incoming?.refuseAll(down.text);
    this.#reopen(down);
  }

  /** The collector has connected, and may. Gives why that is refused, or undefined: then the socket is the session's. */
  accept(socket: Socket): string | undefined {
    const problem =
      this.#incoming === undefined || this.#phase.name === "disabled"
        ? "the session takes no connections"
        : this.#incoming.offer(socket);
    this.#record.counters.connectAttempts += 1;
    if (problem !== undefined) this.#noteRefusal(problem);
    return problem;
  }

  /**
   * An operator wants the connection anew: ends it, or what is under way to it, and opens another at once, whatever was
   * waited for. Undefined = done.
   */
  reset(reason: string): ResetRefusal | undefined {
    if (this.#phase.name === "disabled") return "disabled";
    const nowMs = this.#host.clock.monotonic();
    if (nowMs - this.#resetMs < this.#host.limits.resetIntervalMs) return "too-soon";
    this.#resetMs = nowMs;
    this.#reopen({ reason: "reset", text: reason });
    return undefined;
  }

  /** Counts from zero again, since the time that is given. What waits to be sent is counted when it is. */
  clearCounters(): number {
    return this.#record.clearCounters();
  }

  /** The session is no more; `code` and `reason` go to the collector. Resolves when its connection is gone. */
  remove(reason: string, code: number): Promise<void> {
    this.#isRemoved = true;
    this.#disable(administrative(reason), code);
    return this.#leaving ?? Promise.resolve();
  }

  state(): BmpSessionState {
    const { vpnInstance, address, alias } = this.#config;
    const phase = this.#phase;
    const connected = phase.name === "connected" ? phase : undefined;
    return {
      vpnInstance,
      address,
      alias,
      ...connected?.connection.localEndpoint,
      ...(this.#incoming !== undefined && { refusedConnections: this.#record.counters.refusedConnections }),
      ...(phase.name === "waiting" && { nextConnectS: phase.timer.remainingS }),
      ...(connected !== undefined && {
        nextStatisticsS: connected.statistics.remainingS,
        pendingEndOfRibs: this.#host.pendingEndOfRibs(connected.connection),
      }),
      queuedOctets: this.#connection?.queuedBytes ?? 0,
      ...this.#record.state(connected?.isDumped === false ? connected.connection.dumpedBytes : undefined),
    };
  }

  get isUp(): boolean {
    return this.#record.operState === "up";
  }

  /** Sends a changed Initiation, if there is a connection. */
  sendInitiation(message: Uint8Array): void {
    if (this.#phase.name === "connected") this.#phase.connection.sendInitiation(message);
  }

  #shouldRun(): boolean {
    return !this.#isRemoved && this.#config.enabled && this.#host.bmp !== undefined;
  }

  get #isPassive(): boolean {
    return this.#config.connectionMode === "passive";
  }

  #reopen(down: Down): void {
    this.#leave(down, CLOSED);
    this.#begin(() => 0);
  }

  /** As if nothing had happened before. */
  #begin(delayMs: () => number, sinceMs?: number): void {
    this.#failures = 0;
    this.#incoming?.beginAnew();
    if (this.#isPassive) return this.#listen();
    this.#incoming?.refuseAll("the session opens the connection itself");
    this.#wait(delayMs, sinceMs);
  }

  #listen(): void {
    this.#incoming ??= this.#makeIncoming();
    this.#enter({ name: "listening" });
    this.#admitWaiting();
  }

  #makeIncoming(): IncomingConnections {
    const { clock, limits } = this.#host;
    return new IncomingConnections({
      clock,
      limits,
      isFree: () => this.#phase.name === "listening" && this.#leaving === undefined,
      take: (socket) => this.#take(socket),
      contested: (isContested) => {
        if (this.#phase.name !== "connected" || this.#phase.socket.destroyed) return;
        settle(this.#phase.socket, isContested ? PROBING : this.#config.timeouts);
      },
      refused: (reason) => this.#noteRefusal(reason),
    });
  }

  #take(socket: Socket): string | undefined {
    try {
      settle(socket, this.#config.timeouts);
    } catch (error) {
      const { message } = error as Error;
      this.#record.noteDown({ reason: "local-error", text: message });
      return message;
    }
    this.#connected(socket);
    socket.resume();
    return undefined;
  }

  /** Once nothing of the connection before is left. */
  #admitWaiting(): void {
    if (this.#phase.name === "listening" && this.#leaving === undefined) this.#incoming?.freed();
  }

  #noteRefusal(reason: string): void {
    this.#record.counters.refusedConnections += 1;
    this.#log("debug", "collector connection refused", { reason });
  }

  #disable(down: Down, code: number): void {
    if (this.#phase.name === "disabled") return;
    this.#incoming?.refuseAll(down.text);
    this.#leave(down, code);
    this.#enter({ name: "disabled" });
  }

  #wait(delayMs: () => number, sinceMs?: number): void {
    const timer = new AdjustableTimer(this.#host.clock, delayMs, () => this.#attempt(), sinceMs);
    this.#enter({ name: "waiting", timer });
  }

  #enter(phase: Phase): void {
    this.#phase = phase;
    this.#showState();
  }

  #showState(): void {
    this.#record.show(this.#stateNow());
  }

  #stateNow(): BmpOperState {
    const phase = this.#phase;
    if (phase.name === "connected") {
      if (phase.connection.isStuck) return "stuck";
      return phase.isDumped ? "up" : "dumping";
    }
    return this.#connection === undefined ? phase.name : "closing";
  }

  /** Ends what the present phase has under way. */
  #leave(down: Down, code: number): void {
    const phase = this.#phase;
    switch (phase.name) {
      case "disabled":
      case "listening":
        return;
      case "waiting":
        phase.timer.cancel();
        return;
      case "connecting":
        return phase.attempt.giveUp();
      case "connected":
        phase.statistics.cancel();
        phase.connection.terminate(code, down);
        this.#record.noteDown(down);
        this.#log("info", "collector connection closed", { reason: down.text });
        this.#record.noteEnd(phase.isDumped, down);
        this.#awaitEnd(phase.connection.closed);
    }
  }

  #awaitEnd(leaving: Promise<void>): void {
    this.#leaving = leaving;
    void leaving.then(() => {
      this.#leaving = undefined;
      if (this.#phase.name === "waiting" && this.#phase.timer.isExpired) this.#attempt();
      this.#admitWaiting();
    });
  }

  #attempt(): void {
    if (this.#leaving !== undefined) return;
    this.#record.counters.connectAttempts += 1;
    try {
      const attempt = attemptConnection(this.#config, this.#host, {
        connected: (socket) => this.#connected(socket),
        failed: (down) => this.#attemptFailed(down),
      });
      this.#enter({ name: "connecting", attempt });
    } catch (error) {
      this.#attemptFailed({ reason: "local-error", text: (error as Error).message });
    }
  }

  #connected(socket: Socket): void {
    this.#record.counters.connections += 1;
    const connection = this.#host.openConnection(socket, this.#config, this.#connectionHandlers());
    this.#connection = connection;
    this.#enter({
      name: "connected",
      socket,
      connection,
      sinceMs: this.#host.clock.monotonic(),
      statistics: this.#statisticsTimer(),
      isDumped: false,
    });
    this.#log("info", "collector connected", { ...connection.localEndpoint });
  }

  #connectionHandlers(): ConnectionHandlers {
    const record = this.#record;
    return {
      dumped: () => this.#dumped(),
      sent: (octets, messages) => record.noteSent(octets, messages),
      queued: (octets) => record.noteQueue(octets, this.#config.queueLimitBytes),
      mirroredLost: (messages) => {
        record.counters.lostMirroredMessages += messages;
      },
      discarded: (octets) => {
        record.counters.discardedOctets += octets;
      },
      stuckChanged: () => this.#stuckChanged(),
      gaveUp: (lost) => {
        this.#awaitEnd(lost.closed);
        this.#connectionLost(lost);
      },
      ended: (ended) => this.#connectionEnded(ended),
    };
  }

  #dumped(): void {
    const phase = this.#phase;
    if (phase.name !== "connected") return;
    phase.isDumped = true;
    this.#showState();
    this.#record.noteUp(phase.connection.dumpedBytes);
  }

  #stuckChanged(): void {
    if (this.#phase.name !== "connected") return;
    this.#showState();
    this.#record.noteStuck(this.#phase.connection.isStuck);
  }

  #statisticsTimer(): AdjustableTimer {
    return new AdjustableTimer(
      this.#host.clock,
      () => (this.#config.statisticsIntervalS ?? this.#host.bmp?.statisticsIntervalS ?? 0) * MS_PER_S,
      () => {
        if (this.#phase.name !== "connected") return;
        const { connection } = this.#phase;
        connection.sendStatistics(this.#host.statisticsRound(connection));
        this.#phase.statistics = this.#statisticsTimer();
      },
    );
  }

  #connectionEnded(connection: CollectorConnection): void {
    this.#connection = undefined;
    this.#connectionLost(connection);
    this.#showState();
  }

  /** A connection ends that nobody here wanted to end; does nothing about one that was left before. */
  #connectionLost(connection: CollectorConnection): void {
    const phase = this.#phase;
    if (phase.name !== "connected" || phase.connection !== connection) return;
    phase.statistics.cancel();
    const { down } = connection;
    // A connection that lasted longer than what would be waited now shows that waiting less does no harm.
    const lastedMs = this.#host.clock.monotonic() - phase.sinceMs;
    if (lastedMs >= this.#retryDelayMs(this.#failures + 1, 0)) this.#failures = 0;
    this.#log("warn", "collector connection lost", { reason: down.text });
    this.#record.noteLoss(phase.isDumped, down);
    this.#backOff(down);
  }

  #attemptFailed(down: Down): void {
    this.#log("warn", "collector cannot be reached", { reason: down.text });
    this.#backOff(down);
  }

  #backOff(down: Down): void {
    this.#record.noteDown(down);
    if (this.#isPassive) return this.#listen();
    this.#failures += 1;
    const failures = this.#failures;
    const chance = this.#host.random();
    this.#wait(() => this.#retryDelayMs(failures, chance));
  }

  #retryDelayMs(failures: number, chance: number): number {
    return retryDelayMs(failures, this.#config.connectRetryInitialS, this.#config.connectRetryMaximumS, chance);
  }

  #log(level: "debug" | "info" | "warn", message: string, fields: Record<string, unknown>): void {
    const { vpnInstance, address, alias, port } = this.#config;
    this.#host.log(level, message, { vpnInstance, address, alias, port, ...fields });
  }
}

const administrative = (text: string): Down => ({ reason: "administrative", text });
