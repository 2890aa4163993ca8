import { BmpError } from "./bmp-error.ts";
import { BMP_VERSION, type MessageType } from "./iana.ts";
import { concat, requireOctets, viewOf } from "./octets.ts";

/** Octets of the common header, which its length field counts too. */
export const COMMON_HEADER_LENGTH = 6;

/** RFC 7854 section 4.1. */
export interface CommonHeader {
  /** Octets of the whole message, this header included. */
  readonly length: number;
  /** A `MessageType`, or a number this software does not know. */
  readonly type: number;
}

/** Writes the first six octets of `view`. */
export function writeCommonHeader(view: DataView, header: CommonHeader): void {
  view.setUint8(0, BMP_VERSION);
  view.setUint32(1, header.length);
  view.setUint8(5, header.type);
}

/** Reads the first six octets of `bytes`. Throws BmpError on another version or an impossible length. */
export function decodeCommonHeader(bytes: Uint8Array): CommonHeader {
  requireOctets(bytes, 0, COMMON_HEADER_LENGTH, "common header");
  const view = viewOf(bytes);
  const version = view.getUint8(0);
  if (version !== BMP_VERSION) throw new BmpError(`BMP version ${version}`);
  const length = view.getUint32(1);
  if (length < COMMON_HEADER_LENGTH) throw new BmpError(`message length ${length}`);
  return { length, type: view.getUint8(5) };
}

/** A whole message: the common header and what follows it. */
export function encodeMessage(type: MessageType, ...parts: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(COMMON_HEADER_LENGTH);
  const message = concat(header, ...parts);
  writeCommonHeader(viewOf(message), { length: message.length, type });
  return message;
}
