import type { Socket } from "node:net";
import { isDeepStrictEqual } from "node:util";
import { comparableAddress } from "../bgp/ip-address.ts";
import type { ResetRefusal } from "../bgp/reset-refusal.ts";
import { failureText } from "../net/tls.ts";
import { AdjustableTimer } from "./adjustable-timer.ts";
import { TerminationReason } from "./codec/iana.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import type { BmpSessionConfig, BmpSessionKey } from "./config.ts";
import { retryDelayMs } from "./retry-delay.ts";
import { SessionCounters } from "./session-counters.ts";
import type { SessionHost } from "./session-host.ts";
import type { BmpOperState, BmpSessionState } from "./session-state.ts";

const MS_PER_S = 1000;
/** A connection is for these as they were when it was opened. */
const CONNECTION_LEAVES = ["port", "sourceAddress", "sourceInterface", "md5Key", "tls", "timeouts"] as const;
const { administrativelyClosed: CLOSED, permanentlyAdministrativelyClosed: PERMANENTLY_CLOSED } = TerminationReason;

interface Connecting {
  readonly name: "connecting";
  readonly socket: Socket;
  readonly cancelTimeout: () => void;
}

interface Connected {
  readonly name: "connected";
  readonly connection: CollectorConnection;
  readonly sinceMs: number;
  statistics: AdjustableTimer;
}

type Phase =
  | { readonly name: "disabled" }
  | { readonly name: "waiting"; readonly timer: AdjustableTimer }
  | Connecting
  | Connected;

/** One `bmp-session`: when to connect, when to wait, and what a change of its configuration means. */
export class CollectorSession {
  /** Which never changes; the address in a form that compares. */
  readonly key: BmpSessionKey;
  readonly #host: SessionHost;
  readonly #createdMs: number;
  readonly #discontinuityTime: number;
  readonly #counters = new SessionCounters();
  #config: BmpSessionConfig;
  #isRemoved = false;
  #phase: Phase = { name: "disabled" };
  /** Attempts that failed and connections that did not last, in a row. */
  #failures = 0;
  /** The connection whose socket is not gone yet, be it one that was told Termination. */
  #connection: CollectorConnection | undefined;
  /** The end of a connection that was told Termination. No other is opened before. */
  #leaving: Promise<void> | undefined;
  #operState: BmpOperState = "disabled";
  #lastChange: number;
  /** By the clock's `monotonic`. */
  #resetMs = Number.NEGATIVE_INFINITY;
  #lastError: { readonly text: string; readonly time: number } | undefined;

