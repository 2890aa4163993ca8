import { readLastBgpPdu } from "./bgp-pdu.ts";
import { COMMON_HEADER_LENGTH, encodeMessage, writeCommonHeader } from "./common-header.ts";
import { MessageType } from "./iana.ts";
import { viewOf } from "./octets.ts";
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

/**
 * What precedes the UPDATE, for a writer that copies the UPDATE to its place itself: `encodedPeer`, the per-peer
 * header that all messages about the peer share, with this message's timestamp.
 */
export function encodeRouteMonitoringHeader(
  encodedPeer: Uint8Array,
  timestampUs: number,
  updateLength: number,
): Uint8Array {
  const bytes = new Uint8Array(COMMON_HEADER_LENGTH + PER_PEER_HEADER_LENGTH);
  const view = viewOf(bytes);
  writeCommonHeader(view, { length: bytes.length + updateLength, type: MessageType.routeMonitoring });
  bytes.set(encodedPeer, COMMON_HEADER_LENGTH);
  setTimestamp(view, COMMON_HEADER_LENGTH, timestampUs);
  return bytes;
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
