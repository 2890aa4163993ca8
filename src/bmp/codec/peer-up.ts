import { readBgpPdu } from "./bgp-pdu.ts";
import { encodeMessage } from "./common-header.ts";
import { MessageType, PeerTlvType } from "./iana.ts";
import { ADDRESS_LENGTH, decodeIpAddress, encodeIpAddress, isIpv6 } from "./ip-address.ts";
import { requireOctets, viewOf } from "./octets.ts";
import {
  decodePerPeerHeader,
  encodePerPeerHeader,
  PER_PEER_HEADER_LENGTH,
  type PerPeerHeader,
} from "./per-peer-header.ts";
import { tableNameOf, tableNameTlvs } from "./table-name.ts";
import { decodeTlvs, encodeTlvs, textTlv, tlvText } from "./tlv.ts";

/** RFC 7854 section 4.10, with the TLVs of `PeerTlvType`. */
export interface PeerUp {
  readonly kind: "peer-up";
  readonly peer: PerPeerHeader;
  /** Canonical text, of the family of the peer's address. */
  readonly localAddress: string;
  readonly localPort: number;
  readonly remotePort: number;
  /** Whole BGP messages, from the marker on. */
  readonly sentOpen: Uint8Array;
  readonly receivedOpen: Uint8Array;
  /** Free text, in order. */
  readonly strings: readonly string[];
  /** Of a Loc-RIB (RFC 9069 section 5.2.1). */
  readonly tableName?: string;
  /** What the operator calls the peer, or a group it is in, in order (RFC 8671 section 6.3.1). */
  readonly adminLabels: readonly string[];
}

const ENDPOINTS_LENGTH = ADDRESS_LENGTH + 4;

export function encodePeerUp(message: PeerUp): Uint8Array {
  const endpoints = new Uint8Array(ENDPOINTS_LENGTH);
  const view = viewOf(endpoints);
  endpoints.set(encodeIpAddress(message.localAddress));
  view.setUint16(ADDRESS_LENGTH, message.localPort);
  view.setUint16(ADDRESS_LENGTH + 2, message.remotePort);
  return encodeMessage(
    MessageType.peerUp,
    encodePerPeerHeader(message.peer),
    endpoints,
    message.sentOpen,
    message.receivedOpen,
    encodeTlvs([
      ...message.strings.map((text) => textTlv(PeerTlvType.string, text)),
      ...tableNameTlvs(message.tableName),
      ...message.adminLabels.map((text) => textTlv(PeerTlvType.adminLabel, text)),
    ]),
  );
}

/** `body` is what follows the common header. TLVs of unknown type are ignored. */
export function decodePeerUp(body: Uint8Array): PeerUp {
  const peer = decodePerPeerHeader(body);
  requireOctets(body, PER_PEER_HEADER_LENGTH, ENDPOINTS_LENGTH, "Peer Up");
  const endpoints = body.subarray(PER_PEER_HEADER_LENGTH, PER_PEER_HEADER_LENGTH + ENDPOINTS_LENGTH);
  const view = viewOf(endpoints);
  const sentOpen = readBgpPdu(body, PER_PEER_HEADER_LENGTH + ENDPOINTS_LENGTH);
  const receivedOpenOffset = PER_PEER_HEADER_LENGTH + ENDPOINTS_LENGTH + sentOpen.length;
  const receivedOpen = readBgpPdu(body, receivedOpenOffset);
  const tlvs = decodeTlvs(body.subarray(receivedOpenOffset + receivedOpen.length));
  return {
    kind: "peer-up",
    peer,
    localAddress: decodeIpAddress(endpoints.subarray(0, ADDRESS_LENGTH), isIpv6(peer.address)),
    localPort: view.getUint16(ADDRESS_LENGTH),
    remotePort: view.getUint16(ADDRESS_LENGTH + 2),
    sentOpen,
    receivedOpen,
    ...tableNameOf(tlvs),
    strings: tlvs.filter(({ type }) => type === PeerTlvType.string).map(tlvText),
    adminLabels: tlvs.filter(({ type }) => type === PeerTlvType.adminLabel).map(tlvText),
  };
}
