import { messageType } from "../bgp/codec/common-header.ts";
import { MessageType } from "../bgp/codec/iana.ts";
import { formatAddress } from "./codec/address.ts";
import { decodeBgp4mp, type SessionEnds } from "./codec/bgp4mp.ts";
import { MrtType, TableDumpV2Subtype } from "./codec/iana.ts";
import { MrtError } from "./codec/mrt-error.ts";
import { decodePeerIndexTable, type PeerIndexTable } from "./codec/peer-index-table.ts";
import type { MrtRecord } from "./codec/record-reader.ts";
import { splitRibAttributes } from "./codec/rib-attributes.ts";
import { decodeRibRecord } from "./codec/rib-record.ts";
import type { MrtPeer } from "./mrt-peer.ts";
import type { PeerSet } from "./peer-set.ts";

/** Of peers or routes in a record, so many are taken between two pauses: a millisecond. */
const ENTRIES_PER_STEP = 256;

/** The first pass through a file: loads its tables, and learns what its messages show of their sessions. */
export class Survey {
  readonly #peers: PeerSet;
  readonly #skipped: () => void;
  /** By the index that RIB entries have. */
  #index: readonly (MrtPeer | undefined)[] | undefined;
  #hasMessages = false;
  #tableTimeMs = 0;

  /** @param skipped a record was about nothing that is wanted, or known */
  constructor(peers: PeerSet, skipped: () => void) {
    this.#peers = peers;
    this.#skipped = skipped;
  }

  /** Whether there is something to replay. */
  get hasMessages(): boolean {
    return this.#hasMessages;
  }

  /** When the newest table dump was begun, in ms since the epoch. */
  get tableTimeMs(): number {
    return this.#tableTimeMs;
  }

  /**
   * Takes a record. Yields where others may have their turn: one record can have 65,535 routes.
   * @throws MrtError
   */
  *take(record: MrtRecord): Generator<undefined, void> {
    if (!(yield* this.#isTaken(record))) this.#skipped();
  }

  *#isTaken({ type, subtype, timeMs, body }: MrtRecord): Generator<undefined, boolean> {
    if (type === MrtType.bgp4mp || type === MrtType.bgp4mpEt) return this.#takeMessage(subtype, body);
    if (type !== MrtType.tableDumpV2) return false;
    if (subtype !== TableDumpV2Subtype.peerIndexTable) return yield* this.#takeRoutes(subtype, body);
    this.#tableTimeMs = timeMs;
    yield* this.#takeIndex(decodePeerIndexTable(body));
    return true;
  }

  *#takeIndex({ collectorBgpId, peers }: PeerIndexTable): Generator<undefined, void> {
    const index: (MrtPeer | undefined)[] = [];
    for (const { address, as, bgpId } of peers) {
      if (index.length % ENTRIES_PER_STEP === ENTRIES_PER_STEP - 1) yield;
      const peer = this.#peers.find(formatAddress(address), as);
      index.push(peer);
      if (peer === undefined) continue;
      peer.bgpId = bgpId;
      peer.localBgpId = collectorBgpId;
    }
    this.#index = index;
  }

  *#takeRoutes(subtype: number, body: Uint8Array): Generator<undefined, boolean> {
    const record = decodeRibRecord(subtype, body);
    if (record === undefined) return false;
    const index = this.#index;
    if (index === undefined) throw new MrtError("routes before the PEER_INDEX_TABLE that says whose they are");
    let isTaken = false;
    for (const [at, { peerIndex, nlri, attributes }] of record.entries.entries()) {
      if (at % ENTRIES_PER_STEP === ENTRIES_PER_STEP - 1) yield;
      if (peerIndex >= index.length)
        throw new MrtError(`Peer Index ${peerIndex} where there are ${index.length} peers`);
      const peer = index[peerIndex];
      if (peer === undefined) continue;
      peer.load(record, nlri, splitRibAttributes(attributes, record.family));
      isTaken = true;
    }
    return isTaken;
  }

  #takeMessage(subtype: number, body: Uint8Array): boolean {
    const event = decodeBgp4mp(subtype, body);
    const peer = event && findPeer(this.#peers, event);
    if (event === undefined || peer === undefined) return false;
    this.#hasMessages = true;
    if (event.kind === "message" && !event.isLocal && messageType(event.pdu) === MessageType.update) peer.learn(event);
    return true;
  }
}

/** The peer that a BGP4MP record is about. */
export function findPeer(peers: PeerSet, { peerAs, localAs, peerAddress, localAddress }: SessionEnds) {
  const peer = peers.find(formatAddress(peerAddress), peerAs);
  // Before there is a connection, there is no local address.
  if (peer !== undefined && peer.localAddress === undefined && localAddress.some((octet) => octet !== 0)) {
    peer.localAs = localAs === 0 ? undefined : localAs;
    peer.localAddress = formatAddress(localAddress);
  }
  return peer;
}
