import type { Timer } from "./clock.ts";
import type { BgpError } from "./codec/bgp-error.ts";
import { announcedGracefulRestart } from "./codec/capability.ts";
import { CeaseSubcode, ErrorCode } from "./codec/iana.ts";
import { encodeNotification, encodeShutdownCommunication } from "./codec/notification.ts";
import type { Open } from "./codec/open.ts";
import type { NeighborConfig, RoutingInstance, SpeakerConfig } from "./config.ts";
import { isAffected } from "./config-change.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";
import type { RibPeer } from "./established-peer.ts";
import type { FsmEvent, FsmState } from "./fsm.ts";
import { bgpIdOf, formatBgpId } from "./ip-address.ts";
import { MessageTally } from "./message-tally.ts";
import type { SessionSettings } from "./negotiation.ts";
import type { NeighborState } from "./neighbor-state.ts";
import { type PrefixEvent, PrefixWatch } from "./prefix-watch.ts";
import type { ResetRefusal } from "./reset-refusal.ts";
import type { PeerDownReason, RibName, RouteObserver } from "./route-source.ts";
import { Session, type SessionEnvironment, type SessionHost } from "./session.ts";
import type { DialOptions, TcpConnection } from "./tcp-connection.ts";

export type LogLevel = "debug" | "info" | "warn" | "error";
export type Log = (level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>) => void;

/** What a neighbour needs of the speaker. */
export interface NeighborEnvironment extends SessionEnvironment {
  readonly observer: RouteObserver<RibPeer>;
  readonly log: Log;
  readonly report: (event: PrefixEvent) => void;
  dial(options: DialOptions, handler: ConnectionHandler): Connection;
}

const MS_PER_S = 1000;
const secondsUp = (ms: number | undefined) => (ms === undefined ? undefined : Math.ceil(ms / MS_PER_S));

const STATE_RANK: readonly FsmState[] = ["idle", "active", "connect", "open-sent", "open-confirm", "established"];

/**
 * One configured neighbour. Usually it has one session; a second while both sides have opened a connection
 * (RFC 4271 section 6.8): then each is an FSM of its own (section 8.2.1) and one of them soon goes.
 */
export class Neighbor implements SessionHost {
  readonly #environment: NeighborEnvironment;
  #config: NeighborConfig;
  #speaker: SpeakerConfig | undefined;
  #instance: RoutingInstance;
  #settings: SessionSettings;
  #main: Session | undefined;
  #rival: Session | undefined;
  #idleHoldTimer: Timer | undefined;
  /** In a row, without a session that lasted. */
  #failures = 0;
  #establishedAt = 0;
  #fsmState: FsmState = "idle";
  #lastChangeAt: number;
  #establishedTransitions = 0;
  readonly #createdAt: number;
  readonly #received = new MessageTally();
  readonly #sent = new MessageTally();
  readonly #prefixWatch: PrefixWatch;
  #lastError: string | undefined;
  #lastErrorAt: number | undefined;
  /** By the clock's `monotonic`. */
  #resetAt = Number.NEGATIVE_INFINITY;

  constructor(
    environment: NeighborEnvironment,
    config: NeighborConfig,
    speaker: SpeakerConfig | undefined,
    instance: RoutingInstance,
  ) {
    this.#environment = environment;
    this.#config = config;
    this.#speaker = speaker;
    this.#instance = instance;
    this.#settings = settingsOf(config, speaker, instance);
    this.#createdAt = environment.clock.now();
    this.#lastChangeAt = this.#createdAt;
    const { clock, limits, report } = environment;
    this.#prefixWatch = new PrefixWatch(clock, limits.prefixWarningIntervalMs, report);
    this.#run();
  }

  get settings(): SessionSettings {
    return this.#settings;
  }

  /** @param ceaseSubcode for the session that runs, if the change ends it */
  setSpeaker(speaker: SpeakerConfig | undefined, ceaseSubcode: number): void {
    this.stop(ceaseSubcode);
    this.#speaker = speaker;
    this.#settings = settingsOf(this.#config, speaker, this.#instance);
    this.#run();
  }

  /** The VPN instance that it is in has changed. Its session ends, with Cease. */
  setInstance(instance: RoutingInstance): void {
    this.stop(CeaseSubcode.otherConfigurationChange);
    this.#instance = instance;
    this.#settings = settingsOf(this.#config, this.#speaker, instance);
    this.#run();
  }

  /** `instance`: the one that `config` names. */
  setConfig(config: NeighborConfig, instance: RoutingInstance): void {
    const previous = this.#config;
    this.#config = config;
    this.#instance = instance;
    this.#settings = settingsOf(config, this.#speaker, instance);
    const isOutgoing = this.#main?.connection === undefined ? undefined : this.#main.isOutgoing;
    if (previous.enabled !== config.enabled || isAffected(previous, config, isOutgoing)) {
      this.stop(config.enabled ? CeaseSubcode.otherConfigurationChange : CeaseSubcode.administrativeShutdown);
      this.#run();
      return;
    }
    if (previous.connectRetryS !== config.connectRetryS) this.#main?.restartConnectRetryTimer();
    this.#main?.checkLimits();
  }