  /** `leaving`: the end of the connection of a removed session that had the same key. */
  constructor(config: BmpSessionConfig, host: SessionHost, leaving: Promise<void> | undefined) {
    const { vpnInstance, address, alias } = config;
    this.key = { vpnInstance, address: comparableAddress(address), alias };
    this.#config = config;
    this.#host = host;
    this.#createdMs = host.clock.monotonic();
    this.#discontinuityTime = host.clock.now();
    this.#lastChange = this.#discontinuityTime;
    if (leaving !== undefined) this.#awaitEnd(leaving);
    this.bmpChanged();
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
      this.#failures = 0;
      this.#wait(() => this.#config.initialDelayS * MS_PER_S, this.#createdMs);
    } else if (!this.#shouldRun()) {
      if (this.#host.bmp === undefined) this.#disable("BMP disabled", PERMANENTLY_CLOSED);
      else this.#disable("session disabled", CLOSED);
    }
    if (this.#phase.name === "connected") this.#phase.statistics.rearm();
  }

  /** What the connection depends on changed: opens it anew at once. Failures of the old way say nothing about the new. */
  reconnect(): void {
    const phase = this.#phase;
    if (!this.#shouldRun() || phase.name === "disabled") return;
    // Before the first attempt there is the initial delay, which stays.
    if (phase.name === "waiting" && this.#failures === 0) return;
    this.#reopen("session reconfigured");
  }

  /**
   * An operator wants the connection anew: ends it, or what is under way to it, and opens another at once, whatever was
   * waited for. Undefined = done.
   */
  reset(reason: string): ResetRefusal | undefined {
    if (this.#phase.name === "disabled") return "disabled";
    const nowMs = this.#host.clock.monotonic();
    if (nowMs - this.#resetMs < this.#host.resetIntervalMs) return "too-soon";
    this.#resetMs = nowMs;
    this.#reopen(reason);
    return undefined;
  }

  /** The session is no more; `code` and `reason` go to the collector. Resolves when its connection is gone. */
  remove(reason: string, code: TerminationReason): Promise<void> {
    this.#isRemoved = true;
    this.#disable(reason, code);
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
      operState: this.#operState,
      lastChange: this.#lastChange,
      ...connected?.connection.localEndpoint,
      connectAttempts: this.#counters.connectAttempts,
      connections: this.#counters.connections,
      ...(phase.name === "waiting" && { nextConnectS: phase.timer.remainingS }),
      ...(connected !== undefined && { nextStatisticsS: connected.statistics.remainingS }),
      resynchronisations: this.#counters.resynchronisations,
      queuedOctets: this.#connection?.queuedBytes ?? 0,
      sentOctets: this.#counters.sentOctets(this.#connection),
      sentMessages: this.#counters.sentMessages(this.#connection),
      lostMirroredMessages: this.#counters.lostMirroredMessages(this.#connection),
      discontinuityTime: this.#discontinuityTime,
      ...(this.#lastError && { lastError: this.#lastError.text, lastErrorTime: this.#lastError.time }),
    };
  }

  /** Sends a changed Initiation, if there is a connection. */
  sendInitiation(message: Uint8Array): void {
    if (this.#phase.name === "connected") this.#phase.connection.sendInitiation(message);
  }

  #shouldRun(): boolean {
    return !this.#isRemoved && this.#config.enabled && this.#host.bmp !== undefined;
  }

  #reopen(reason: string): void {
    this.#leave(reason, CLOSED);
    this.#failures = 0;
    this.#wait(() => 0);
  }

  #disable(reason: string, code: TerminationReason): void {
    if (this.#phase.name === "disabled") return;
    this.#leave(reason, code);
    this.#enter({ name: "disabled" }, "disabled");
  }

  #wait(delayMs: () => number, sinceMs?: number): void {
    const timer = new AdjustableTimer(this.#host.clock, delayMs, () => this.#attempt(), sinceMs);
    this.#enter({ name: "waiting", timer }, "waiting");
  }

  #enter(phase: Phase, operState: BmpOperState): void {
    this.#phase = phase;
    if (operState === this.#operState) return;
    this.#operState = operState;
    this.#lastChange = this.#host.clock.now();
  }

  /** Ends what the present phase has under way. */
  #leave(reason: string, code: TerminationReason): void {
    const phase = this.#phase;
    switch (phase.name) {
      case "disabled":
        return;
      case "waiting":
        phase.timer.cancel();
        return;
      case "connecting":
        phase.cancelTimeout();
        phase.socket.destroy();
        return;
      case "connected":
        phase.statistics.cancel();
        phase.connection.terminate(code, reason);
        this.#noteError(reason);
        this.#log("info", "collector connection closed", { reason });
        this.#reportDown(reason, false);
        this.#awaitEnd(phase.connection.closed);
    }
  }

  #awaitEnd(leaving: Promise<void>): void {
    this.#leaving = leaving;
    void leaving.then(() => {
      this.#leaving = undefined;
      if (this.#phase.name === "waiting" && this.#phase.timer.isExpired) this.#attempt();
    });
  }

  #attempt(): void {
    if (this.#leaving !== undefined) return;
    const { address, port, sourceAddress, sourceInterface, md5Key, tls, timeouts, vpnInstance, connectTimeoutS } =
      this.#config;
    this.#counters.connectAttempts += 1;
    let socket: Socket;
    try {
      const device = sourceInterface ?? this.#host.deviceOf(vpnInstance);
      socket = this.#host.dial({
        address,
        port,
        ...(sourceAddress === undefined ? {} : { sourceAddress }),
        ...(device === undefined ? {} : { device }),
        ...(md5Key === undefined ? {} : { md5Key }),
        ...(tls === undefined ? {} : { tls }),
        ...timeouts,
      });
    } catch (error) {
      this.#attemptFailed((error as Error).message);
      return;
    }
    const cancelTimeout = this.#host.clock.schedule(connectTimeoutS * MS_PER_S, () => {
      socket.destroy();
      // Segments that are signed otherwise are thrown away, on both sides, without a word.
      const hint = md5Key === undefined ? "" : "; does the server have the same tcp-md5 key?";
      this.#attemptFailed(`no connection within ${connectTimeoutS} s${hint}`);
    });
    const phase: Connecting = { name: "connecting", socket, cancelTimeout };
    this.#enter(phase, "connecting");
    socket.on(tls === undefined ? "connect" : "secureConnect", () => this.#connected(phase));
    socket.on("error", (error) => {
      // Once connected, errors are the connection's business.
      if (this.#phase !== phase) return;
      phase.cancelTimeout();
      this.#attemptFailed(failureText(socket, error));
    });
  }

  #connected({ socket, cancelTimeout }: Connecting): void {
    cancelTimeout();
    this.#counters.connections += 1;
    const connection = this.#host.openConnection(socket, this.#config, {
      dumped: () => {
        if (this.#phase.name !== "connected") return;
        this.#enter(this.#phase, "up");
        this.#host.report({ kind: "up", session: this.key });
      },
      gaveUp: (lost) => {
        this.#connectionLost(lost);
        this.#awaitEnd(lost.closed);
      },
      ended: (ended) => this.#connectionEnded(ended),
    });
    this.#connection = connection;
    this.#enter(
      {
        name: "connected",
        connection,
        sinceMs: this.#host.clock.monotonic(),
        statistics: this.#statisticsTimer(),
      },
      "dumping",
    );
    this.#log("info", "collector connected", { ...connection.localEndpoint });
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
    this.#counters.add(connection);
    this.#connection = undefined;
    this.#connectionLost(connection);
  }

  /** A connection ends that nobody here wanted to end; does nothing about one that was left before. */
  #connectionLost(connection: CollectorConnection): void {
    const phase = this.#phase;
    if (phase.name !== "connected" || phase.connection !== connection) return;
    phase.statistics.cancel();
    const reason = connection.endReason;
    if (connection.isLagging) this.#counters.resynchronisations += 1;
    // A connection that lasted longer than what would be waited now shows that waiting less does no harm.
    const lastedMs = this.#host.clock.monotonic() - phase.sinceMs;
    if (lastedMs >= this.#retryDelayMs(this.#failures + 1, 0)) this.#failures = 0;
    this.#log("warn", "collector connection lost", { reason });
    this.#reportDown(reason, connection.isLagging);
    this.#backOff(reason);
  }

  /** A connection that never got as far as up is no news. */
  #reportDown(reason: string, isLagging: boolean): void {
    if (this.#operState === "up") this.#host.report({ kind: "down", session: this.key, reason, isLagging });
  }

  #attemptFailed(reason: string): void {
    this.#log("warn", "collector cannot be reached", { reason });
    this.#backOff(reason);
  }

  #backOff(reason: string): void {
    this.#noteError(reason);
    this.#failures += 1;
    const failures = this.#failures;
    const chance = this.#host.random();
    this.#wait(() => this.#retryDelayMs(failures, chance));
  }

  #retryDelayMs(failures: number, chance: number): number {
    return retryDelayMs(failures, this.#config.connectRetryInitialS, this.#config.connectRetryMaximumS, chance);
  }

  #noteError(text: string): void {
    this.#lastError = { text, time: this.#host.clock.now() };
  }

  #log(level: "info" | "warn", message: string, fields: Record<string, unknown>): void {
    const { vpnInstance, address, alias, port } = this.#config;
    this.#host.log(level, message, { vpnInstance, address, alias, port, ...fields });
  }
}
