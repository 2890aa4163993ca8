import type { AddressFamily } from "../address-family.ts";
import { encodeMessage, HEADER_BYTES } from "./common-header.ts";
import { MessageType } from "./iana.ts";
import { concatOctets, readUint16, uint16 } from "./octets.ts";

/** ROUTE-REFRESH (RFC 2918 section 3). */
export interface RouteRefresh {
  readonly afi: number;
  readonly safi: number;
}

export function encodeRouteRefresh({ afi, safi }: Pick<AddressFamily, "afi" | "safi">): Uint8Array {
  return encodeMessage(MessageType.routeRefresh, concatOctets([uint16(afi), Uint8Array.of(0, safi)]));
}

export function decodeRouteRefresh(pdu: Uint8Array): RouteRefresh {
  return { afi: readUint16(pdu, HEADER_BYTES), safi: pdu[HEADER_BYTES + 3] as number };
}
