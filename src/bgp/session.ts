import type { Clock } from "./clock.ts";
import { BgpError } from "./codec/bgp-error.ts";
import { MAX_EXTENDED_MESSAGE_BYTES, messageType } from "./codec/common-header.ts";
import { CeaseSubcode, ErrorCode, MessageType } from "./codec/iana.ts";
import { encodeKeepalive } from "./codec/keepalive.ts";
import { MessageDecoder } from "./codec/message-decoder.ts";
import { encodeNotification } from "./codec/notification.ts";
import { decodeOpen, encodeOpen, type Open } from "./codec/open.ts";
import type { NeighborConfig } from "./config.ts";
import type { Connection, ConnectionHandler } from "./connection.ts";
import { RibPeer } from "./established-peer.ts";
import { type FsmAction, type FsmEvent, type FsmState, transition } from "./fsm.ts";
import type { BgpLimits } from "./limits.ts";
import { type Negotiated, negotiate, proposal, type SessionSettings } from "./negotiation.ts";
import { describeEnd, type EndCause, notificationFor, peerDownReason } from "./peer-down.ts";
import type { PeerDownReason, PeerLabels, RibName } from "./route-source.ts";
import type { RunQueue, SlicedTask } from "./run-queue.ts";
import { SessionTimers } from "./session-timers.ts";

/** What all sessions share. */
export interface SessionEnvironment {
  readonly clock: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly limits: BgpLimits;
  readonly queue: RunQueue;
  readonly bug: (error: unknown) => void;
}

