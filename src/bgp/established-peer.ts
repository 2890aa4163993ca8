import { ADDRESS_FAMILIES, type AddressFamily, type FamilyName, IPV4_UNICAST } from "./address-family.ts";
import { AdjRibIn } from "./adj-rib-in.ts";
import type { AttributeContext } from "./codec/attribute-rules.ts";
import { announcedGracefulRestart } from "./codec/capability.ts";
import { concatOctets } from "./codec/octets.ts";
import type { Open } from "./codec/open.ts";
import { encodeEndOfRib, encodeMpReach, encodeMpUnreach, encodeUpdate, encodeWithdrawal } from "./codec/update.ts";
import { type Update, UpdateDecoder } from "./codec/update-decoder.ts";
import { addressOctets, isNextHop } from "./next-hop.ts";
import type {
  EstablishedPeer,
  PeerLabels,
  PeerStatistics,
  PeerType,
  RibName,
  RouteCounts,
  RouteDump,
} from "./route-source.ts";

/** What is known when a session becomes Established. */
export interface SessionFacts extends Omit<EstablishedPeer, "statistics" | "isEndOfRib" | "dump"> {
  /** Messages may have more than 4096 octets (RFC 8654). */
  readonly isExtendedMessage: boolean;
  /** Families whose routes have Path Identifiers (RFC 7911). */
  readonly pathIdFamilies: readonly AddressFamily[];
  /** Routes of IPv4 may have the next hops of IPv6 (RFC 8950). */
  readonly hasIpv6NextHops?: boolean;
}

const EMPTY = new Uint8Array(0);
const NO_UPDATES: readonly Uint8Array[] = [];
const END = { done: true, value: undefined } as const;
/** The walk through a table that is not there. */
export const NO_ROUTES: RouteDump = {
  [Symbol.iterator]: () => NO_ROUTES,
  next: () => END,
  return: () => END,
  fork: () => NO_ROUTES,
};

/** Which of the routes that an UPDATE announces may be used. */
interface Usability {
  /** Those of the NLRI field. */
  readonly isClassic: boolean;
  /** Those of MP_REACH_NLRI. */
  readonly isMultiprotocol: boolean;
}

const ALL_USABLE: Usability = { isClassic: true, isMultiprotocol: true };
const NONE_USABLE: Usability = { isClassic: false, isMultiprotocol: false };

/** An Established session's routes: valid UPDATEs in, the same or equivalent ones out for the observer. */
export class RibPeer implements EstablishedPeer {
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
  readonly isFourOctetAs: boolean;
  readonly families: readonly AddressFamily[];
  readonly ribs: readonly RibName[];
  readonly onDemandRibs: readonly RibName[];
  readonly labels: () => PeerLabels;
  readonly pathIdFamilies: readonly AddressFamily[];
  readonly #seed: number;
  readonly #isExtendedMessage: boolean;
  readonly #hasPostPolicy: boolean;
  /** By position in `ADDRESS_FAMILIES`; made when it is needed: of a family that nobody uses there is none. */
  readonly #ribByFamily: (AdjRibIn | undefined)[] = [];
  readonly #ribs: AdjRibIn[] = [];
  readonly #decoder: UpdateDecoder;
  /** Octets of `localAddress`. */
  readonly #ownAddress: Uint8Array;
  #postPolicyUpdates = NO_UPDATES;
  readonly #endOfRib = new Set<AddressFamily>();
  readonly #sendsEndOfRib: boolean;
  #isLastErrored = false;
  #asPathLoops = 0;
  #originatorIdLoops = 0;
  #clusterListLoops = 0;
  #treatedAsWithdraw = 0;
  #prefixesTreatedAsWithdraw = 0;
  /** Of these, those that were not there: nobody has withdrawn them. */
  #absentTreatedAsWithdraw = 0;
  #duplicateUpdates = 0;

