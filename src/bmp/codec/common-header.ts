import { BmpError } from "./bmp-error.ts";
import { BMP_VERSION, type MessageType } from "./iana.ts";
import { concat, requireOctets, viewOf } from "./octets.ts";

/** Octets of the common header, which its length field counts too. */
export const COMMON_HEADER_LENGTH = 6;

const LENGTH_OFFSET = 1;
const TYPE_OFFSET = 5;

/** RFC 7854 section 4.1. */
export interface CommonHeader {
  /** Octets of the whole message, this header included. */
  readonly length: number;
  /** A `MessageType`, or a number this software does not know. */
  readonly type: number;
}

/** Replaces the length in the header at `offset` of `view`. */
export function setMessageLength(view: DataView, offset: number, length: number): void {
  view.setUint32(offset + LENGTH_OFFSET, length);
}

/** Reads the first six octets of `bytes`. Throws BmpError on another version or an impossible length. */
export function decodeCommonHeader(bytes: Uint8Array): CommonHeader {
  requireOctets(bytes, 0, COMMON_HEADER_LENGTH, "common header");
  const view = viewOf(bytes);
  const version = view.getUint8(0);
  if (version !== BMP_VERSION) throw new BmpError(`BMP version ${version}`);
  const length = view.getUint32(LENGTH_OFFSET);
  if (length < COMMON_HEADER_LENGTH) throw new BmpError(`message length ${length}`);
  return { length, type: view.getUint8(TYPE_OFFSET) };
}

/** A whole message: the common header and what follows it. */
export function encodeMessage(type: MessageType, ...parts: readonly Uint8Array[]): Uint8Array {
  const message = concat(new Uint8Array(COMMON_HEADER_LENGTH), ...parts);
  const view = viewOf(message);
  view.setUint8(0, BMP_VERSION);
  setMessageLength(view, 0, message.length);
  view.setUint8(TYPE_OFFSET, type);
  return message;
}
