import { ADDRESS_FAMILIES, type AddressFamily } from "../bgp/address-family.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { addPathFamilies, type Capability } from "../bgp/codec/capability.ts";
import { decodeOpen } from "../bgp/codec/open.ts";
import { NO_ROUTES, RibPeer } from "../bgp/established-peer.ts";
import type {
  EstablishedPeer,
  PeerLabels,
  PeerType,
  ReportedMessages,
  RibName,
  RouteDump,
} from "../bgp/route-source.ts";
import { PeerType as HeaderPeerType } from "../bmp/codec/iana.ts";
import type { PeerUp } from "../bmp/codec/peer-up.ts";
import type { PerPeerHeader } from "../bmp/codec/per-peer-header.ts";

const US_PER_MS = 1000;
const NO_LABELS: PeerLabels = { adminLabels: [] };

/** Which of them the router reports is not known before it does. */
const ADJ_RIBS: readonly RibName[] = ["adj-rib-in-pre", "adj-rib-in-post", "adj-rib-out-pre", "adj-rib-out-post"];
const LOC_RIB: readonly RibName[] = ["loc-rib"];

const PEER_TYPES: Readonly<Record<number, PeerType>> = {
  [HeaderPeerType.globalInstance]: "global",
  [HeaderPeerType.rdInstance]: "route-distinguisher",
  [HeaderPeerType.localInstance]: "local",
  [HeaderPeerType.locRib]: "loc-rib",
};

/** Undefined: a type that RFC 7854 and RFC 9069 do not know. */
export const peerTypeOf = (header: PerPeerHeader): PeerType | undefined => PEER_TYPES[header.peerType];

/** What the routes of a message are from. */
export function ribOf({ peerType, isAdjRibOut, isPostPolicy }: PerPeerHeader): RibName {
  if (peerType === HeaderPeerType.locRib) return "loc-rib";
  if (isAdjRibOut) return isPostPolicy ? "adj-rib-out-post" : "adj-rib-out-pre";
  return isPostPolicy ? "adj-rib-in-post" : "adj-rib-in-pre";
}

/** Memory and routes of a peer. */
export interface PeerSize {
  readonly routes: number;
  readonly attributeBytes: number;
  readonly nlriMemoryBytes: number;
  /** Octets of the Peer Up. */
  readonly peerUpBytes: number;
}

/** What came of an UPDATE. */
export interface Applied {
  /** The UPDATEs that say what was applied. */
  readonly updates: readonly Uint8Array[];
  /** Its routes were treated as withdrawn (RFC 7606). */
  readonly isErrored: boolean;
}

/**
 * A peer of a router that reports it over BMP, with a table for each of its RIBs. What both OPENs say counts for how
 * NLRI are read, but not for which families there may be: an OPEN in a Peer Up is not always the one that was sent, and
 * that of a Loc-RIB is made up.
 */
export class RelayedPeer implements EstablishedPeer {
  readonly peerType: PeerType;
  readonly distinguisher: bigint;
  readonly address: string;
  readonly remoteAs: number;
  readonly remoteBgpId: number;
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  readonly sentOpen: Uint8Array;
  readonly receivedOpen: Uint8Array;
  readonly establishedAt: number;
  readonly families = ADDRESS_FAMILIES;
  readonly tableName?: string;
  readonly isFiltered: boolean;
  readonly reported: { readonly peerUp: Uint8Array; peerDown?: Uint8Array } & ReportedMessages;
  readonly ribs: readonly RibName[];
  /** Of those RIBs that the router has reported something of. */
  readonly #tables = new Map<RibName, RibPeer>();
  readonly #capabilities: { readonly sent: readonly Capability[]; readonly received: readonly Capability[] };
  readonly #seed: number;
  /** As the first UPDATE says; a Peer Up need not. */
  #isFourOctetAs: boolean | undefined;

