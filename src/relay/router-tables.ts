import { BgpError } from "../bgp/codec/bgp-error.ts";
import { decodeHeader, MAX_EXTENDED_MESSAGE_BYTES, messageType } from "../bgp/codec/common-header.ts";
import { MessageType as BgpMessageType } from "../bgp/codec/iana.ts";
import type { EstablishedPeer, PeerDownReason, RouteObserver, RouteSource } from "../bgp/route-source.ts";
import { BmpError } from "../bmp/codec/bmp-error.ts";
import { COMMON_HEADER_LENGTH } from "../bmp/codec/common-header.ts";
import { MirroringCode } from "../bmp/codec/iana.ts";
import { decodePeerDown } from "../bmp/codec/peer-down.ts";
import { decodePeerUp } from "../bmp/codec/peer-up.ts";
import { decodePerPeerHeader, type PerPeerHeader } from "../bmp/codec/per-peer-header.ts";
import { decodeMirroringInformation } from "../bmp/codec/route-mirroring.ts";
import { decodeRouteMonitoring } from "../bmp/codec/route-monitoring.ts";
import { decodeStatisticsReport } from "../bmp/codec/statistics-report.ts";
import { type PeerSize, peerTypeOf, RelayedPeer, ribOf } from "./relayed-peer.ts";

const US_PER_MS = 1000;
const NOTHING: PeerSize = { routes: 0, attributeBytes: 0, nlriMemoryBytes: 0, peerUpBytes: 0 };
/** What the router says that cannot be read: RFC 7854 section 4.9's "no relevant Event code". */
const UNKNOWN_REASON: PeerDownReason = { kind: "local-fsm-event", event: 0 };

/** Who passes on what a router reports. */
export interface RelayObserver extends Omit<RouteObserver, "received"> {
  /** Of a peer that is up; copy to keep. */
  statisticsReported(peer: EstablishedPeer, message: Uint8Array): void;
  mirroringReported(peer: EstablishedPeer, message: Uint8Array, isErrored: boolean): void;
}

/** Why a message could not be taken as it was. */
export type ProblemKind = "malformed" | "unknown-peer" | "treat-as-withdraw" | "unusable-update";

export interface TablesOptions {
  /** Asked for with each message: there may be nobody yet. */
  readonly observer: () => RelayObserver | undefined;
  readonly problem: (kind: ProblemKind, detail: string) => void;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
}

/**
 * The peers that one router reports, and their tables. Takes whole messages; each that cannot be taken is told as a
 * problem and changes nothing.
 */
export class RouterTables implements RouteSource {
  readonly #observer: TablesOptions["observer"];
  readonly #problem: TablesOptions["problem"];
  readonly #random: () => number;
  readonly #peers = new Map<string, RelayedPeer>();
  #size = NOTHING;

  constructor({ observer, problem, random }: TablesOptions) {
    this.#observer = observer;
    this.#problem = problem;
    this.#random = random;
  }

  /** Of all peers together. */
  get size(): PeerSize {
    return this.#size;
  }

  get peers(): number {
    return this.#peers.size;
  }

  establishedPeers(): Iterable<RelayedPeer> {
    return this.#peers.values();
  }

  peerUp(message: Uint8Array): void {
    this.#checked(() => {
      const kept = new Uint8Array(message);
      const peerUp = decodePeerUp(kept.subarray(COMMON_HEADER_LENGTH));
      const peerType = peerTypeOf(peerUp.peer);
      if (peerType === undefined) throw new BmpError(`peer type ${peerUp.peer.peerType}`);
      const peer = new RelayedPeer(peerUp, peerType, kept, Math.floor(this.#random() * 2 ** 32));
      const key = keyOf(peerUp.peer);
      const before = this.#peers.get(key);
      // Some say it again for each of the RIBs.
      if (before !== undefined && isSameSession(before, peer)) return;
      if (before !== undefined) this.#takeDown(key, before, UNKNOWN_REASON);
      this.#peers.set(key, peer);
      this.#resize(NOTHING, peer.size);
      this.#observer()?.peerUp(peer);
    });
  }

