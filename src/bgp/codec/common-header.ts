import { messageHeaderError } from "./bgp-error.ts";
import { HeaderSubcode, MessageType } from "./iana.ts";
import { concatOctets, readUint16, uint16 } from "./octets.ts";

/** Marker, Length and Type (RFC 4271 section 4.1). */
export const HEADER_BYTES = 19;
/** The largest message on a session that did not negotiate RFC 8654. */
export const MAX_MESSAGE_BYTES = 4096;
/** The largest message on one that did: as much as the Length field can say. */
export const MAX_EXTENDED_MESSAGE_BYTES = 65_535;

const MARKER_BYTES = 16;
const LENGTH_OFFSET = 16;
const TYPE_OFFSET = 18;

/**
 * Smallest and largest Length of each type (RFC 4271 section 6.1, RFC 2918 section 3), the largest as far as the
 * session allows it. OPEN and KEEPALIVE are never extended (RFC 8654 section 4).
 */
const LENGTHS: Readonly<Record<number, readonly [number, number]>> = {
  [MessageType.open]: [29, MAX_MESSAGE_BYTES],
  [MessageType.update]: [23, MAX_EXTENDED_MESSAGE_BYTES],
  [MessageType.notification]: [21, MAX_EXTENDED_MESSAGE_BYTES],
  [MessageType.keepalive]: [HEADER_BYTES, HEADER_BYTES],
  [MessageType.routeRefresh]: [23, MAX_EXTENDED_MESSAGE_BYTES],
};

/** Type of a whole message. */
export function messageType(pdu: Uint8Array): number {
  return pdu[TYPE_OFFSET] as number;
}

/**
 * Length of the message whose 19 octets of header start at `offset`.
 * @param maxBytes of a message on this session
 * @throws BgpError Message Header Error, as RFC 4271 section 6.1 orders the checks.
 */
export function decodeHeader(bytes: Uint8Array, offset: number, maxBytes: number): number {
  for (let i = offset; i < offset + MARKER_BYTES; i++)
    if (bytes[i] !== 0xff) throw messageHeaderError(HeaderSubcode.connectionNotSynchronized, "marker is not all ones");
  const length = readUint16(bytes, offset + LENGTH_OFFSET);
  const type = bytes[offset + TYPE_OFFSET] as number;
  const [least, most] = LENGTHS[type] ?? [HEADER_BYTES, MAX_EXTENDED_MESSAGE_BYTES];
  if (length < least || length > most || length > maxBytes)
    throw messageHeaderError(
      HeaderSubcode.badMessageLength,
      `message of type ${type}, length ${length}`,
      uint16(length),
    );
  if (LENGTHS[type] === undefined)
    throw messageHeaderError(HeaderSubcode.badMessageType, `message type ${type}`, Uint8Array.of(type));
  return length;
}

/**
 * A whole message: header and the parts of its body. One of more than 4096 octets is not for every session.
 * @throws RangeError if it exceeds 65,535 octets: the caller asked for the impossible.
 */
export function encodeMessage(type: number, ...body: readonly Uint8Array[]): Uint8Array {
  const header = new Uint8Array(HEADER_BYTES).fill(0xff, 0, MARKER_BYTES);
  const pdu = concatOctets([header, ...body]);
  if (pdu.length > MAX_EXTENDED_MESSAGE_BYTES) throw new RangeError(`BGP message of ${pdu.length} octets`);
  pdu.set(uint16(pdu.length), LENGTH_OFFSET);
  pdu[TYPE_OFFSET] = type;
  return pdu;
}