/** The neighbour whose connection the session is. */
export interface SessionHost {
  /** As configured now. */
  readonly settings: SessionSettings;
  dial(handler: ConnectionHandler): Connection;
  /** RFC 4271 section 6.8, on an acceptable OPEN: whether `session` goes on. The other connection may lose its life. */
  survivesCollision(session: Session, open: Open): boolean;
  /** After each change of state. `error` says why a connection or attempt ended. */
  stateChanged(session: Session, event: FsmEvent, error: string | undefined): void;
  /** A whole message. */
  messageReceived(pdu: Uint8Array): void;
  /** It was handed to the connection. */
  messageSent(pdu: Uint8Array): void;
  /** The error that ends the session, if it has more routes than it may have. */
  tooManyRoutes(peer: RibPeer): BgpError | undefined;
  peerUp(peer: RibPeer): void;
  /** As `RouteObserver.received`. */
  received(peer: RibPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void;
  /** As `RouteObserver.update`. */
  update(peer: RibPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void;
  peerDown(peer: RibPeer, reason: PeerDownReason): void;
}

const KEEPALIVE = encodeKeepalive();

/** A step of the FSM that ended something, and the NOTIFICATION sent on that account. */
interface Step {
  readonly event: FsmEvent;
  readonly cause: EndCause;
  readonly sent: Uint8Array | undefined;
}

/** One FSM and its connection: turns octets and timers into events, and the FSM's actions into deeds. */
export class Session implements SlicedTask {
  readonly #host: SessionHost;
  readonly #environment: SessionEnvironment;
  readonly #timers: SessionTimers;
  /** Of whatever connection is the session's now. */
  readonly #handler: ConnectionHandler = {
    connected: () => this.#dispatch("connectionAcknowledged"),
    received: (bytes) => this.#receive(bytes),
    closed: (error) => {
      // What came before the end counts, a NOTIFICATION above all; it is not more than one read.
      while (this.#processSlice());
      this.#dispatch("connectionFailed", error === undefined ? {} : { connectionError: error });
    },
  };
  #state: FsmState = "idle";
  #settings: SessionSettings;
  #connection: Connection | undefined;
  #isOutgoing = false;
  #decoder = new MessageDecoder();
  #isQueued = false;
  #receivedAt = 0;
  #sentOpen: Uint8Array | undefined;
  #receivedOpen: Uint8Array | undefined;
  #open: Open | undefined;
  #negotiated: Negotiated | undefined;
  #peer: RibPeer | undefined;
  #pdu: Uint8Array | undefined;

  constructor(host: SessionHost, environment: SessionEnvironment) {
    this.#host = host;
    this.#environment = environment;
    this.#settings = host.settings;
    this.#timers = new SessionTimers(
      environment.clock,
      environment.random,
      (event) => this.#dispatch(event),
      () => this.#isQueued,
    );
  }

  get state(): FsmState {
    return this.#state;
  }

  /** Whether we opened the connection. */
  get isOutgoing(): boolean {
    return this.#isOutgoing;
  }

  get connection(): Connection | undefined {
    return this.#connection;
  }

  /** The neighbour's OPEN, from OpenConfirm on. */
  get open(): Open | undefined {
    return this.#open;
  }

  get negotiated(): Negotiated | undefined {
    return this.#negotiated;
  }

  /** ms that the neighbour may still be silent, and until our next KEEPALIVE; undefined: no timer runs. */
  get timeLeft(): { readonly holdMs: number | undefined; readonly keepaliveMs: number | undefined } {
    return { holdMs: this.#timers.holdLeftMs, keepaliveMs: this.#timers.keepaliveLeftMs };
  }

  /** Defined in state Established. */
  get peer(): RibPeer | undefined {
    return this.#peer;
  }

  /** Opens a connection. */
  start(): void {
    this.#dispatch("start");
  }

  /** Waits for one. */
  startPassive(): void {
    this.#dispatch("startPassive");
  }

  /** Takes a connection that the neighbour has opened, in state Active. */
  accept(attach: (handler: ConnectionHandler) => Connection): void {
    this.#isOutgoing = false;
    this.#connection = attach(this.#handler);
    this.#dispatch("connectionConfirmed");
  }

  stop(ceaseSubcode: number, ceaseData?: Uint8Array): void {
    this.#dispatch("stop", { ceaseSubcode, ...(ceaseData && { ceaseData }) });
  }

  loseCollision(): void {
    this.#dispatch("collisionLost");
  }

  /** The neighbour has restarted, so its old connection is dead (RFC 4724 section 4.2). */
  giveWay(): void {
    this.#dispatch("connectionConfirmed");
  }

  restartConnectRetryTimer(): void {
    if (this.#timers.isConnectRetryRunning) this.#startConnectRetryTimer();
  }

  /** Ends the session if it has more prefixes than are allowed by now. */
  checkLimits(): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    const error = this.#host.tooManyRoutes(peer);
    if (error !== undefined) this.#dispatch("updateErrorFound", { error });
    else if (peer.attributeBytes > this.#environment.limits.attributeBytes)
      this.#endByCease(CeaseSubcode.outOfResources, `${peer.attributeBytes} octets of attributes`);
    else if (peer.nlriMemoryBytes > this.#environment.limits.nlriMemoryBytes)
      this.#endByCease(CeaseSubcode.outOfResources, `${peer.nlriMemoryBytes} octets of memory for NLRI`);
  }

  runSlice(): boolean {
    const connection = this.#connection;
    const hasMore = this.#processSlice();
    if (this.#connection !== connection) return this.#isQueued;
    if (!hasMore && this.#isQueued) connection?.resume();
    this.#isQueued = hasMore;
    return hasMore;
  }

  #receive(bytes: Uint8Array): void {
    this.#decoder.push(bytes);
    this.#receivedAt = this.#environment.clock.now();
    if (this.#isQueued || !this.#processSlice()) return;
    this.#isQueued = true;
    this.#connection?.pause();
    this.#environment.queue.add(this);
  }

  /** True: there may be more messages. */
  #processSlice(): boolean {
    const connection = this.#connection;
    let left = this.#environment.limits.sliceBytes;
    try {
      while (left > 0) {
        const pdu = this.#decoder.next();
        if (pdu === undefined) return false;
        left -= pdu.length;
        this.#handle(pdu);
        if (this.#connection !== connection) return false;
      }
      return this.#decoder.pendingBytes > 0;
    } catch (error) {
      this.#dispatch("headerErrorFound", { error: this.#asBgpError(error) });
      return false;
    }
  }

  /** A fault of ours costs this session and no other. */
  #asBgpError(error: unknown): BgpError {
    if (error instanceof BgpError) return error;
    this.#environment.bug(error);
    return new BgpError("internal error", ErrorCode.cease, CeaseSubcode.outOfResources);
  }

  #handle(pdu: Uint8Array): void {
    const type = messageType(pdu);
    this.#host.messageReceived(pdu);
    // Of an UPDATE it is not known yet whether it is erroneous.
    if (this.#peer !== undefined && type !== MessageType.update) {
      this.#host.received(this.#peer, pdu, this.#receivedAt, false);
    }
    switch (type) {
      case MessageType.open:
        return this.#handleOpen(pdu);
      case MessageType.update:
        this.#pdu = pdu;
        return this.#dispatch("updateReceived");
      case MessageType.keepalive:
        return this.#handleKeepalive();
      case MessageType.notification:
        return this.#dispatch("notificationReceived", { received: new Uint8Array(pdu) });
      default:
        // We have nothing to announce, so there is nothing to announce again (RFC 2918 section 4).
        return this.#dispatch("routeRefreshReceived");
    }
  }

  #handleOpen(pdu: Uint8Array): void {
    if (this.#state === "open-sent") {
      try {
        this.#receivedOpen = new Uint8Array(pdu);
        this.#open = decodeOpen(pdu);
        this.#negotiated = negotiate(this.#open, this.#settings);
        if (this.#negotiated.isExtendedMessage) this.#decoder.maxMessageBytes = MAX_EXTENDED_MESSAGE_BYTES;
      } catch (error) {
        return this.#dispatch("openErrorFound", { error: this.#asBgpError(error) });
      }
      if (!this.#host.survivesCollision(this, this.#open)) return this.#dispatch("collisionLost");
    }
    this.#dispatch("openReceived");
  }

  #handleKeepalive(): void {
    const peer = this.#peer;
    this.#dispatch("keepaliveReceived");
    if (peer === undefined) return;
    const inferred = peer.inferEndOfRib();
    this.#tell(peer, "adj-rib-in-pre", inferred);
    this.#tell(peer, "adj-rib-in-post", inferred);
  }

  #dispatch(event: FsmEvent, cause: EndCause = {}): void {
    const from = this.#state;
    const step = transition(from, event);
    if (step === undefined) return;
    this.#state = step.next;
    const sent = step.actions.includes("sendNotification")
      ? encodeNotification(notificationFor(from, event, cause))
      : undefined;
    for (const action of step.actions) this.#perform(action, { event, cause, sent });
    if (step.next === from && event !== "connectRetryTimerExpired") return;
    const isEnd = step.actions.includes("dropConnection") && event !== "collisionLost";
    this.#host.stateChanged(this, event, isEnd ? describeEnd(event, cause, sent) : undefined);
  }

  #perform(action: FsmAction, step: Step): void {
    switch (action) {
      case "dial":
        return this.#dial();
      case "startConnectRetryTimer":
        return this.#startConnectRetryTimer();
      case "stopConnectRetryTimer":
        return this.#timers.stopConnectRetry();
      case "sendOpen":
        return this.#sendOpen();
      case "startOpenTimer":
        return this.#timers.startHold(this.#environment.limits.openWaitS * 1000);
      case "sendKeepalive":
        this.#write(KEEPALIVE);
        return this.#timers.startKeepalive(this.#holdTimeMs);
      case "startSessionTimers":
        return this.#timers.startHold(this.#holdTimeMs);
      case "restartHoldTimer":
        return this.#timers.restartHold();
      case "sendNotification":
        return step.sent && this.#write(step.sent);
      case "bringUp":
        return this.#bringUp();
      case "applyUpdate":
        return this.#applyUpdate();
      case "takeDown":
        return this.#takeDown(step);
      case "dropConnection":
        return this.#dropConnection();
    }
  }

  get #holdTimeMs(): number {
    return (this.#negotiated?.holdTimeS ?? 0) * 1000;
  }

  #startConnectRetryTimer(): void {
    const { connectionMode, connectRetryS } = this.#host.settings.neighbor;
    if (connectionMode === "passive") return;
    this.#timers.startConnectRetry(connectRetryS * 1000);
  }

  #dial(): void {
    this.#isOutgoing = true;
    this.#settings = this.#host.settings;
    this.#connection = this.#host.dial(this.#handler);
  }

