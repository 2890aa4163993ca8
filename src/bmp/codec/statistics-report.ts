import { BmpError } from "./bmp-error.ts";
import { encodeMessage } from "./common-header.ts";
import { MessageType, StatisticsType } from "./iana.ts";
import { viewOf } from "./octets.ts";
import {
  decodePerPeerHeader,
  encodePerPeerHeader,
  PER_PEER_HEADER_LENGTH,
  type PerPeerHeader,
} from "./per-peer-header.ts";
import { decodeTlvs, encodeTlvs, type Tlv } from "./tlv.ts";

/** One statistic: a 32-bit counter, a 64-bit gauge, or a 64-bit gauge of one address family. */
export type Statistic =
  | { readonly kind: "counter"; readonly type: number; readonly value: number }
  | { readonly kind: "gauge"; readonly type: number; readonly value: number }
  | {
      readonly kind: "family-gauge";
      readonly type: number;
      readonly afi: number;
      readonly safi: number;
      readonly value: number;
    };

/** RFC 7854 section 4.8. */
export interface StatisticsReport {
  readonly kind: "statistics-report";
  readonly peer: PerPeerHeader;
  readonly statistics: readonly Statistic[];
}

const COUNT_LENGTH = 4;
const COUNTER_LENGTH = 4;
const GAUGE_LENGTH = 8;
/** AFI and SAFI before the gauge. */
const FAMILY_LENGTH = 3;

/** Counters are sent modulo 2^32, as a 32-bit counter wraps. */
export function encodeStatisticsReport(message: StatisticsReport): Uint8Array {
  const count = new Uint8Array(COUNT_LENGTH);
  viewOf(count).setUint32(0, message.statistics.length);
  return encodeMessage(
    MessageType.statisticsReport,
    encodePerPeerHeader(message.peer),
    count,
    encodeTlvs(message.statistics.map(encodeStatistic)),
  );
}

function encodeStatistic(statistic: Statistic): Tlv {
  switch (statistic.kind) {
    case "counter": {
      const value = new Uint8Array(COUNTER_LENGTH);
      viewOf(value).setUint32(0, statistic.value);
      return { type: statistic.type, value };
    }
    case "gauge": {
      const value = new Uint8Array(GAUGE_LENGTH);
      viewOf(value).setBigUint64(0, BigInt(statistic.value));
      return { type: statistic.type, value };
    }
    case "family-gauge": {
      const value = new Uint8Array(FAMILY_LENGTH + GAUGE_LENGTH);
      const view = viewOf(value);
      view.setUint16(0, statistic.afi);
      view.setUint8(2, statistic.safi);
      view.setBigUint64(FAMILY_LENGTH, BigInt(statistic.value));
      return { type: statistic.type, value };
    }
  }
}

/** `body` is what follows the common header. Statistics of unknown type are ignored (RFC 7854 section 4.8). */
export function decodeStatisticsReport(body: Uint8Array): StatisticsReport {
  const peer = decodePerPeerHeader(body);
  if (body.length < PER_PEER_HEADER_LENGTH + COUNT_LENGTH) throw new BmpError("Statistics Report without a count");
  const count = viewOf(body).getUint32(PER_PEER_HEADER_LENGTH);
  const tlvs = decodeTlvs(body.subarray(PER_PEER_HEADER_LENGTH + COUNT_LENGTH));
  if (tlvs.length !== count) throw new BmpError(`${tlvs.length} of ${count} statistics`);
  return { kind: "statistics-report", peer, statistics: tlvs.flatMap(decodeStatistic) };
}

function decodeStatistic({ type, value }: Tlv): Statistic[] {
  const view = viewOf(value);
  switch (type) {
    case StatisticsType.duplicateAnnouncements:
    case StatisticsType.duplicateWithdrawals:
    case StatisticsType.clusterListLoops:
    case StatisticsType.asPathLoops:
    case StatisticsType.originatorIdLoops:
    case StatisticsType.treatedAsWithdraw:
    case StatisticsType.prefixesTreatedAsWithdraw:
    case StatisticsType.duplicateUpdates:
      requireLength(type, value, COUNTER_LENGTH);
      return [{ kind: "counter", type, value: view.getUint32(0) }];
    case StatisticsType.adjRibInRoutes:
    case StatisticsType.locRibRoutes:
    case StatisticsType.postPolicyAdjRibInRoutes:
      requireLength(type, value, GAUGE_LENGTH);
      return [{ kind: "gauge", type, value: Number(view.getBigUint64(0)) }];
    case StatisticsType.adjRibInRoutesByFamily:
    case StatisticsType.locRibRoutesByFamily:
    case StatisticsType.postPolicyAdjRibInRoutesByFamily:
      requireLength(type, value, FAMILY_LENGTH + GAUGE_LENGTH);
      return [
        {
          kind: "family-gauge",
          type,
          afi: view.getUint16(0),
          safi: view.getUint8(2),
          value: Number(view.getBigUint64(FAMILY_LENGTH)),
        },
      ];
    default:
      return [];
  }
}

function requireLength(type: number, value: Uint8Array, length: number): void {
  if (value.length !== length) throw new BmpError(`statistic ${type} of ${value.length} octets`);
}
