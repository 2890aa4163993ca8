import ipaddr from "ipaddr.js";
import { type AddressFamily, IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { concatOctets, uint16, uint32 } from "../../src/bgp/codec/octets.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeAttribute } from "../../src/bgp/codec/update.ts";

/** Writes MRT records, as RFC 6396 and RFC 8050 draw them. */

/** 2026-01-01T00:00:00Z, in seconds. */
export const EPOCH_S = Date.UTC(2026, 0, 1) / 1000;

const TABLE_DUMP_V2 = 13;
const BGP4MP = 16;
const BGP4MP_ET = 17;

const addressOctets = (address: string): Uint8Array => Uint8Array.from(ipaddr.parse(address).toByteArray());

export function record(type: number, subtype: number, body: Uint8Array, timeS = EPOCH_S): Uint8Array {
  return concatOctets([uint32(timeS), uint16(type), uint16(subtype), uint32(body.length), body]);
}

export interface WrittenPeer {
  readonly address: string;
  readonly as: number;
  readonly bgpId?: number;
  /** In two octets. */
  readonly isShortAs?: boolean;
}

/** PEER_INDEX_TABLE; the collector's BGP Identifier is 192.0.2.254. */
export function peerIndexTable(peers: readonly WrittenPeer[], viewName = ""): Uint8Array {
  const view = new TextEncoder().encode(viewName);
  const body = [uint32(0xc00002fe), uint16(view.length), view, uint16(peers.length)];
  for (const { address, as, bgpId = 0, isShortAs = false } of peers) {
    const octets = addressOctets(address);
    const type = (octets.length === 16 ? 1 : 0) | (isShortAs ? 0 : 2);
    body.push(Uint8Array.of(type), uint32(bgpId), octets, isShortAs ? uint16(as) : uint32(as));
  }
  return record(TABLE_DUMP_V2, 1, concatOctets(body));
}

export interface WrittenEntry {
  readonly peer: number;
  readonly attributes: Uint8Array;
  readonly pathId?: number;
}

function entries(all: readonly WrittenEntry[]): Uint8Array {
  const parts = all.map(({ peer, attributes, pathId }) =>
    concatOctets([
      uint16(peer),
      uint32(EPOCH_S - 60),
      pathId === undefined ? new Uint8Array(0) : uint32(pathId),
      uint16(attributes.length),
      attributes,
    ]),
  );
  return concatOctets([uint16(all.length), ...parts]);
}

/** One of the subtypes that say their family: 2 and 4, and with Path Identifiers 8 and 10. */
export function rib(family: AddressFamily, prefix: string, all: readonly WrittenEntry[]): Uint8Array {
  const hasPathIds = all.some(({ pathId }) => pathId !== undefined);
  const subtype = (family === IPV4_UNICAST ? 2 : 4) + (hasPathIds ? 6 : 0);
  return record(TABLE_DUMP_V2, subtype, concatOctets([uint32(0), encodePrefixes(family, [prefix]), entries(all)]));
}

/** RIB_GENERIC, or RIB_GENERIC_ADDPATH, whose `nlri` has the Path Identifier. */
export function ribGeneric(
  { afi, safi }: Pick<AddressFamily, "afi" | "safi">,
  nlri: Uint8Array,
  all: readonly WrittenEntry[],
  hasPathIds = false,
): Uint8Array {
  const body = concatOctets([uint32(0), uint16(afi), Uint8Array.of(safi), nlri, entries(all)]);
  return record(TABLE_DUMP_V2, hasPathIds ? 12 : 6, body);
}

/** ORIGIN, AS_PATH with AS numbers of `asBytes` octets, and NEXT_HOP if there is one. */
export function attributes(path: readonly number[], nextHop?: string, asBytes: 2 | 4 = 4): Uint8Array {
  const numbers = path.map((as) => (asBytes === 4 ? uint32(as) : uint16(as)));
  const segment = path.length === 0 ? [] : [Uint8Array.of(2, path.length), ...numbers];
  return concatOctets([
    encodeAttribute(0x40, 1, Uint8Array.of(0)),
    encodeAttribute(0x40, 2, concatOctets(segment)),
    ...(nextHop === undefined ? [] : [encodeAttribute(0x40, 3, addressOctets(nextHop))]),
  ]);
}

/** The MP_REACH_NLRI of a RIB entry: the next hop alone. */
export function abridgedNextHop(nextHop: string): Uint8Array {
  const octets = addressOctets(nextHop);
  return encodeAttribute(0x80, 14, concatOctets([Uint8Array.of(octets.length), octets]));
}

export interface WrittenSession {
  readonly peer: string;
  readonly peerAs: number;
  readonly local: string;
  readonly localAs: number;
}

export interface MessageOptions {
  /** 1, 4 and 6 to 11. */
  readonly subtype?: number;
  readonly timeS?: number;
  /** Makes it a BGP4MP_ET record. */
  readonly microseconds?: number;
}

const AS4_SUBTYPES = new Set([4, 5, 7, 9, 11]);

function bgp4mp(session: WrittenSession, rest: Uint8Array, subtype: number, options: MessageOptions): Uint8Array {
  const as = AS4_SUBTYPES.has(subtype) ? uint32 : uint16;
  const { microseconds, timeS } = options;
  const peer = addressOctets(session.peer);
  const body = concatOctets([
    microseconds === undefined ? new Uint8Array(0) : uint32(microseconds),
    as(session.peerAs),
    as(session.localAs),
    uint16(7),
    uint16(peer.length === 4 ? 1 : 2),
    peer,
    addressOctets(session.local),
    rest,
  ]);
  return record(microseconds === undefined ? BGP4MP : BGP4MP_ET, subtype, body, timeS);
}

export function message(session: WrittenSession, pdu: Uint8Array, options: MessageOptions = {}): Uint8Array {
  return bgp4mp(session, pdu, options.subtype ?? 4, options);
}

export function stateChange(
  session: WrittenSession,
  from: number,
  to: number,
  options: MessageOptions = {},
): Uint8Array {
  return bgp4mp(session, concatOctets([uint16(from), uint16(to)]), options.subtype ?? 5, options);
}
