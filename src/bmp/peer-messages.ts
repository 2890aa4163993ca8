import type {
  EstablishedPeer,
  PeerDownReason,
  PeerStatistics,
  PeerType,
  RibName,
  RouteCounts,
} from "../bgp/route-source.ts";
import { PeerType as HeaderPeerType, MessageType, MirroringCode, StatisticsType } from "./codec/iana.ts";
import { encodePeerDown } from "./codec/peer-down.ts";
import { encodePeerUp } from "./codec/peer-up.ts";
import type { PerPeerHeader } from "./codec/per-peer-header.ts";
import { encodeRouteMirroring } from "./codec/route-mirroring.ts";
import { encodeRouteMonitoringHeader } from "./codec/route-monitoring.ts";
import { encodeStatisticsReport, type Statistic } from "./codec/statistics-report.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

const MICROSECONDS_PER_MS = 1000;
/** RFC 7854 section 4.2: the time is not known. */
const UNKNOWN = 0;

const PEER_TYPES: Readonly<Record<PeerType, number>> = {
  global: HeaderPeerType.globalInstance,
  "route-distinguisher": HeaderPeerType.rdInstance,
  local: HeaderPeerType.localInstance,
  "loc-rib": HeaderPeerType.locRib,
};
/** What tells the RIBs of a peer apart: the O and the L flag. */
const RIB_FLAGS: Readonly<Record<RibName, Pick<PerPeerHeader, "isAdjRibOut" | "isPostPolicy">>> = {
  "adj-rib-in-pre": { isAdjRibOut: false, isPostPolicy: false },
  "adj-rib-in-post": { isAdjRibOut: false, isPostPolicy: true },
  "adj-rib-out-pre": { isAdjRibOut: true, isPostPolicy: false },
  "adj-rib-out-post": { isAdjRibOut: true, isPostPolicy: true },
  "loc-rib": { isAdjRibOut: false, isPostPolicy: false },
};
/** Peer Up, Peer Down and Statistics Report are about the peer, whatever its RIBs (RFC 8671 section 6). */
const NO_RIB: RibName = "adj-rib-in-pre";

/** What BMP says about one EstablishedPeer. Times are ms since the epoch. */
export class PeerMessages {
  readonly #peer: EstablishedPeer;
  readonly #isFiltered: boolean;
  /** Made when the first UPDATE of the RIB is told: which RIBs there are, and how AS_PATH is written, shows then. */
  readonly #routeHeaders = new Map<RibName, Uint8Array>();

  /** `isFiltered`: of what there is, not all is told (RFC 9069's F flag). */
  constructor(peer: EstablishedPeer, isFiltered = false) {
    this.#peer = peer;
    this.#isFiltered = isFiltered;
  }

  peerUp(): OutgoingMessage {
    const { reported } = this.#peer;
    return { kind: "encoded", type: MessageType.peerUp, bytes: reported?.peerUp ?? this.#ownPeerUp() };
  }

  #ownPeerUp(): Uint8Array {
    const { localAddress, localPort, remotePort, sentOpen, receivedOpen, establishedAt, tableName } = this.#peer;
    const { description, adminLabels } = this.#peer.labels();
    return encodePeerUp({
      kind: "peer-up",
      peer: this.#header(establishedAt),
      localAddress,
      localPort,
      remotePort,
      sentOpen,
      receivedOpen,
      strings: description === undefined ? [] : [description],
      ...(tableName === undefined ? {} : { tableName }),
      adminLabels,
    });
  }

  peerDown(reason: PeerDownReason, now: number): OutgoingMessage {
    const { tableName, reported } = this.#peer;
    const bytes =
      reported?.peerDown ??
      encodePeerDown({
        kind: "peer-down",
        peer: this.#header(now),
        reason,
        ...(tableName === undefined ? {} : { tableName }),
      });
    return { kind: "encoded", type: MessageType.peerDown, bytes };
  }

