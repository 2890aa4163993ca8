import { PeerTlvType } from "./iana.ts";
import { type Tlv, textTlv, tlvText } from "./tlv.ts";

/** The VRF/Table Name TLV (RFC 9069 section 5.2.1), if there is a name. */
export function tableNameTlvs(name: string | undefined): Tlv[] {
  return name === undefined ? [] : [textTlv(PeerTlvType.tableName, name)];
}

export function tableNameOf(tlvs: readonly Tlv[]): { readonly tableName?: string } {
  const tlv = tlvs.find(({ type }) => type === PeerTlvType.tableName);
  return tlv === undefined ? {} : { tableName: tlvText(tlv) };
}
