import { concat, requireOctets, viewOf } from "./octets.ts";

const TLV_HEADER_LENGTH = 4;
/** The length field has 16 bits. */
const MAX_VALUE_LENGTH = 0xffff;

/** An Information TLV (RFC 7854 section 4.4). */
export interface Tlv {
  readonly type: number;
  readonly value: Uint8Array;
}

/** A TLV of UTF-8 text, which is not NUL-terminated (RFC 7854 section 4.4). */
export function textTlv(type: number, text: string): Tlv {
  return { type, value: new TextEncoder().encode(text) };
}

export function tlvText(tlv: Tlv): string {
  return new TextDecoder().decode(tlv.value);
}

/** Throws RangeError on a value beyond 65,535 octets: our bug, not a peer's. */
export function encodeTlvs(tlvs: readonly Tlv[]): Uint8Array {
  return concat(...tlvs.flatMap(({ type, value }) => [encodeTlvHeader(type, value.length), value]));
}

function encodeTlvHeader(type: number, length: number): Uint8Array {
  if (length > MAX_VALUE_LENGTH) throw new RangeError(`TLV of ${length} octets`);
  const bytes = new Uint8Array(TLV_HEADER_LENGTH);
  const view = viewOf(bytes);
  view.setUint16(0, type);
  view.setUint16(2, length);
  return bytes;
}

/** All of `bytes` as TLVs. Throws BmpError on one that is cut short. */
export function decodeTlvs(bytes: Uint8Array): Tlv[] {
  const view = viewOf(bytes);
  const tlvs: Tlv[] = [];
  let offset = 0;
  while (offset < bytes.length) {
    requireOctets(bytes, offset, TLV_HEADER_LENGTH, "TLV");
    const length = view.getUint16(offset + 2);
    const start = offset + TLV_HEADER_LENGTH;
    requireOctets(bytes, start, length, "TLV value");
    tlvs.push({ type: view.getUint16(offset), value: bytes.subarray(start, start + length) });
    offset = start + length;
  }
  return tlvs;
}
