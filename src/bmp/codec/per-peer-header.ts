import { LocRibFlag, PeerFlag, PeerType } from "./iana.ts";
import { ADDRESS_LENGTH, decodeIpAddress, encodeIpAddress, isIpv6 } from "./ip-address.ts";
import { concat, requireOctets, viewOf } from "./octets.ts";

/** Octets of the per-peer header. */
export const PER_PEER_HEADER_LENGTH = 42;

const FLAGS_OFFSET = 1;
const DISTINGUISHER_OFFSET = 2;
const ADDRESS_OFFSET = 10;
const AS_OFFSET = 26;
const BGP_ID_OFFSET = 30;
const TIMESTAMP_OFFSET = 34;

const MICROSECONDS_PER_SECOND = 1_000_000;

/** RFC 7854 section 4.2, RFC 8671 section 4, RFC 9069 section 4. */
export interface PerPeerHeader {
  /** A `PeerType`, or a number this software does not know. */
  readonly peerType: number;
  /** The O flag: the routes are those of the Adj-RIB-Out. */
  readonly isAdjRibOut: boolean;
  /** The L flag: the routes were taken after policy. */
  readonly isPostPolicy: boolean;
  /** The A flag: AS_PATH has 2-octet AS numbers. */
  readonly isLegacyAsPath: boolean;
  /** The F flag, of peer type 3 only: the Loc-RIB is not told in full. */
  readonly isFiltered: boolean;
  /** 0 in the global instance. */
  readonly distinguisher: bigint;
  /** Canonical text; its family is the V flag. Of peer type 3 "0.0.0.0". */
  readonly address: string;
  readonly as: number;
  /** 32 bits. */
  readonly bgpId: number;
  /** Microseconds since the epoch, 0 = unknown. */
  readonly timestampUs: number;
}

export function encodePerPeerHeader(header: PerPeerHeader): Uint8Array {
  const bytes = new Uint8Array(PER_PEER_HEADER_LENGTH);
  const view = viewOf(bytes);
  view.setUint8(0, header.peerType);
  view.setUint8(FLAGS_OFFSET, flagsOf(header));
  view.setBigUint64(DISTINGUISHER_OFFSET, header.distinguisher);
  bytes.set(encodeIpAddress(header.address), ADDRESS_OFFSET);
  view.setUint32(AS_OFFSET, header.as);
  view.setUint32(BGP_ID_OFFSET, header.bgpId);
  setTimestamp(view, 0, header.timestampUs);
  return bytes;
}

/** A flag means something else, or nothing, where it is about a Loc-RIB. */
function flagsOf(header: PerPeerHeader): number {
  if (header.peerType === PeerType.locRib) return header.isFiltered ? LocRibFlag.filtered : 0;
  return (
    (isIpv6(header.address) ? PeerFlag.ipv6 : 0) |
    (header.isPostPolicy ? PeerFlag.postPolicy : 0) |
    (header.isLegacyAsPath ? PeerFlag.legacyAsPath : 0) |
    (header.isAdjRibOut ? PeerFlag.adjRibOut : 0)
  );
}

/** Replaces the timestamp of the encoded header at `offset` of `view`. */
export function setTimestamp(view: DataView, offset: number, timestampUs: number): void {
  view.setUint32(offset + TIMESTAMP_OFFSET, Math.floor(timestampUs / MICROSECONDS_PER_SECOND));
  view.setUint32(offset + TIMESTAMP_OFFSET + 4, timestampUs % MICROSECONDS_PER_SECOND);
}

/** What of the per-peer header at the beginning of `bytes` tells the peer: its type, distinguisher and address. */
export function peerOctets(bytes: Uint8Array): Uint8Array {
  return concat(bytes.subarray(0, FLAGS_OFFSET), bytes.subarray(DISTINGUISHER_OFFSET, AS_OFFSET));
}

/** Reads the first 42 octets of `bytes`. */
export function decodePerPeerHeader(bytes: Uint8Array): PerPeerHeader {
  requireOctets(bytes, 0, PER_PEER_HEADER_LENGTH, "per-peer header");
  const view = viewOf(bytes);
  const peerType = view.getUint8(0);
  const isLocRib = peerType === PeerType.locRib;
  const flags = isLocRib ? 0 : view.getUint8(FLAGS_OFFSET);
  const address = bytes.subarray(ADDRESS_OFFSET, ADDRESS_OFFSET + ADDRESS_LENGTH);
  return {
    peerType,
    isAdjRibOut: (flags & PeerFlag.adjRibOut) !== 0,
    isPostPolicy: (flags & PeerFlag.postPolicy) !== 0,
    isLegacyAsPath: (flags & PeerFlag.legacyAsPath) !== 0,
    isFiltered: isLocRib && (view.getUint8(FLAGS_OFFSET) & LocRibFlag.filtered) !== 0,
    distinguisher: view.getBigUint64(DISTINGUISHER_OFFSET),
    address: decodeIpAddress(address, (flags & PeerFlag.ipv6) !== 0),
    as: view.getUint32(AS_OFFSET),
    bgpId: view.getUint32(BGP_ID_OFFSET),
    timestampUs: view.getUint32(TIMESTAMP_OFFSET) * MICROSECONDS_PER_SECOND + view.getUint32(TIMESTAMP_OFFSET + 4),
  };
}
