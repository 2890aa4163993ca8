import { encodeMessage } from "./common-header.ts";
import { InitiationTlvType, MessageType } from "./iana.ts";
import { decodeTlvs, encodeTlvs, textTlv, tlvText } from "./tlv.ts";

/** RFC 7854 section 4.3. */
export interface Initiation {
  readonly kind: "initiation";
  readonly sysDescr?: string;
  readonly sysName?: string;
  /** Free text, in order. */
  readonly strings: readonly string[];
}

export function encodeInitiation(message: Initiation): Uint8Array {
  return encodeMessage(
    MessageType.initiation,
    encodeTlvs([
      ...(message.sysDescr === undefined ? [] : [textTlv(InitiationTlvType.sysDescr, message.sysDescr)]),
      ...(message.sysName === undefined ? [] : [textTlv(InitiationTlvType.sysName, message.sysName)]),
      ...message.strings.map((text) => textTlv(InitiationTlvType.string, text)),
    ]),
  );
}

/** `body` is what follows the common header. TLVs of unknown type are ignored (RFC 7854 section 4.4). */
export function decodeInitiation(body: Uint8Array): Initiation {
  const tlvs = decodeTlvs(body);
  const sysDescr = tlvs.find(({ type }) => type === InitiationTlvType.sysDescr);
  const sysName = tlvs.find(({ type }) => type === InitiationTlvType.sysName);
  return {
    kind: "initiation",
    ...(sysDescr === undefined ? {} : { sysDescr: tlvText(sysDescr) }),
    ...(sysName === undefined ? {} : { sysName: tlvText(sysName) }),
    strings: tlvs.filter(({ type }) => type === InitiationTlvType.string).map(tlvText),
  };
}
