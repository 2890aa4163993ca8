import { BmpError } from "./bmp-error.ts";
import { requireOctets, viewOf } from "./octets.ts";

/** Octets of a BGP message header: marker, length, type (RFC 4271 section 4.1). */
const BGP_HEADER_LENGTH = 19;
const BGP_LENGTH_OFFSET = 16;

/** The whole BGP message that starts at `offset`, from its marker on. */
export function readBgpPdu(bytes: Uint8Array, offset: number): Uint8Array {
  requireOctets(bytes, offset, BGP_HEADER_LENGTH, "BGP header");
  const length = viewOf(bytes).getUint16(offset + BGP_LENGTH_OFFSET);
  if (length < BGP_HEADER_LENGTH) throw new BmpError(`BGP message length ${length}`);
  requireOctets(bytes, offset, length, "BGP message");
  return bytes.subarray(offset, offset + length);
}

/** The BGP message that fills `bytes` from `offset` to its end. */
export function readLastBgpPdu(bytes: Uint8Array, offset: number): Uint8Array {
  const pdu = readBgpPdu(bytes, offset);
  const rest = bytes.length - offset - pdu.length;
  if (rest > 0) throw new BmpError(`${rest} octets after the BGP message`);
  return pdu;
}