  /**
   * @param message its octets are those of `whole`, and kept
   * @param whole the message from its common header on
   * @param seed 32 random bits
   */
  constructor(message: PeerUp, peerType: PeerType, whole: Uint8Array, seed: number) {
    const { peer } = message;
    this.peerType = peerType;
    this.ribs = peerType === "loc-rib" ? LOC_RIB : ADJ_RIBS;
    this.distinguisher = peer.distinguisher;
    this.address = peer.address;
    this.remoteAs = peer.as;
    this.remoteBgpId = peer.bgpId;
    this.localAddress = message.localAddress;
    this.localPort = message.localPort;
    this.remotePort = message.remotePort;
    this.sentOpen = message.sentOpen;
    this.receivedOpen = message.receivedOpen;
    this.establishedAt = peer.timestampUs / US_PER_MS;
    if (message.tableName !== undefined) this.tableName = message.tableName;
    this.isFiltered = peer.isFiltered;
    this.reported = { peerUp: whole };
    this.#capabilities = { sent: capabilitiesOf(this.sentOpen), received: capabilitiesOf(this.receivedOpen) };
    this.#seed = seed;
  }

  get isFourOctetAs(): boolean {
    return this.#isFourOctetAs ?? true;
  }

  get size(): PeerSize {
    let [routes, attributeBytes, nlriMemoryBytes] = [0, 0, 0];
    for (const table of this.#tables.values()) {
      routes += table.routes;
      attributeBytes += table.attributeBytes;
      nlriMemoryBytes += table.nlriMemoryBytes;
    }
    return { routes, attributeBytes, nlriMemoryBytes, peerUpBytes: this.reported.peerUp.length };
  }

  /** Of each RIB that the router has reported something of. */
  *routesByRib(): Iterable<{ readonly rib: RibName; readonly routes: number }> {
    for (const [rib, { routes }] of this.#tables) yield { rib, routes };
  }

  labels(): PeerLabels {
    return NO_LABELS;
  }

  isEndOfRib(family: AddressFamily, rib: RibName): boolean {
    return this.#tables.get(rib)?.isEndOfRib(family) ?? false;
  }

  dump(family: AddressFamily, rib: RibName): RouteDump {
    return this.#tables.get(rib)?.dump(family) ?? NO_ROUTES;
  }

  /**
   * Applies an UPDATE to one of the RIBs.
   * @param header of the message that it came in
   * @throws BgpError nothing was applied: not even the routes can be told
   */
  apply(header: PerPeerHeader, pdu: Uint8Array): Applied {
    this.#isFourOctetAs ??= !header.isLegacyAsPath;
    const table = this.#table(ribOf(header));
    const updates = table.apply(pdu);
    return { updates, isErrored: table.isLastErrored };
  }

  #table(rib: RibName): RibPeer {
    let table = this.#tables.get(rib);
    if (table === undefined) {
      table = this.#makeTable(rib);
      this.#tables.set(rib, table);
    }
    return table;
  }

  #makeTable(rib: RibName): RibPeer {
    const { sent, received } = this.#capabilities;
    const isOut = rib === "adj-rib-out-pre" || rib === "adj-rib-out-post";
    const facts = {
      peerType: this.peerType,
      distinguisher: this.distinguisher,
      address: this.address,
      remoteAs: this.remoteAs,
      remoteBgpId: this.remoteBgpId,
      localAddress: this.localAddress,
      localPort: this.localPort,
      remotePort: this.remotePort,
      sentOpen: this.sentOpen,
      receivedOpen: this.receivedOpen,
      establishedAt: this.establishedAt,
      isFourOctetAs: this.isFourOctetAs,
      // What the router has received can be sent on, whatever it has negotiated.
      isExtendedMessage: true,
      hasIpv6NextHops: true,
      families: this.families,
      ribs: [rib],
      // Of what goes out the router is the sender.
      pathIdFamilies: isOut ? addPathFamilies(received, sent) : addPathFamilies(sent, received),
      labels: () => NO_LABELS,
    };
    return new RibPeer(facts, { as: this.remoteAs, capabilities: received }, undefined, this.#seed);
  }
}

/** None of an OPEN that cannot be read: it tells nothing. */
function capabilitiesOf(open: Uint8Array): readonly Capability[] {
  try {
    return decodeOpen(open).capabilities;
  } catch (error) {
    if (error instanceof BgpError || error instanceof RangeError) return [];
    throw error;
  }
}
