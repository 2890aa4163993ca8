import { ADDRESS_FAMILIES, type AddressFamily, IPV4_UNICAST } from "../bgp/address-family.ts";
import { AdjRibIn } from "../bgp/adj-rib-in.ts";
import { BgpError } from "../bgp/codec/bgp-error.ts";
import { announcedFamilies, type Capability } from "../bgp/codec/capability.ts";
import { MAX_EXTENDED_MESSAGE_BYTES, MAX_MESSAGE_BYTES } from "../bgp/codec/common-header.ts";
import { decodeOpen, type Open } from "../bgp/codec/open.ts";
import { RibPeer } from "../bgp/established-peer.ts";
import { bgpIdOf } from "../bgp/ip-address.ts";
import type { RecordedMessage } from "./codec/bgp4mp.ts";
import { MrtError } from "./codec/mrt-error.ts";
import type { RibAttributes } from "./codec/rib-attributes.ts";
import type { RibRecord } from "./codec/rib-record.ts";
import { impliedOpens } from "./implied-opens.ts";
import { updateFamilies } from "./update-families.ts";

/** What an UPDATE needs beside attributes, next hop and one NLRI, at most. */
const UPDATE_OVERHEAD_BYTES = 128;
const ROOM_BYTES = MAX_EXTENDED_MESSAGE_BYTES - UPDATE_OVERHEAD_BYTES;
/** Attributes and an NLRI that leave room for others in any UPDATE. */
const USUAL_BYTES = MAX_MESSAGE_BYTES / 2;

/** Who a peer is, in a file and towards collectors. */
export interface PeerIdentity {
  /** Canonical text. */
  readonly address: string;
  readonly as: number;
  readonly distinguisher: bigint;
  /** What collectors are told of it beside (Peer Up, RFC 7854 section 4.4). */
  readonly description: string;
}

interface LoadedTable {
  readonly rib: AdjRibIn;
  readonly hasPathIds: boolean;
}

/**
 * A peer that a file tells of. What its session must have been like is learnt from all of the file before anybody is
 * told of it; meanwhile the routes of a table dump are kept apart.
 */
export class MrtPeer {
  readonly identity: PeerIdentity;
  /** The rest is as far as the file says. */
  bgpId = 0;
  localAs: number | undefined;
  localAddress: string | undefined;
  localBgpId = 0;
  /** The newest OPENs, as the other end has sent them and as the writer of the file has. */
  receivedOpen: Uint8Array | undefined;
  sentOpen: Uint8Array | undefined;
  /** While its session is up. */
  established: RibPeer | undefined;
  /** Whether the file has the session from its beginning, that is from its OPEN on. */
  #isFromOpen = false;
  #isFourOctetAs: boolean | undefined;
  #isExtendedMessage = false;
  /** Whether there are Path Identifiers, by family. */
  readonly #families = new Map<AddressFamily, boolean>();
  readonly #tables = new Map<AddressFamily, LoadedTable>();

  constructor(identity: PeerIdentity) {
    this.identity = identity;
  }

  /** Whether there are routes of a table dump that nobody was told of yet. */
  get isLoaded(): boolean {
    return this.#tables.size > 0;
  }

  /** Loaded, and of the session that is up. */
  get routes(): number {
    return this.#sum(({ rib }) => rib.size) + (this.established?.routes ?? 0);
  }

  /** Octets of memory for attributes and NLRI that are no plain prefixes. */
  get tableBytes(): number {
    const { attributeBytes = 0, nlriMemoryBytes = 0 } = this.established ?? {};
    return this.#sum(({ rib }) => rib.attributeBytes + rib.nlriMemoryBytes) + attributeBytes + nlriMemoryBytes;
  }

  /**
   * A route of a table dump.
   * @throws MrtError it does not fit into any UPDATE, or to what the file said before
   */
  load({ family, hasPathIds }: RibRecord, nlri: Uint8Array, { attributes, nextHop }: RibAttributes): void {
    const bytes = attributes.length + (nextHop?.length ?? 0) + nlri.length;
    if (bytes > ROOM_BYTES) throw new MrtError(`a route of ${bytes} octets fits into no BGP message`);
    if (bytes >= USUAL_BYTES) this.#isExtendedMessage = true;
    let table = this.#tables.get(family);
    if (table === undefined) {
      table = { rib: new AdjRibIn(family, newSeed(), { hasPathIds, isExtendedMessage: true }), hasPathIds };
      this.#tables.set(family, table);
      this.#families.set(family, hasPathIds);
      this.#isFourOctetAs = true;
    } else if (table.hasPathIds !== hasPathIds) {
      throw new MrtError(`${this.identity.address} has ${family.name} routes with Path Identifiers and without`);
    }
    table.rib.announce(nlri, attributes, nextHop);
  }

