import { readLastBgpPdu } from "./bgp-pdu.ts";
import { BmpError } from "./bmp-error.ts";
import { encodeMessage } from "./common-header.ts";
import { MessageType, MirroringCode, MirroringTlvType } from "./iana.ts";
import { concat, viewOf } from "./octets.ts";
import {
  decodePerPeerHeader,
  encodePerPeerHeader,
  PER_PEER_HEADER_LENGTH,
  type PerPeerHeader,
} from "./per-peer-header.ts";
import { decodeTlvs, encodeTlvs, type Tlv } from "./tlv.ts";

/** RFC 7854 section 4.7. */
export interface RouteMirroring {
  readonly kind: "route-mirroring";
  readonly peer: PerPeerHeader;
  /** `MirroringCode`s, or numbers this software does not know, in order. */
  readonly information: readonly number[];
  /** A whole BGP message as received, from the marker on. */
  readonly message?: Uint8Array;
}

export function encodeRouteMirroring({ peer, information, message }: RouteMirroring): Uint8Array {
  return encodeMessage(
    MessageType.routeMirroring,
    encodePerPeerHeader(peer),
    encodeTlvs([
      ...information.map(informationTlv),
      ...(message === undefined ? [] : [{ type: MirroringTlvType.bgpMessage, value: message }]),
    ]),
  );
}

/** That messages of a peer are missing, as the per-peer header of one of them has it. */
export function encodeMessagesLost(perPeerHeader: Uint8Array): Uint8Array {
  return encodeMessage(
    MessageType.routeMirroring,
    concat(perPeerHeader, encodeTlvs([informationTlv(MirroringCode.messagesLost)])),
  );
}

function informationTlv(code: number): Tlv {
  const value = new Uint8Array(2);
  viewOf(value).setUint16(0, code);
  return { type: MirroringTlvType.information, value };
}

/** `body` is what follows the common header. TLVs of unknown type are ignored; the BGP message is not looked into. */
export function decodeRouteMirroring(body: Uint8Array): RouteMirroring {
  const peer = decodePerPeerHeader(body);
  const tlvs = decodeTlvs(body.subarray(PER_PEER_HEADER_LENGTH));
  const index = tlvs.findIndex(({ type }) => type === MirroringTlvType.bgpMessage);
  if (index !== -1 && index !== tlvs.length - 1) throw new BmpError("a TLV after the mirrored BGP message");
  const message = tlvs[index];
  return {
    kind: "route-mirroring",
    peer,
    information: tlvs.filter(({ type }) => type === MirroringTlvType.information).map(codeOf),
    ...(message === undefined ? {} : { message: readLastBgpPdu(message.value, 0) }),
  };
}

/** The `information` of a Route Mirroring; its BGP message, which may be erroneous, is not looked at. */
export function decodeMirroringInformation(body: Uint8Array): readonly number[] {
  decodePerPeerHeader(body);
  return decodeTlvs(body.subarray(PER_PEER_HEADER_LENGTH))
    .filter(({ type }) => type === MirroringTlvType.information)
    .map(codeOf);
}

function codeOf({ value }: Tlv): number {
  if (value.length !== 2) throw new BmpError(`mirroring information of ${value.length} octets`);
  return viewOf(value).getUint16(0);
}
