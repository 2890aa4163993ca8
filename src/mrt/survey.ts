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

/** The first pass through a file: loads its tables, and learns what its messages show of their sessions. */
export class Survey {
  readonly #peers: PeerSet;
  /** By the index that RIB entries have. */
  #index: readonly (MrtPeer | undefined)[] | undefined;
  #skippedRecords = 0;
  #hasMessages = false;
  #tableTimeMs = 0;

  constructor(peers: PeerSet) {
    this.#peers = peers;
  }

  /** Records that are about nothing that is wanted, or known. */
  get skippedRecords(): number {
    return this.#skippedRecords;
  }

  /** Whether there is something to replay. */
  get hasMessages(): boolean {
    return this.#hasMessages;
  }

  /** When the newest table dump was begun, in ms since the epoch. */
  get tableTimeMs(): number {
    return this.#tableTimeMs;
  }

  /** @throws MrtError */
  take(record: MrtRecord): void {
    if (!this.#isTaken(record)) this.#skippedRecords++;
  }

  #isTaken({ type, subtype, timeMs, body }: MrtRecord): boolean {
    if (type === MrtType.tableDumpV2 && subtype === TableDumpV2Subtype.peerIndexTable) {
      this.#tableTimeMs = timeMs;
      return this.#takeIndex(decodePeerIndexTable(body));
    }
    if (type === MrtType.tableDumpV2) return this.#takeRoutes(subtype, body);
    if (type === MrtType.bgp4mp || type === MrtType.bgp4mpEt) return this.#takeMessage(subtype, body);
    return false;
  }

  #takeIndex({ collectorBgpId, peers }: PeerIndexTable): true {
    this.#index = peers.map(({ address, as, bgpId }) => {
      const peer = this.#peers.find(address, as);
      if (peer === undefined) return undefined;
      peer.bgpId = bgpId;
      peer.localBgpId = collectorBgpId;
      return peer;
    });
    return true;
  }

  #takeRoutes(subtype: number, body: Uint8Array): boolean {
    const record = decodeRibRecord(subtype, body);
    if (record === undefined) return false;
    const index = this.#index;
    if (index === undefined) throw new MrtError("routes before the PEER_INDEX_TABLE that says whose they are");
    let isTaken = false;
    for (const { peerIndex, nlri, attributes } of record.entries) {
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