  #sendOpen(): void {
    this.#settings = this.#host.settings;
    this.#sentOpen = encodeOpen(proposal(this.#settings));
    this.#write(this.#sentOpen);
  }

  #write(bytes: Uint8Array): void {
    const connection = this.#connection;
    if (connection === undefined) return;
    connection.write(bytes);
    this.#host.messageSent(bytes);
    if (connection.unsentBytes <= this.#environment.limits.unsentBytes) return;
    this.#environment.clock.defer(() => {
      if (this.#connection === connection) this.#dispatch("sendHoldTimerExpired");
    });
  }

  #bringUp(): void {
    const { clock, random } = this.#environment;
    const { neighbor, instance, localAs, localBgpId } = this.#settings;
    const [connection, open, negotiated] = [this.#connection, this.#open, this.#negotiated];
    const [sentOpen, receivedOpen] = [this.#sentOpen, this.#receivedOpen];
    if (!connection || !open || !negotiated || !sentOpen || !receivedOpen) throw new Error("Established without OPEN");
    const facts = {
      peerType: instance.peerType,
      distinguisher: instance.distinguisher,
      address: neighbor.address,
      remoteAs: open.as,
      remoteBgpId: open.bgpId,
      localAddress: connection.localAddress,
      localPort: connection.localPort,
      remotePort: connection.remotePort,
      sentOpen,
      receivedOpen,
      establishedAt: clock.now(),
      isFourOctetAs: negotiated.isFourOctetAs,
      isExtendedMessage: negotiated.isExtendedMessage,
      families: negotiated.families,
      ribs: ["adj-rib-in-pre"] as const,
      onDemandRibs: ["adj-rib-in-post"] as const,
      pathIdFamilies: negotiated.pathIdFamilies,
      labels: () => labelsOf(this.#host.settings.neighbor),
    };
    const local = { as: localAs, bgpId: localBgpId };
    this.#peer = new RibPeer(facts, open, local, Math.floor(random() * 2 ** 32));
    this.#host.peerUp(this.#peer);
  }

  #applyUpdate(): void {
    const [peer, pdu] = [this.#peer, this.#pdu];
    if (peer === undefined || pdu === undefined) return;
    this.#pdu = undefined;
    let applied: readonly Uint8Array[];
    try {
      applied = peer.apply(pdu);
    } catch (error) {
      this.#host.received(peer, pdu, this.#receivedAt, true);
      return this.#dispatch("updateErrorFound", { error: this.#asBgpError(error) });
    }
    this.#host.received(peer, pdu, this.#receivedAt, peer.isLastErrored);
    this.#tell(peer, "adj-rib-in-pre", applied);
    this.#tell(peer, "adj-rib-in-post", peer.postPolicyUpdates);
    this.checkLimits();
  }

  #tell(peer: RibPeer, rib: RibName, updates: readonly Uint8Array[]): void {
    for (const update of updates) this.#host.update(peer, rib, update, this.#receivedAt);
  }

  #endByCease(subcode: number, message: string): void {
    this.#dispatch("updateErrorFound", { error: new BgpError(message, ErrorCode.cease, subcode) });
  }

  #takeDown({ event, cause, sent }: Step): void {
    const peer = this.#peer;
    if (peer === undefined) return;
    this.#peer = undefined;
    this.#host.peerDown(peer, peerDownReason(event, cause, sent));
  }

  #dropConnection(): void {
    this.#timers.stopHoldAndKeepalive();
    this.#environment.queue.delete(this);
    this.#isQueued = false;
    this.#decoder = new MessageDecoder();
    this.#connection?.close();
    this.#connection = undefined;
    this.#open = undefined;
    this.#negotiated = undefined;
  }
}

function labelsOf({ description, adminLabels }: NeighborConfig): PeerLabels {
  return { ...(description !== undefined && { description }), adminLabels };
}
