import type { AddressFamily } from "./address-family.ts";

/** A RIB as BMP tells them apart (RFC 7854 section 2, RFC 8671, RFC 9069). */
export type RibName = "adj-rib-in-pre" | "adj-rib-in-post" | "adj-rib-out-pre" | "adj-rib-out-post" | "loc-rib";

/**
 * Whose routes they are (RFC 7854 section 4.2, RFC 9069 section 4.1): a peer of the global instance, of one that a
 * Route Distinguisher tells, of one that a number of local meaning tells, or the routing instance itself.
 */
export type PeerType = "global" | "route-distinguisher" | "local" | "loc-rib";

/** Why a BGP session ended, as RFC 7854 section 4.9 classifies it. */
export type PeerDownReason =
  | { readonly kind: "local-notification" /** the NOTIFICATION PDU we sent */; readonly notification: Uint8Array }
  | { readonly kind: "local-fsm-event" /** RFC 4271 section 8.1 event number, 0 = none */; readonly event: number }
  | { readonly kind: "remote-notification" /** the NOTIFICATION PDU received */; readonly notification: Uint8Array }
  | { readonly kind: "remote-closed" }
  | { readonly kind: "deconfigured" }
  | { readonly kind: "local-system-closed" /** RFC 9069 section 5.3 */ };

/** What the operator says of a neighbour. */
export interface PeerLabels {
  readonly description?: string;
  /** In the operator's order. */
  readonly adminLabels: readonly string[];
}

/** Routes in a RIB. */
export interface RouteCounts {
  readonly routes: number;
  readonly byFamily: readonly { readonly family: AddressFamily; readonly routes: number }[];
}

/** What a session has counted since it was established, for Statistics Reports (RFC 7854 section 4.8). */
export interface PeerStatistics {
  /** Prefixes announced with the attributes they had. */
  readonly duplicateAnnouncements: number;
  /** Prefixes withdrawn that were not there. */
  readonly duplicateWithdrawals: number;
  /** UPDATEs whose routes have our AS number in AS_PATH (RFC 4271 section 9.1.2). */
  readonly asPathLoops: number;
  /** UPDATEs whose routes have our BGP Identifier as ORIGINATOR_ID (RFC 4456 section 8), and no loop in AS_PATH. */
  readonly originatorIdLoops: number;
  /**
   * UPDATEs whose routes have our BGP Identifier in CLUSTER_LIST (RFC 4456 section 8), and no other loop; absent: not
   * counted.
   */
  readonly clusterListLoops?: number;
  /** UPDATEs treated as withdrawals (RFC 7606). */
  readonly treatedAsWithdraw: number;
  /** Prefixes that these announced. */
  readonly prefixesTreatedAsWithdraw: number;
  /** UPDATEs with prefixes, none of which changed anything. */
  readonly duplicateUpdates: number;
  /** Routes in the Adj-RIB-In before policy, or, of peer type `loc-rib`, in the Loc-RIB; in all and by family. */
  readonly adjRibInRoutes: number;
  readonly adjRibInByFamily: RouteCounts["byFamily"];
  /** The same after policy, where there is such a RIB. */
  readonly postPolicyAdjRibIn?: RouteCounts;
}

/** What a router has said of a peer of its own over BMP: whole messages. */
export interface ReportedMessages {
  readonly peerUp: Uint8Array;
  /** There before the observer is told. */
  readonly peerDown?: Uint8Array;
}

/**
 * A BGP session in state Established. One object a session: a peer that flaps is a new object.
 * BGP messages are whole PDUs, from the marker on, as sent or received.
 */
export interface EstablishedPeer {
  readonly peerType: PeerType;
  /** The routing instance, 64 bits; 0 = the global one. */
  readonly distinguisher: bigint;
  /** Canonical text of the neighbour's address. */
  readonly address: string;
  readonly remoteAs: number;
  /** 32 bits. */
  readonly remoteBgpId: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly sentOpen: Uint8Array;
  readonly receivedOpen: Uint8Array;
  /** ms since the epoch, with fraction. */
  readonly establishedAt: number;
  /** Both sides announced the 4-octet AS capability; false = RFC 7854's A flag (legacy AS_PATH). */
  readonly isFourOctetAs: boolean;
  /** Families both sides announced. */
  readonly families: readonly AddressFamily[];
  /** Of which RIBs there are routes; none is there twice. */
  readonly ribs: readonly RibName[];
  /** Further ones, which nobody gets who does not ask for them: they repeat what is in `ribs`. */
  readonly onDemandRibs?: readonly RibName[];
  /** Name of the VRF or table, of peer type `loc-rib` only. */
  readonly tableName?: string;
  /** Not all routes of the RIB are there (RFC 9069's F flag), of peer type `loc-rib` only. */
  readonly isFiltered?: boolean;
  /** As configured now, which may be other than when the session was established. */
  labels(): PeerLabels;
  /** Not there where the peer's own router reports statistics, which are passed on. */
  statistics?(): PeerStatistics;
  /** Messages of the router whose peer it is: they are sent as they are. */
  readonly reported?: ReportedMessages;
  /** Whether the table of `family` is whole: its End-of-RIB was received (RFC 4724) or inferred. */
  isEndOfRib(family: AddressFamily, rib: RibName): boolean;
  /** One of `ribs` or `onDemandRibs` as UPDATE PDUs, prefixes that share attributes together, no End-of-RIB. */
  dump(family: AddressFamily, rib: RibName): RouteDump;
}

/**
 * A walk through a table that may change between steps: what changes after the first step is also told to the observer,
 * so a reader that applies the observer's updates after the dump ends with the true table. To give up before the end,
 * call `return`.
 */
export interface RouteDump extends IterableIterator<Uint8Array, undefined> {
  return(): IteratorResult<Uint8Array, undefined>;
  /** Another walk, which begins where this one stands. */
  fork(): RouteDump;
}

/** Told everything the speaker learns, in order, synchronously. Must not throw. */
export interface RouteObserver<Peer extends EstablishedPeer = EstablishedPeer> {
  peerUp(peer: Peer): void;
  /**
   * A BGP message as received, before anything that comes of it is told. `isErrored`: an UPDATE that was treated as a
   * withdrawal (RFC 7606), or that ends the session. Copy to keep.
   */
  received(peer: Peer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void;
  /** A valid UPDATE, already applied to the peer's `rib`; End-of-RIB markers included. Copy to keep. */
  update(peer: Peer, rib: RibName, pdu: Uint8Array, receivedAt: number): void;
  peerDown(peer: Peer, reason: PeerDownReason): void;
}

/** What a route observer may ask at any time. */
export interface RouteSource {
  establishedPeers(): Iterable<EstablishedPeer>;
}