  /** An UPDATE that has just changed `rib`. */
  liveRoute(rib: RibName, update: Uint8Array, receivedAt: number): OutgoingMessage {
    return { kind: "route", header: this.#routeHeader(rib), timestampUs: microseconds(receivedAt), update };
  }

  /** A BGP message that was just received. */
  mirrored(message: Uint8Array, receivedAt: number, isErrored: boolean): OutgoingMessage {
    const bytes = encodeRouteMirroring({
      kind: "route-mirroring",
      peer: this.#header(receivedAt),
      information: isErrored ? [MirroringCode.erroredPdu] : [],
      message,
    });
    return { kind: "encoded", type: MessageType.routeMirroring, bytes };
  }

  /** An UPDATE made from the table of `rib`, whose routes came at times that nobody kept. */
  dumpedRoute(rib: RibName, update: Uint8Array): OutgoingMessage {
    return { kind: "route", header: this.#routeHeader(rib), timestampUs: UNKNOWN, update };
  }

  statisticsReport(statistics: PeerStatistics, now: number, isStale: () => boolean): OutgoingMessage {
    const bytes = encodeStatisticsReport({
      kind: "statistics-report",
      peer: this.#header(now),
      statistics: this.#peer.peerType === "loc-rib" ? locRibStatistics(statistics) : peerStatistics(statistics),
    });
    return { kind: "encoded", type: MessageType.statisticsReport, bytes, isStale };
  }

  #routeHeader(rib: RibName): Uint8Array {
    let header = this.#routeHeaders.get(rib);
    if (header === undefined) {
      header = encodeRouteMonitoringHeader(this.#header(UNKNOWN, rib));
      this.#routeHeaders.set(rib, header);
    }
    return header;
  }

  #header(time: number, rib = NO_RIB): PerPeerHeader {
    return {
      peerType: PEER_TYPES[this.#peer.peerType],
      ...RIB_FLAGS[rib],
      isLegacyAsPath: !this.#peer.isFourOctetAs,
      isFiltered: this.#isFiltered || (this.#peer.isFiltered ?? false),
      distinguisher: this.#peer.distinguisher,
      address: this.#peer.address,
      as: this.#peer.remoteAs,
      bgpId: this.#peer.remoteBgpId,
      timestampUs: microseconds(time),
    };
  }
}

function microseconds(ms: number): number {
  return Math.round(ms * MICROSECONDS_PER_MS);
}

function peerStatistics(counted: PeerStatistics): Statistic[] {
  const { clusterListLoops, postPolicyAdjRibIn: postPolicy } = counted;
  return [
    counter(StatisticsType.duplicateAnnouncements, counted.duplicateAnnouncements),
    counter(StatisticsType.duplicateWithdrawals, counted.duplicateWithdrawals),
    ...(clusterListLoops === undefined ? [] : [counter(StatisticsType.clusterListLoops, clusterListLoops)]),
    counter(StatisticsType.asPathLoops, counted.asPathLoops),
    counter(StatisticsType.originatorIdLoops, counted.originatorIdLoops),
    ...gauges(StatisticsType.adjRibInRoutes, StatisticsType.adjRibInRoutesByFamily, adjRibIn(counted)),
    counter(StatisticsType.treatedAsWithdraw, counted.treatedAsWithdraw),
    counter(StatisticsType.prefixesTreatedAsWithdraw, counted.prefixesTreatedAsWithdraw),
    counter(StatisticsType.duplicateUpdates, counted.duplicateUpdates),
    ...(postPolicy === undefined
      ? []
      : gauges(StatisticsType.postPolicyAdjRibInRoutes, StatisticsType.postPolicyAdjRibInRoutesByFamily, postPolicy)),
  ];
}

function adjRibIn({ adjRibInRoutes, adjRibInByFamily }: PeerStatistics): RouteCounts {
  return { routes: adjRibInRoutes, byFamily: adjRibInByFamily };
}

/** RFC 9069 section 5.6. */
function locRibStatistics(counted: PeerStatistics): Statistic[] {
  return gauges(StatisticsType.locRibRoutes, StatisticsType.locRibRoutesByFamily, adjRibIn(counted));
}

function counter(type: number, value: number): Statistic {
  return { kind: "counter", type, value };
}

/** Routes in all and by family. */
function gauges(type: number, typeByFamily: number, { routes: all, byFamily }: RouteCounts): Statistic[] {
  return [
    { kind: "gauge", type, value: all },
    ...byFamily.map(
      ({ family: { afi, safi }, routes }): Statistic => ({
        kind: "family-gauge",
        type: typeByFamily,
        afi,
        safi,
        value: routes,
      }),
    ),
  ];
}