  /**
   * @param open the neighbour's
   * @param local us; undefined: the session is another router's, whose to decide was which attributes the neighbour may
   *   send, and which routes have come back
   * @param seed 32 random bits
   */
  constructor(
    facts: SessionFacts,
    open: Pick<Open, "as" | "capabilities">,
    local: AttributeContext["local"],
    seed: number,
  ) {
    this.peerType = facts.peerType;
    this.distinguisher = facts.distinguisher;
    this.address = facts.address;
    this.remoteAs = facts.remoteAs;
    this.remoteBgpId = facts.remoteBgpId;
    this.localAddress = facts.localAddress;
    this.localPort = facts.localPort;
    this.remotePort = facts.remotePort;
    this.sentOpen = facts.sentOpen;
    this.receivedOpen = facts.receivedOpen;
    this.establishedAt = facts.establishedAt;
    this.isFourOctetAs = facts.isFourOctetAs;
    this.families = facts.families;
    this.ribs = facts.ribs;
    this.onDemandRibs = facts.onDemandRibs ?? [];
    this.#hasPostPolicy = this.onDemandRibs.includes("adj-rib-in-post");
    this.pathIdFamilies = facts.pathIdFamilies;
    this.labels = facts.labels;
    const { isFourOctetAs, isExtendedMessage } = facts;
    this.#seed = seed;
    this.#isExtendedMessage = isExtendedMessage;
    this.#ownAddress = addressOctets(facts.localAddress);
    const isExternal = local !== undefined && open.as !== local.as;
    this.#decoder = new UpdateDecoder({ isFourOctetAs, isExternal, ...(local && { local }) }, facts);
    this.#sendsEndOfRib = announcedGracefulRestart(open.capabilities) !== "none";
  }

  /** Routes of all families. */
  get routes(): number {
    return this.#ribs.reduce((sum, rib) => sum + rib.size, 0);
  }

  /** Routes of one family; 0 if it was not negotiated. */
  routesIn(family: FamilyName): number {
    return this.#ribByFamily[ADDRESS_FAMILIES.findIndex(({ name }) => name === family)]?.size ?? 0;
  }

  /** The Adj-RIB-In of a family that was negotiated. */
  rib(family: AddressFamily): AdjRibIn | undefined {
    return this.#rib(family);
  }

  /** Octets of distinct attributes kept. */
  get attributeBytes(): number {
    return this.#ribs.reduce((sum, rib) => sum + rib.attributeBytes, 0);
  }

  /** Octets of memory for NLRI that are no plain prefixes. */
  get nlriMemoryBytes(): number {
    return this.#ribs.reduce((sum, rib) => sum + rib.nlriMemoryBytes, 0);
  }

  /** Whether the UPDATE applied last was treated as a withdrawal. */
  get isLastErrored(): boolean {
    return this.#isLastErrored;
  }

  statistics(): PeerStatistics {
    const ribs = this.#ribs;
    return {
      duplicateAnnouncements: ribs.reduce((sum, rib) => sum + rib.duplicateAnnouncements, 0),
      duplicateWithdrawals:
        ribs.reduce((sum, rib) => sum + rib.duplicateWithdrawals, 0) - this.#absentTreatedAsWithdraw,
      asPathLoops: this.#asPathLoops,
      originatorIdLoops: this.#originatorIdLoops,
      clusterListLoops: this.#clusterListLoops,
      treatedAsWithdraw: this.#treatedAsWithdraw,
      prefixesTreatedAsWithdraw: this.#prefixesTreatedAsWithdraw,
      duplicateUpdates: this.#duplicateUpdates,
      adjRibInRoutes: this.routes,
      adjRibInByFamily: this.#byFamily((rib) => rib.size),
      ...(this.#hasPostPolicy && { postPolicyAdjRibIn: this.#usableRoutes() }),
    };
  }

  #usableRoutes(): RouteCounts {
    return {
      routes: this.#ribs.reduce((sum, rib) => sum + rib.usableSize, 0),
      byFamily: this.#byFamily((rib) => rib.usableSize),
    };
  }