  /** Notes what a recorded UPDATE shows of its session; what was there first counts. */
  learn({ pdu, isFourOctetAs, hasPathIds }: RecordedMessage): void {
    this.#isFourOctetAs ??= isFourOctetAs;
    if (pdu.length > MAX_MESSAGE_BYTES) this.#isExtendedMessage = true;
    for (const family of updateFamilies(pdu)) if (!this.#families.has(family)) this.#families.set(family, hasPathIds);
  }

  /** Whether an UPDATE must be of another session than the one that is up. */
  isOfAnotherSession({ pdu, isFourOctetAs, hasPathIds }: RecordedMessage): boolean {
    const peer = this.established;
    if (peer === undefined) return false;
    if (peer.isFourOctetAs !== isFourOctetAs) return true;
    return updateFamilies(pdu).some(
      (family) => peer.families.includes(family) && peer.pathIdFamilies.includes(family) !== hasPathIds,
    );
  }

  /** From now on sessions are as this UPDATE says. */
  learnAnew({ pdu, isFourOctetAs, hasPathIds }: RecordedMessage): void {
    this.#isFourOctetAs = isFourOctetAs;
    for (const family of updateFamilies(pdu)) this.#families.set(family, hasPathIds);
  }

  /** Its session is up. @param establishedAt ms since the epoch */
  establish(establishedAt: number): RibPeer {
    const open = decodedOpen(this.receivedOpen);
    this.#isFromOpen = open !== undefined;
    const isFourOctetAs = this.#isFourOctetAs ?? true;
    const families = this.#familiesOf(open);
    const pathIdFamilies = families.filter((family) => this.#families.get(family) === true);
    const { address, as, distinguisher, description } = this.identity;
    const remoteBgpId = open?.bgpId ?? (this.bgpId || bgpIdFrom(address));
    const implied = impliedOpens({
      remoteAs: as,
      remoteBgpId,
      localAs: this.localAs,
      localBgpId: this.localBgpId || 1,
      isFourOctetAs,
      isExtendedMessage: this.#isExtendedMessage,
      families,
      pathIdFamilies,
      hasEndOfRib: this.isLoaded,
    });
    const receivedOpen = open === undefined ? implied.received : (this.receivedOpen as Uint8Array);
    const capabilities: readonly Capability[] = open?.capabilities ?? decodeOpen(implied.received).capabilities;
    const facts = {
      peerType: "local" as const,
      distinguisher,
      address,
      remoteAs: as,
      remoteBgpId,
      localAddress: this.localAddress ?? (address.includes(":") ? "::" : "0.0.0.0"),
      localPort: 0,
      remotePort: 0,
      sentOpen: decodedOpen(this.sentOpen) === undefined ? implied.sent : (this.sentOpen as Uint8Array),
      receivedOpen,
      establishedAt,
      isFourOctetAs,
      isExtendedMessage: this.#isExtendedMessage,
      families,
      ribs: ["adj-rib-in-pre"] as const,
      pathIdFamilies,
      labels: () => ({ description, adminLabels: [] }),
    };
    this.established = new RibPeer(facts, { as, capabilities }, undefined, newSeed());
    return this.established;
  }

  /** The End-of-RIB markers to infer from a KEEPALIVE. */
  inferEndOfRib(): readonly Uint8Array[] {
    return this.#isFromOpen ? (this.established?.inferEndOfRib() ?? []) : [];
  }

  /** The loaded tables, which are not kept any longer. */
  takeTables(): readonly (readonly [AddressFamily, AdjRibIn])[] {
    const tables = ADDRESS_FAMILIES.flatMap((family) => {
      const table = this.#tables.get(family);
      return table === undefined ? [] : [[family, table.rib] as const];
    });
    this.#tables.clear();
    return tables;
  }

  #familiesOf(open: Open | undefined): readonly AddressFamily[] {
    if (open !== undefined) return announcedFamilies(open.capabilities);
    if (this.#families.size === 0) return [IPV4_UNICAST];
    return ADDRESS_FAMILIES.filter((family) => this.#families.has(family));
  }

  #sum(of: (table: LoadedTable) => number): number {
    let sum = 0;
    for (const table of this.#tables.values()) sum += of(table);
    return sum;
  }
}

/** An OPEN that the file has, unless no session can have come of it. */
function decodedOpen(pdu: Uint8Array | undefined): Open | undefined {
  try {
    return pdu && decodeOpen(pdu);
  } catch (error) {
    if (error instanceof BgpError) return undefined;
    throw error;
  }
}

const newSeed = (): number => Math.floor(Math.random() * 2 ** 32);

/** What is most likely the BGP Identifier of an IPv4 peer; for others a number, for there must be one. */
const bgpIdFrom = (address: string): number => (address.includes(":") ? 1 : bgpIdOf(address) || 1);
