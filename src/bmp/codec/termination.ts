import { BmpError } from "./bmp-error.ts";
import { encodeMessage } from "./common-header.ts";
import { MessageType, TerminationTlvType } from "./iana.ts";
import { viewOf } from "./octets.ts";
import { decodeTlvs, encodeTlvs, textTlv, tlvText } from "./tlv.ts";

/** RFC 7854 section 4.5. */
export interface Termination {
  readonly kind: "termination";
  /** A `TerminationReason`, or a number this software does not know. */
  readonly reason?: number;
  /** Free text, in order. */
  readonly strings: readonly string[];
}

export function encodeTermination(message: Termination): Uint8Array {
  return encodeMessage(
    MessageType.termination,
    encodeTlvs([
      ...(message.reason === undefined ? [] : [reasonTlv(message.reason)]),
      ...message.strings.map((text) => textTlv(TerminationTlvType.string, text)),
    ]),
  );
}

function reasonTlv(reason: number) {
  const value = new Uint8Array(2);
  viewOf(value).setUint16(0, reason);
  return { type: TerminationTlvType.reason, value };
}

/** `body` is what follows the common header. TLVs of unknown type are ignored. */
export function decodeTermination(body: Uint8Array): Termination {
  const tlvs = decodeTlvs(body);
  const reason = tlvs.find(({ type }) => type === TerminationTlvType.reason);
  if (reason !== undefined && reason.value.length !== 2) {
    throw new BmpError(`Termination reason of ${reason.value.length} octets`);
  }
  return {
    kind: "termination",
    ...(reason === undefined ? {} : { reason: viewOf(reason.value).getUint16(0) }),
    strings: tlvs.filter(({ type }) => type === TerminationTlvType.string).map(tlvText),
  };
}