  #byFamily(count: (rib: AdjRibIn) => number): RouteCounts["byFamily"] {
    return this.families.map((family) => {
      const rib = this.#ribByFamily[ADDRESS_FAMILIES.indexOf(family)];
      return { family, routes: rib === undefined ? 0 : count(rib) };
    });
  }

  isEndOfRib(family: AddressFamily): boolean {
    return this.#endOfRib.has(family);
  }

  dump(family: AddressFamily, rib: RibName = "adj-rib-in-pre"): RouteDump {
    if (!this.families.includes(family)) throw new Error(`${family.name} was not negotiated`);
    const onlyUsable = rib === "adj-rib-in-post" && this.#hasPostPolicy;
    return this.#ribByFamily[ADDRESS_FAMILIES.indexOf(family)]?.dump(onlyUsable) ?? NO_ROUTES;
  }

  /**
   * What the UPDATE applied last has done to the Adj-RIB-In after policy. There is none, but routes that must not be
   * used (RFC 4271 section 9.1.2) do not get there: as if they had been withdrawn.
   */
  get postPolicyUpdates(): readonly Uint8Array[] {
    return this.#postPolicyUpdates;
  }

  /**
   * Applies an UPDATE.
   * @returns the UPDATEs that say what was applied: the one received, or what error handling has left of it
   * @throws BgpError nothing was applied and the session must end
   */
  apply(pdu: Uint8Array): readonly Uint8Array[] {
    this.#postPolicyUpdates = NO_UPDATES;
    const update = this.#decoder.decode(pdu);
    // Without a RIB after policy nobody asks.
    const usable = this.#hasPostPolicy ? this.#usable(update) : ALL_USABLE;
    const applied = this.#applyDecoded(pdu, update, usable);
    const isAllUsable = usable.isClassic && usable.isMultiprotocol;
    this.#postPolicyUpdates = isAllUsable ? applied : this.#withdrawUnusable(update, usable);
    return applied;
  }

  #applyDecoded(pdu: Uint8Array, update: Update, usable: Usability): readonly Uint8Array[] {
    this.#isLastErrored = update.treatAsWithdraw !== undefined;
    if (update.endOfRib !== undefined) return this.#markEndOfRib(update.endOfRib) ? [pdu] : [];
    if (update.treatAsWithdraw !== undefined) return this.#treatAsWithdraw(update);

    const { nlri, withdrawn, mpReach, mpUnreach, attributes } = update;
    const classic = this.#rib(IPV4_UNICAST);
    const unreach = this.#rib(mpUnreach?.family);
    const reach = this.#rib(mpReach?.family);
    const changesBefore = changesOf(classic, unreach, reach);
    // Withdrawals first: a prefix in both fields is announced (RFC 4271 section 4.3).
    classic?.withdraw(withdrawn);
    if (mpUnreach !== undefined) unreach?.withdraw(mpUnreach.nlri);
    classic?.announce(nlri, attributes, undefined, usable.isClassic);
    if (mpReach !== undefined) reach?.announce(mpReach.nlri, attributes, mpReach.nextHop, usable.isMultiprotocol);

    const hasPrefixes =
      (classic !== undefined && nlri.length + withdrawn.length > 0) ||
      (unreach !== undefined && mpUnreach !== undefined && mpUnreach.nlri.length > 0) ||
      (reach !== undefined && mpReach !== undefined && mpReach.nlri.length > 0);
    if (hasPrefixes && changesOf(classic, unreach, reach) === changesBefore) this.#duplicateUpdates++;
    if (update.loop === "as-path") this.#asPathLoops++;
    else if (update.loop === "originator-id") this.#originatorIdLoops++;
    else if (update.loop === "cluster-list") this.#clusterListLoops++;

    const isAllApplied =
      (classic !== undefined || nlri.length + withdrawn.length === 0) &&
      (unreach !== undefined || mpUnreach === undefined) &&
      (reach !== undefined || mpReach === undefined);
    if (isAllApplied && update.discarded.length === 0) return [pdu];
    return this.#reencode(update);
  }

  /**
   * The End-of-RIB markers to infer now that a KEEPALIVE has come after the session's first: a neighbour that does
   * not know RFC 4724 marks the end of its table by nothing else.
   */
  inferEndOfRib(): readonly Uint8Array[] {
    if (this.#sendsEndOfRib || this.#endOfRib.size === this.families.length) return [];
    return this.families.filter((family) => this.#markEndOfRib(family, true)).map(encodeEndOfRib);
  }

  /** Undefined: not negotiated. */
  #rib(family: AddressFamily | undefined): AdjRibIn | undefined {
    if (family === undefined) return undefined;
    const position = ADDRESS_FAMILIES.indexOf(family);
    return this.#ribByFamily[position] ?? this.#makeRib(family, position);
  }

  #makeRib(family: AddressFamily, position: number): AdjRibIn | undefined {
    if (!this.families.includes(family)) return undefined;
    const hasPathIds = this.pathIdFamilies.includes(family);
    const rib = new AdjRibIn(family, this.#seed, { hasPathIds, isExtendedMessage: this.#isExtendedMessage });
    this.#ribByFamily[position] = rib;
    this.#ribs.push(rib);
    return rib;
  }

  /** Whether the marker is to be passed on. */
  #markEndOfRib(family: AddressFamily, onlyNew = false): boolean {
    if (!this.families.includes(family)) return false;
    const isNew = !this.#endOfRib.has(family);
    this.#endOfRib.add(family);
    return isNew || !onlyNew;
  }

  /** Whether the routes that an UPDATE announces may be used: those of its NLRI field, and those of MP_REACH_NLRI. */
  #usable({ loop, nextHop, mpReach, treatAsWithdraw }: Update): Usability {
    // Then nothing is announced.
    if (treatAsWithdraw !== undefined) return ALL_USABLE;
    if (loop !== undefined) return NONE_USABLE;
    const own = this.#ownAddress;
    const isClassic = nextHop === undefined || !isNextHop(IPV4_UNICAST, nextHop, own);
    const isMultiprotocol = mpReach?.family === undefined || !isNextHop(mpReach.family, mpReach.nextHop, own);
    return isClassic && isMultiprotocol ? ALL_USABLE : { isClassic, isMultiprotocol };
  }

  #withdrawUnusable(update: Update, { isClassic, isMultiprotocol }: Usability): readonly Uint8Array[] {
    const { nlri, withdrawn, mpReach, attributes } = update;
    const isAnnouncing = (isClassic && nlri.length > 0) || (isMultiprotocol && mpReach !== undefined);
    const rest: Update = {
      ...update,
      nlri: isClassic ? nlri : EMPTY,
      withdrawn: isClassic ? withdrawn : concatOctets([withdrawn, nlri]),
      mpReach: isMultiprotocol ? mpReach : undefined,
      attributes: isAnnouncing ? attributes : EMPTY,
    };
    const pdus = [...this.#reencode(rest)];
    // Behind what MP_UNREACH_NLRI says, which may be of another family.
    if (!isMultiprotocol && mpReach?.family !== undefined && mpReach.nlri.length > 0 && this.#rib(mpReach.family))
      pdus.push(encodeWithdrawal(mpReach.family, mpReach.nlri));
    return pdus;
  }

  /** RFC 7606 section 2: the routes it announces are withdrawn, and so are those it withdraws. */
  #treatAsWithdraw({ nlri, withdrawn, mpReach, mpUnreach }: Update): readonly Uint8Array[] {
    this.#treatedAsWithdraw++;
    const fields = [
      { family: IPV4_UNICAST, withdrawn, announced: nlri },
      { family: mpUnreach?.family, withdrawn: mpUnreach?.nlri ?? EMPTY, announced: EMPTY },
      { family: mpReach?.family, withdrawn: EMPTY, announced: mpReach?.nlri ?? EMPTY },
    ];
    for (const field of fields) this.#rib(field.family)?.withdraw(field.withdrawn);
    const pdus: Uint8Array[] = [];
    for (const { family, withdrawn, announced } of fields) {
      const rib = this.#rib(family);
      if (family === undefined || rib === undefined || withdrawn.length + announced.length === 0) continue;
      this.#withdrawAnnounced(rib, announced);
      pdus.push(encodeWithdrawal(family, concatOctets([withdrawn, announced])));
    }
    return pdus;
  }

  #withdrawAnnounced(rib: AdjRibIn, nlri: Uint8Array): void {
    const { changes, duplicateWithdrawals } = rib;
    rib.withdraw(nlri);
    const absent = rib.duplicateWithdrawals - duplicateWithdrawals;
    this.#prefixesTreatedAsWithdraw += rib.changes - changes + absent;
    this.#absentTreatedAsWithdraw += absent;
  }

  /** The UPDATE less discarded attributes and families not negotiated; nothing if nothing is left. */
  #reencode({ nlri, withdrawn, mpReach, mpUnreach, attributes }: Update): readonly Uint8Array[] {
    const hasClassic = this.#rib(IPV4_UNICAST) !== undefined;
    const multiprotocol: Uint8Array[] = [];
    if (mpReach?.family !== undefined && mpReach.nlri.length > 0 && this.#rib(mpReach.family) !== undefined)
      multiprotocol.push(encodeMpReach(mpReach.family, mpReach.nextHop, mpReach.nlri));
    if (mpUnreach?.family !== undefined && mpUnreach.nlri.length > 0 && this.#rib(mpUnreach.family) !== undefined)
      multiprotocol.push(encodeMpUnreach(mpUnreach.family, mpUnreach.nlri));
    const hasClassicRoutes = hasClassic && nlri.length + withdrawn.length > 0;
    if (!hasClassicRoutes && multiprotocol.length === 0) return [];
    const pdu = encodeUpdate({
      withdrawn: hasClassic ? withdrawn : EMPTY,
      attributes: concatOctets([...multiprotocol, attributes]),
      nlri: hasClassic ? nlri : EMPTY,
    });
    return [pdu];
  }
}

/** Changes of the tables that an UPDATE is about; one that is there twice counts twice. */
function changesOf(...ribs: readonly (AdjRibIn | undefined)[]): number {
  let changes = 0;
  for (const rib of ribs) changes += rib?.changes ?? 0;
  return changes;
}