  peerDown(message: Uint8Array): void {
    const peer = this.#peerOf(message);
    if (peer === undefined) return;
    let reason = UNKNOWN_REASON;
    this.#checked(() => {
      reason = decodePeerDown(message.subarray(COMMON_HEADER_LENGTH)).reason;
      peer.reported.peerDown = new Uint8Array(message);
    });
    // A reason that cannot be read is a problem, but that the peer is down can be told.
    this.#takeDown(keyOf(headerOf(message)), peer, reason);
  }

  routeMonitoring(message: Uint8Array): void {
    this.#checked(() => {
      const { peer: header, update } = decodeRouteMonitoring(message.subarray(COMMON_HEADER_LENGTH));
      const peer = this.#known(header);
      if (peer === undefined) return;
      const before = peer.size;
      try {
        checkUpdate(update);
        const { updates, isErrored } = peer.apply(header, update);
        if (isErrored) this.#problem("treat-as-withdraw", describe(header));
        const rib = ribOf(header);
        for (const pdu of updates) this.#observer()?.update(peer, rib, pdu, header.timestampUs / US_PER_MS);
      } catch (error) {
        if (!(error instanceof BgpError)) throw error;
        this.#problem("unusable-update", `${describe(header)}: ${error.message}`);
      }
      this.#resize(before, peer.size);
    });
  }

  statisticsReport(message: Uint8Array): void {
    const peer = this.#peerOf(message);
    if (peer === undefined) return;
    this.#checked(() => {
      decodeStatisticsReport(message.subarray(COMMON_HEADER_LENGTH));
      this.#observer()?.statisticsReported(peer, message);
    });
  }

  routeMirroring(message: Uint8Array): void {
    const peer = this.#peerOf(message);
    if (peer === undefined) return;
    this.#checked(() => {
      const information = decodeMirroringInformation(message.subarray(COMMON_HEADER_LENGTH));
      this.#observer()?.mirroringReported(peer, message, information.includes(MirroringCode.erroredPdu));
    });
  }

  #takeDown(key: string, peer: RelayedPeer, reason: PeerDownReason): void {
    this.#peers.delete(key);
    this.#resize(peer.size, NOTHING);
    this.#observer()?.peerDown(peer, reason);
  }

  #resize(before: PeerSize, after: PeerSize): void {
    const { routes, attributeBytes, nlriMemoryBytes, peerUpBytes } = this.#size;
    this.#size = {
      routes: routes + after.routes - before.routes,
      attributeBytes: attributeBytes + after.attributeBytes - before.attributeBytes,
      nlriMemoryBytes: nlriMemoryBytes + after.nlriMemoryBytes - before.nlriMemoryBytes,
      peerUpBytes: peerUpBytes + after.peerUpBytes - before.peerUpBytes,
    };
  }

  /** Undefined, and told, if there is none. */
  #peerOf(message: Uint8Array): RelayedPeer | undefined {
    return this.#checked(() => this.#known(headerOf(message)));
  }

  #known(header: PerPeerHeader): RelayedPeer | undefined {
    const peer = this.#peers.get(keyOf(header));
    if (peer === undefined) this.#problem("unknown-peer", describe(header));
    return peer;
  }

  #checked<T>(take: () => T): T | undefined {
    try {
      return take();
    } catch (error) {
      if (!(error instanceof BmpError)) throw error;
      this.#problem("malformed", error.message);
      return undefined;
    }
  }
}

const headerOf = (message: Uint8Array): PerPeerHeader => decodePerPeerHeader(message.subarray(COMMON_HEADER_LENGTH));

const keyOf = ({ peerType, distinguisher, address }: PerPeerHeader): string =>
  `${peerType} ${distinguisher} ${address}`;

const describe = (header: PerPeerHeader): string =>
  `peer ${header.address} AS${header.as} type ${header.peerType} distinguisher ${header.distinguisher}`;

/** Whether both Peer Ups are about one BGP session: it is told by its ports and its OPENs. */
function isSameSession(one: RelayedPeer, other: RelayedPeer): boolean {
  return (
    one.localAddress === other.localAddress &&
    one.localPort === other.localPort &&
    one.remotePort === other.remotePort &&
    one.establishedAt === other.establishedAt &&
    Buffer.compare(one.sentOpen, other.sentOpen) === 0 &&
    Buffer.compare(one.receivedOpen, other.receivedOpen) === 0
  );
}

/** Throws BgpError unless it is a BGP message of the right type. */
function checkUpdate(pdu: Uint8Array): void {
  decodeHeader(pdu, 0, MAX_EXTENDED_MESSAGE_BYTES);
  const type = messageType(pdu);
  if (type !== BgpMessageType.update) throw new BmpError(`Route Monitoring with a BGP message of type ${type}`);
}
