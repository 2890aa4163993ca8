import { readLastBgpPdu } from "./bgp-pdu.ts";
import { COMMON_HEADER_LENGTH, encodeMessage, setMessageLength } from "./common-header.ts";
import { MessageType } from "./iana.ts";
import {
  decodePerPeerHeader,
  encodePerPeerHeader,
  PER_PEER_HEADER_LENGTH,
  type PerPeerHeader,
  setTimestamp,
} from "./per-peer-header.ts";

/** RFC 7854 section 4.6. */
export interface RouteMonitoring {
  readonly kind: "route-monitoring";
  readonly peer: PerPeerHeader;
  /** A whole BGP UPDATE, from the marker on. */
  readonly update: Uint8Array;
}

/** What precedes an UPDATE, still to be completed: the same for all messages about a peer. */
export function encodeRouteMonitoringHeader(peer: PerPeerHeader): Uint8Array {
  return encodeMessage(MessageType.routeMonitoring, encodePerPeerHeader(peer));
}

/** Completes the header at `offset` of `view` for an UPDATE of `updateLength` octets behind it. */
export function completeRouteMonitoringHeader(
  view: DataView,
  offset: number,
  timestampUs: number,
  updateLength: number,
): void {
  setMessageLength(view, offset, COMMON_HEADER_LENGTH + PER_PEER_HEADER_LENGTH + updateLength);
  setTimestamp(view, offset + COMMON_HEADER_LENGTH, timestampUs);
}

export function encodeRouteMonitoring({ peer, update }: RouteMonitoring): Uint8Array {
  return encodeMessage(MessageType.routeMonitoring, encodePerPeerHeader(peer), update);
}

/** `body` is what follows the common header. The UPDATE is not looked into. */
export function decodeRouteMonitoring(body: Uint8Array): RouteMonitoring {
  return {
    kind: "route-monitoring",
    peer: decodePerPeerHeader(body),
    update: readLastBgpPdu(body, PER_PEER_HEADER_LENGTH),
  };
}
