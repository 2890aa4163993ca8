import type { AddressFamily } from "../bgp/address-family.ts";
import type { EstablishedPeer, PeerDownReason } from "../bgp/route-source.ts";
import { PeerType, StatisticsType } from "./codec/iana.ts";
import { encodePeerDown } from "./codec/peer-down.ts";
import { encodePeerUp } from "./codec/peer-up.ts";
import { encodePerPeerHeader, type PerPeerHeader } from "./codec/per-peer-header.ts";
import { encodeRouteMonitoringHeader } from "./codec/route-monitoring.ts";
import { encodeStatisticsReport } from "./codec/statistics-report.ts";

const MICROSECONDS_PER_MS = 1000;
/** RFC 7854 section 4.2: the time is not known. */
const UNKNOWN = 0;

/** What BMP says about one EstablishedPeer. Routes are the Adj-RIB-In before policy; times are ms since the epoch. */
export class PeerMessages {
  readonly #peer: EstablishedPeer;
  readonly #encodedHeader: Uint8Array;

  constructor(peer: EstablishedPeer) {
    this.#peer = peer;
    this.#encodedHeader = encodePerPeerHeader(this.#header(UNKNOWN));
  }

  peerUp(): Uint8Array {
    const { localAddress, localPort, remotePort, sentOpen, receivedOpen, establishedAt } = this.#peer;
    return encodePeerUp({
      kind: "peer-up",
      peer: this.#header(establishedAt),
      localAddress,
      localPort,
      remotePort,
      sentOpen,
      receivedOpen,
      strings: [],
    });
  }

  peerDown(reason: PeerDownReason, now: number): Uint8Array {
    return encodePeerDown({ kind: "peer-down", peer: this.#header(now), reason });
  }

  /** What precedes an UPDATE that was just received. */
  liveRouteHeader(update: Uint8Array, receivedAt: number): Uint8Array {
    return encodeRouteMonitoringHeader(this.#encodedHeader, microseconds(receivedAt), update.length);
  }

  /** What precedes an UPDATE made from the table, whose routes came at times that nobody kept. */
  dumpedRouteHeader(update: Uint8Array): Uint8Array {
    return encodeRouteMonitoringHeader(this.#encodedHeader, UNKNOWN, update.length);
  }

  statisticsReport(now: number): Uint8Array {
    const statistics = this.#peer.statistics();
    return encodeStatisticsReport({
      kind: "statistics-report",
      peer: this.#header(now),
      statistics: [
        counter(StatisticsType.duplicateAnnouncements, statistics.duplicateAnnouncements),
        counter(StatisticsType.duplicateWithdrawals, statistics.duplicateWithdrawals),
        { kind: "gauge", type: StatisticsType.adjRibInRoutes, value: statistics.adjRibInRoutes },
        ...statistics.adjRibInByFamily.map(({ family, routes }) => familyGauge(family, routes)),
        counter(StatisticsType.treatedAsWithdraw, statistics.treatedAsWithdraw),
      ],
    });
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
