import { BmpError } from "./bmp-error.ts";
import { COMMON_HEADER_LENGTH, decodeCommonHeader } from "./common-header.ts";
import { MessageType } from "./iana.ts";
import { decodeInitiation, type Initiation } from "./initiation.ts";
import { decodePeerDown, type PeerDown } from "./peer-down.ts";
import { decodePeerUp, type PeerUp } from "./peer-up.ts";
import { decodeRouteMirroring, type RouteMirroring } from "./route-mirroring.ts";
import { decodeRouteMonitoring, type RouteMonitoring } from "./route-monitoring.ts";
import { decodeStatisticsReport, type StatisticsReport } from "./statistics-report.ts";
import { decodeTermination, type Termination } from "./termination.ts";

/** Any message a monitored router may send, by `kind`. */
export type BmpMessage =
  | RouteMonitoring
  | StatisticsReport
  | PeerDown
  | PeerUp
  | Initiation
  | Termination
  | RouteMirroring;

/** One whole message, from its common header to its end. Its byte fields are views of `bytes`. Throws BmpError. */
export function decodeMessage(bytes: Uint8Array): BmpMessage {
  const { length, type } = decodeCommonHeader(bytes);
  if (length !== bytes.length) throw new BmpError(`message of ${length} octets in ${bytes.length}`);
  const body = bytes.subarray(COMMON_HEADER_LENGTH);
  switch (type) {
    case MessageType.routeMonitoring:
      return decodeRouteMonitoring(body);
    case MessageType.statisticsReport:
      return decodeStatisticsReport(body);
    case MessageType.peerDown:
      return decodePeerDown(body);
    case MessageType.peerUp:
      return decodePeerUp(body);
    case MessageType.initiation:
      return decodeInitiation(body);
    case MessageType.termination:
      return decodeTermination(body);
    case MessageType.routeMirroring:
      return decodeRouteMirroring(body);
    default:
      throw new BmpError(`message type ${type}`);
  }
}