  /**
   * An operator wants the session anew: ends it with Cease, Administrative Reset, and starts another at once, whatever
   * was waited for. `words` go to the neighbour (RFC 9003), unless empty. Undefined = done.
   */
  reset(words: string): ResetRefusal | undefined {
    const { clock, limits } = this.#environment;
    if (this.#speaker === undefined || !this.#config.enabled) return "disabled";
    if (clock.monotonic() - this.#resetAt < limits.resetIntervalMs) return "too-soon";
    this.#resetAt = clock.monotonic();
    this.#log("info", "BGP session reset by an operator", { words });
    this.stop(CeaseSubcode.administrativeReset, words === "" ? undefined : encodeShutdownCommunication(words));
    this.#run();
    return undefined;
  }

  /** Ends what runs; nothing runs until the next change of configuration, or a reset. */
  stop(ceaseSubcode: number, ceaseData?: Uint8Array): void {
    this.#idleHoldTimer?.cancel();
    this.#failures = 0;
    const sessions = [this.#main, this.#rival];
    for (const session of sessions) session?.stop(ceaseSubcode, ceaseData);
    this.#main = undefined;
    this.#rival = undefined;
    this.#noteState();
  }

  get config(): NeighborConfig {
    return this.#config;
  }

  /** A connection that the neighbour has opened. */
  accept(connection: TcpConnection): void {
    const main = this.#main;
    if (main === undefined || main.state === "idle" || this.#config.connectionMode === "active")
      return this.#reject(connection, CeaseSubcode.connectionRejected);
    if (main.state === "established") {
      const open = main.open;
      if (open === undefined || announcedGracefulRestart(open.capabilities) !== "families")
        return this.#reject(connection, CeaseSubcode.collisionResolution);
      this.#main = undefined;
      main.giveWay();
      this.#noteState();
    } else if (this.#rival !== undefined) {
      this.#discard(this.#rival);
    } else if (main.connection !== undefined && !main.isOutgoing) {
      // The neighbour does not open a second connection unless it has given up the first.
      this.#discard(main);
    }
    const session = this.#sessionFor();
    session.accept((handler) => {
      connection.attach(handler);
      return connection;
    });
  }

  state(): NeighborState {
    const session = this.#foremost();
    const hasConnection = session !== undefined && STATE_RANK.indexOf(session.state) >= STATE_RANK.indexOf("open-sent");
    const connection = hasConnection ? session.connection : undefined;
    const codes = session?.open?.capabilities.map(({ code }) => code) ?? [];
    return {
      address: this.#config.address,
      fsmState: this.#fsmState,
      lastChangeAt: this.#lastChangeAt,
      establishedTransitions: this.#establishedTransitions,
      uptimeS:
        this.#fsmState === "established"
          ? Math.floor((this.#environment.clock.monotonic() - this.#establishedAt) / MS_PER_S)
          : undefined,
      remoteRouterId: session?.open && formatBgpId(session.open.bgpId),
      localAddress: connection?.localAddress,
      localPort: connection?.localPort,
      remotePort: connection?.remotePort,
      negotiatedHoldTimeS: session?.negotiated?.holdTimeS,
      holdTimeLeftS: secondsUp(session?.timeLeft.holdMs),
      nextKeepaliveS: secondsUp(session?.timeLeft.keepaliveMs),
      capabilities: [...new Set(codes)].sort((a, b) => a - b),
      addressFamilies: familyStates(session?.peer),
      statistics: session?.peer?.statistics(),
      receivedMessages: this.#received.counts,
      sentMessages: this.#sent.counts,
      discontinuityAt: this.#createdAt,
      lastNotificationReceived: this.#received.notification,
      lastNotificationSent: this.#sent.notification,
      lastError: this.#lastError,
      lastErrorAt: this.#lastErrorAt,
    };
  }

  dial(handler: ConnectionHandler): Connection {
    const { address, port, localAddress, md5Key } = this.#config;
    const { network } = this.#instance;
    return this.#environment.dial({ address, port, localAddress, md5Key, network }, handler);
  }

  survivesCollision(session: Session, open: Open): boolean {
    const other = session === this.#main ? this.#rival : this.#main;
    if (other === undefined || other.state !== "open-confirm") return true;
    const { localAs, localBgpId } = this.#settings;
    // RFC 4271 section 6.8, RFC 6286 section 2.3: the connection opened by the higher of the two stays.
    const isOursHigher = localBgpId === open.bgpId ? localAs > open.as : localBgpId > open.bgpId;
    if (session.isOutgoing !== isOursHigher) return false;
    this.#discard(other);
    return true;
  }

  stateChanged(session: Session, event: FsmEvent, error: string | undefined): void {
    if (error !== undefined) this.#noteError(error, session.state);
    if (session !== this.#main && session !== this.#rival) return;
    const other = session === this.#main ? this.#rival : this.#main;
    if (session.state === "established") {
      this.#establishedTransitions++;
      this.#establishedAt = this.#environment.clock.monotonic();
      this.#main = session;
      this.#rival = undefined;
      other?.loseCollision();
    } else if (session.state === "idle" || session.state === "active") {
      if (other !== undefined && event !== "startPassive") this.#replace(session, other);
      else if (session.state === "idle") this.#holdIdle(event);
    }
    this.#noteState();
  }

  messageReceived(pdu: Uint8Array): void {
    this.#received.add(pdu, this.#environment.clock);
  }

  messageSent(pdu: Uint8Array): void {
    this.#sent.add(pdu, this.#environment.clock);
  }

  tooManyRoutes(peer: RibPeer): BgpError | undefined {
    return this.#prefixWatch.check(peer, this.#config);
  }

  peerUp(peer: RibPeer): void {
    this.#log("info", "BGP session established", { remotePort: peer.remotePort });
    this.#environment.observer.peerUp(peer);
  }

  received(peer: RibPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void {
    this.#environment.observer.received(peer, pdu, receivedAt, isErrored);
  }

  update(peer: RibPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void {
    this.#environment.observer.update(peer, rib, pdu, receivedAt);
  }

  peerDown(peer: RibPeer, reason: PeerDownReason): void {
    const lastedMs = this.#environment.clock.monotonic() - this.#establishedAt;
    if (lastedMs >= this.#environment.limits.idleHoldMaximumMs) this.#failures = 0;
    this.#log("warn", "BGP session ended", { reason: reason.kind });
    this.#environment.observer.peerDown(peer, reason);
  }

  #run(): void {
    if (this.#speaker === undefined || !this.#config.enabled) return;
    this.#start(new Session(this, this.#environment));
  }

  #start(session: Session): void {
    this.#main = session;
    if (this.#config.connectionMode === "passive") session.startPassive();
    else session.start();
  }

  /** The session to take a connection that the neighbour has opened. */
  #sessionFor(): Session {
    if (this.#main?.state === "active") return this.#main;
    const session = new Session(this, this.#environment);
    if (this.#main === undefined) this.#main = session;
    else this.#rival = session;
    session.startPassive();
    return session;
  }

  /** `gone` has lost its connection, but `other` has one. */
  #replace(gone: Session, other: Session): void {
    this.#main = other;
    this.#rival = undefined;
    if (gone.state === "active") gone.loseCollision();
  }

  /** Ends a session whose connection is the worse one. */
  #discard(session: Session): void {
    if (session === this.#main) this.#main = this.#rival;
    this.#rival = undefined;
    session.loseCollision();
  }

  /** RFC 4271 section 8.1.1, DampPeerOscillations: at once the first time, then ever later. */
  #holdIdle(event: FsmEvent): void {
    const { clock, limits } = this.#environment;
    if (event === "stop") return;
    if (event !== "collisionLost") this.#failures++;
    const doublings = Math.min(this.#failures - 2, 30);
    const delayMs = doublings < 0 ? 0 : Math.min(limits.idleHoldMaximumMs, limits.idleHoldMs * 2 ** doublings);
    this.#idleHoldTimer?.cancel();
    this.#idleHoldTimer = clock.setTimer(() => {
      if (this.#main?.state === "idle") this.#start(this.#main);
    }, delayMs);
  }

  #reject(connection: TcpConnection, subcode: number): void {
    this.#log("info", "BGP connection rejected", { remotePort: connection.remotePort, subcode });
    const notification = encodeNotification({ code: ErrorCode.cease, subcode, data: new Uint8Array(0) });
    connection.write(notification);
    this.messageSent(notification);
    connection.close();
  }

  #foremost(): Session | undefined {
    if (this.#main === undefined || this.#rival === undefined) return this.#main;
    return STATE_RANK.indexOf(this.#rival.state) > STATE_RANK.indexOf(this.#main.state) ? this.#rival : this.#main;
  }

  #noteState(): void {
    const state = this.#foremost()?.state ?? "idle";
    if (state === this.#fsmState) return;
    this.#fsmState = state;
    this.#lastChangeAt = this.#environment.clock.now();
    this.#log("debug", "BGP state", { state });
  }

  #noteError(error: string, state: FsmState): void {
    this.#lastError = error;
    this.#lastErrorAt = this.#environment.clock.now();
    this.#log("info", "BGP connection ended", { error, state });
  }

  #log(level: LogLevel, message: string, fields: Readonly<Record<string, unknown>>): void {
    this.#environment.log(level, message, { neighbor: this.#config.address, ...fields });
  }
}

/** Nothing runs without a speaker's configuration, so its values do not matter then. */
function settingsOf(
  neighbor: NeighborConfig,
  speaker: SpeakerConfig | undefined,
  instance: RoutingInstance,
): SessionSettings {
  const { localAs, routerId } = speaker ?? { localAs: 0, routerId: "0.0.0.0" };
  return { localAs, localBgpId: bgpIdOf(routerId), neighbor, instance };
}

function familyStates(peer: RibPeer | undefined): NeighborState["addressFamilies"] {
  if (peer === undefined) return [];
  return peer.statistics().adjRibInByFamily.map(({ family, routes }) => ({
    name: family.name,
    prefixes: routes,
    endOfRib: peer.isEndOfRib(family),
    hasPathIds: peer.pathIdFamilies.includes(family),
  }));
}
