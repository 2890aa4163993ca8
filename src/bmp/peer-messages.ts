import type { AddressFamily } from "../bgp/address-family.ts";
import type { EstablishedPeer, PeerDownReason } from "../bgp/route-source.ts";
import { MessageType, MirroringCode, PeerType, StatisticsType } from "./codec/iana.ts";
import { encodePeerDown } from "./codec/peer-down.ts";
import { encodePeerUp } from "./codec/peer-up.ts";
import type { PerPeerHeader } from "./codec/per-peer-header.ts";
import { encodeRouteMirroring } from "./codec/route-mirroring.ts";
import { encodeRouteMonitoringHeader } from "./codec/route-monitoring.ts";
import { encodeStatisticsReport } from "./codec/statistics-report.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";

const MICROSECONDS_PER_MS = 1000;
/** RFC 7854 section 4.2: the time is not known. */
const UNKNOWN = 0;

/** What BMP says about one EstablishedPeer. Routes are the Adj-RIB-In before policy; times are ms since the epoch. */
export class PeerMessages {
  readonly #peer: EstablishedPeer;
  readonly #routeHeader: Uint8Array;

  constructor(peer: EstablishedPeer) {
    this.#peer = peer;
    this.#routeHeader = encodeRouteMonitoringHeader(this.#header(UNKNOWN));
  }

  peerUp(): OutgoingMessage {
    const { localAddress, localPort, remotePort, sentOpen, receivedOpen, establishedAt } = this.#peer;
    const { description, adminLabels } = this.#peer.labels();
    const bytes = encodePeerUp({
      kind: "peer-up",
      peer: this.#header(establishedAt),
      localAddress,
      localPort,
      remotePort,
      sentOpen,
      receivedOpen,
      strings: description === undefined ? [] : [description],
      adminLabels,
    });
    return { kind: "encoded", type: MessageType.peerUp, bytes };
  }

  peerDown(reason: PeerDownReason, now: number): OutgoingMessage {
    const bytes = encodePeerDown({ kind: "peer-down", peer: this.#header(now), reason });
    return { kind: "encoded", type: MessageType.peerDown, bytes };
  }

  /** An UPDATE that was just received. */
  liveRoute(update: Uint8Array, receivedAt: number): OutgoingMessage {
    return { kind: "route", header: this.#routeHeader, timestampUs: microseconds(receivedAt), update };
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

  /** An UPDATE made from the table, whose routes came at times that nobody kept. */
  dumpedRoute(update: Uint8Array): OutgoingMessage {
    return { kind: "route", header: this.#routeHeader, timestampUs: UNKNOWN, update };
  }

  statisticsReport(now: number, isStale: () => boolean): OutgoingMessage {
    const statistics = this.#peer.statistics();
    const bytes = encodeStatisticsReport({
      kind: "statistics-report",
      peer: this.#header(now),
      statistics: [
        counter(StatisticsType.duplicateAnnouncements, statistics.duplicateAnnouncements),
        counter(StatisticsType.duplicateWithdrawals, statistics.duplicateWithdrawals),
        counter(StatisticsType.asPathLoops, statistics.asPathLoops),
        counter(StatisticsType.originatorIdLoops, statistics.originatorIdLoops),
        { kind: "gauge", type: StatisticsType.adjRibInRoutes, value: statistics.adjRibInRoutes },
        ...statistics.adjRibInByFamily.map(({ family, routes }) => familyGauge(family, routes)),
        counter(StatisticsType.treatedAsWithdraw, statistics.treatedAsWithdraw),
        counter(StatisticsType.prefixesTreatedAsWithdraw, statistics.prefixesTreatedAsWithdraw),
        counter(StatisticsType.duplicateUpdates, statistics.duplicateUpdates),
      ],
    });
    return { kind: "encoded", type: MessageType.statisticsReport, bytes, isStale };
  }

  #header(time: number): PerPeerHeader {
    return {
      peerType: PeerType.globalInstance,
      isPostPolicy: false,
      isLegacyAsPath: !this.#peer.isFourOctetAs,
      distinguisher: 0n,
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

function counter(type: number, value: number) {
  return { kind: "counter", type, value } as const;
}

function familyGauge({ afi, safi }: AddressFamily, value: number) {
  return { kind: "family-gauge", type: StatisticsType.adjRibInRoutesByFamily, afi, safi, value } as const;
}
