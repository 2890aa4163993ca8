import ipaddr from "ipaddr.js";
import { ADDRESS_FAMILIES, type AddressFamily } from "./address-family.ts";
import { type CandidateOrigin, CandidateSource } from "./candidate-source.ts";
import type { Clock } from "./clock.ts";
import { EXTENDED_MESSAGE, fourOctetAs, multiprotocol } from "./codec/capability.ts";
import { encodeOpen } from "./codec/open.ts";
import { encodeEndOfRib } from "./codec/update.ts";
import type { LocRibConfig } from "./config.ts";
import type { RibPeer } from "./established-peer.ts";
import { LocRibTable } from "./loc-rib-table.ts";
import type { EstablishedPeer, PeerLabels, PeerStatistics, RibName, RouteDump, RouteObserver } from "./route-source.ts";
import type { RunQueue, SlicedTask } from "./run-queue.ts";

export interface LocRibEnvironment {
  readonly clock: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random: () => number;
  readonly queue: RunQueue;
  readonly observer: RouteObserver;
  /** See `BgpLimits.locRibSliceRoutes`. */
  readonly sliceRoutes: number;
}

/** Us: `bgpId` has 32 bits. */
export interface LocalSpeaker {
  readonly as: number;
  readonly bgpId: number;
}

/** The routes of a source that are still to be offered, or taken back: those from `next` on, below `end`. */
interface Walk {
  readonly source: CandidateSource;
  next: number;
  readonly end: number;
}

const UNSPECIFIED = "0.0.0.0";
const NO_LABELS: PeerLabels = { adminLabels: [] };

/**
 * The Loc-RIB of the public network: the best of all routes that its neighbours have announced (RFC 4271 section 9.1),
 * told as the routes of a peer, which RFC 9069 makes of it. What takes long is done in slices: the selection, the
 * routes that were there before, and those of a neighbour that is gone, which are no candidates at once, but leave
 * the Loc-RIB one after the other.
 */
export class LocRib implements EstablishedPeer, SlicedTask {
  readonly peerType = "loc-rib";
  readonly distinguisher = 0n;
  readonly address = UNSPECIFIED;
  readonly remoteAs: number;
  readonly remoteBgpId: number;
  readonly localAddress = UNSPECIFIED;
  readonly localPort = 0;
  readonly remotePort = 0;
  readonly sentOpen: Uint8Array;
  readonly receivedOpen: Uint8Array;
  readonly establishedAt: number;
  readonly isFourOctetAs = true;
  readonly families: readonly AddressFamily[];
  readonly ribs: readonly RibName[] = ["loc-rib"];
  readonly tableName: string;
  readonly isFiltered = false;
  readonly labels = (): PeerLabels => NO_LABELS;
  readonly #local: LocalSpeaker;
  readonly #environment: LocRibEnvironment;
  readonly #tables: ReadonlyMap<AddressFamily, LocRibTable>;
  /** The same, those first that had their turn longest ago. */
  readonly #inTurn: LocRibTable[];
  /** By index. */
  readonly #sources = new Map<number, CandidateSource>();
  readonly #sourcesOf = new Map<RibPeer, readonly CandidateSource[]>();
  /** Ever made. */
  #sourceCount = 0;
  readonly #offers = new Map<CandidateSource, Walk>();
  readonly #retractions = new Map<CandidateSource, Walk>();
  /** Candidates looked at beyond what the slices so far were allowed. */
  #debt = 0;
  #isWhole = false;

  constructor(config: LocRibConfig, local: LocalSpeaker, environment: LocRibEnvironment) {
    this.#local = local;
    this.#environment = environment;
    this.tableName = config.tableName;
    this.remoteAs = local.as;
    this.remoteBgpId = local.bgpId;
    this.families = ADDRESS_FAMILIES.filter(({ name }) => config.families.includes(name));
    this.establishedAt = environment.clock.now();
    this.sentOpen = fabricatedOpen(local, this.families);
    this.receivedOpen = this.sentOpen;
    const seed = Math.floor(environment.random() * 2 ** 32);
    const user = { tell: (pdu: Uint8Array) => this.#tell(pdu), wait: () => environment.queue.add(this) };
    this.#tables = new Map(this.families.map((family) => [family, new LocRibTable(family, this.#sources, seed, user)]));
    this.#inTurn = [...this.#tables.values()];
  }

  /** Tells the observer that there is a Loc-RIB now, made of what these neighbours have announced and will. */
  open(peers: Iterable<RibPeer>): void {
    this.#environment.observer.peerUp(this);
    for (const peer of peers) this.addPeer(peer);
    this.#environment.queue.add(this);
  }

  /** Ends it; nothing is told any more. */
  close(): void {
    this.#environment.queue.delete(this);
    for (const { rib } of this.#sources.values()) rib.watcher = undefined;
    this.#environment.observer.peerDown(this, { kind: "local-system-closed" });
  }

  /** A session with a neighbour is established. Those of VPN instances have routes of other tables. */
  addPeer(peer: RibPeer): void {
    if (peer.peerType !== "global") return;
    const origin = originOf(peer, this.#local);
    const sources: CandidateSource[] = [];
    for (const [family, table] of this.#tables) {
      const rib = peer.rib(family);
      if (rib === undefined) continue;
      const source = new CandidateSource(this.#sourceCount++, rib, origin, table);
      sources.push(source);
      this.#sources.set(source.index, source);
      rib.watcher = source;
      if (rib.size > 0) this.#offers.set(source, { source, next: 0, end: rib.routes.end });
    }
    this.#sourcesOf.set(peer, sources);
  }

  /** The session is over: its routes are out of the running. */
  removePeer(peer: RibPeer): void {
    for (const source of this.#sourcesOf.get(peer) ?? []) {
      source.isAlive = false;
      source.rib.watcher = undefined;
      this.#offers.delete(source);
      this.#retractions.set(source, { source, next: 0, end: source.rib.routes.end });
    }
    this.#sourcesOf.delete(peer);
    this.#environment.queue.add(this);
  }

  /** Of the counters none is about a Loc-RIB; its routes are counted as those of an Adj-RIB-In are. */
  statistics(): PeerStatistics {
    const byFamily = [...this.#tables].map(([family, table]) => ({ family, routes: table.size }));
    return {
      duplicateAnnouncements: 0,
      duplicateWithdrawals: 0,
      asPathLoops: 0,
      originatorIdLoops: 0,
      treatedAsWithdraw: 0,
      prefixesTreatedAsWithdraw: 0,
      duplicateUpdates: 0,
      adjRibInRoutes: byFamily.reduce((sum, { routes }) => sum + routes, 0),
      adjRibInByFamily: byFamily,
    };
  }

  /** Whether all that was there when the Loc-RIB was made has been looked at. */
  isEndOfRib(): boolean {
    return this.#isWhole;
  }

  dump(family: AddressFamily): RouteDump {
    const table = this.#tables.get(family);
    if (table === undefined) throw new Error(`there is no Loc-RIB of ${family.name}`);
    return table.dump();
  }

  runSlice(): boolean {
    const { sliceRoutes } = this.#environment;
    this.#walk(this.#offers, sliceRoutes, (source, route) => source.offer(route));
    this.#walk(this.#retractions, sliceRoutes, (source, route) => source.retract(route));
    this.#select(sliceRoutes);
    for (const table of this.#tables.values()) table.flush();
    const isBusy = this.#isBusy;
    if (!isBusy && !this.#isWhole) this.#finish();
    return isBusy;
  }

  get #isBusy(): boolean {
    if (this.#offers.size + this.#retractions.size > 0) return true;
    for (const table of this.#tables.values()) if (table.isWaiting) return true;
    return false;
  }

  #walk(
    walks: Map<CandidateSource, Walk>,
    routes: number,
    visit: (source: CandidateSource, route: number) => void,
  ): void {
    let left = routes;
    for (const walk of walks.values()) {
      for (; left > 0 && walk.next < walk.end; left--) visit(walk.source, walk.next++);
      if (walk.next < walk.end) return;
      walks.delete(walk.source);
      if (!walk.source.isAlive) this.#sources.delete(walk.source.index);
    }
  }

  /** A destination with more candidates than a slice may look at is paid for by slices in which none is. */
  #select(candidates: number): void {
    this.#debt -= candidates;
    // Another one comes first each time: a family that changes all the time must not keep the others waiting.
    this.#inTurn.push(...this.#inTurn.splice(0, 1));
    for (const table of this.#inTurn) {
      while (this.#debt < 0 && table.isWaiting) this.#debt += 1 + table.select();
    }
    // What was not used is not saved.
    this.#debt = Math.max(this.#debt, 0);
  }

  #finish(): void {
    this.#isWhole = true;
    for (const family of this.families) this.#tell(encodeEndOfRib(family));
  }

  #tell(pdu: Uint8Array): void {
    this.#environment.observer.update(this, "loc-rib", pdu, this.#environment.clock.now());
  }
}

/** What a session would have said that brings what is told (RFC 9069 section 5.2). */
function fabricatedOpen({ as, bgpId }: LocalSpeaker, families: readonly AddressFamily[]): Uint8Array {
  const capabilities = [...families.map(multiprotocol), EXTENDED_MESSAGE, fourOctetAs(as)];
  return encodeOpen({ as, holdTimeS: 0, bgpId, capabilities });
}

function originOf(peer: RibPeer, local: LocalSpeaker): CandidateOrigin {
  const octets = ipaddr.parse(peer.address).toByteArray();
  return {
    isExternal: peer.remoteAs !== local.as,
    as: peer.remoteAs,
    localAs: local.as,
    isFourOctetAs: peer.isFourOctetAs,
    bgpId: peer.remoteBgpId,
    // IPv4 before IPv6.
    addressRank: `${octets.length === 4 ? 4 : 6}:${Buffer.from(octets).toString("hex")}`,
  };
}
