import { encodeMessage, HEADER_BYTES, MAX_MESSAGE_BYTES } from "./common-header.ts";
import { CeaseSubcode, ErrorCode, MessageType } from "./iana.ts";

/** NOTIFICATION (RFC 4271 section 4.5). */
export interface Notification {
  readonly code: number;
  readonly subcode: number;
  readonly data: Uint8Array;
}

const DATA_OFFSET = HEADER_BYTES + 2;
/** RFC 9003 section 2. */
const COMMUNICATION_BYTES = 255;

/** Data that would make the message too long is cut. */
export function encodeNotification({ code, subcode, data }: Notification): Uint8Array {
  const fitting = data.subarray(0, MAX_MESSAGE_BYTES - DATA_OFFSET);
  return encodeMessage(MessageType.notification, Uint8Array.of(code, subcode), fitting);
}

/** Any code is accepted: there is no answer to a wrong NOTIFICATION (RFC 4271 section 6.4). */
export function decodeNotification(pdu: Uint8Array): Notification {
  return {
    code: pdu[HEADER_BYTES] as number,
    subcode: pdu[HEADER_BYTES + 1] as number,
    data: new Uint8Array(pdu.subarray(DATA_OFFSET)),
  };
}

const CODE_NAMES: Readonly<Record<number, string>> = {
  1: "Message Header Error",
  2: "OPEN Message Error",
  3: "UPDATE Message Error",
  4: "Hold Timer Expired",
  5: "Finite State Machine Error",
  6: "Cease",
  7: "ROUTE-REFRESH Message Error",
  8: "Send Hold Timer Expired",
};

const SUBCODE_NAMES: Readonly<Record<string, string>> = {
  "1/1": "Connection Not Synchronized",
  "1/2": "Bad Message Length",
  "1/3": "Bad Message Type",
  "2/1": "Unsupported Version Number",
  "2/2": "Bad Peer AS",
  "2/3": "Bad BGP Identifier",
  "2/4": "Unsupported Optional Parameter",
  "2/6": "Unacceptable Hold Time",
  "2/7": "Unsupported Capability",
  "2/11": "Role Mismatch",
  "3/1": "Malformed Attribute List",
  "3/2": "Unrecognized Well-known Attribute",
  "3/3": "Missing Well-known Attribute",
  "3/4": "Attribute Flags Error",
  "3/5": "Attribute Length Error",
  "3/6": "Invalid ORIGIN Attribute",
  "3/8": "Invalid NEXT_HOP Attribute",
  "3/9": "Optional Attribute Error",
  "3/10": "Invalid Network Field",
  "3/11": "Malformed AS_PATH",
  "5/1": "Receive Unexpected Message in OpenSent State",
  "5/2": "Receive Unexpected Message in OpenConfirm State",
  "5/3": "Receive Unexpected Message in Established State",
  "6/1": "Maximum Number of Prefixes Reached",
  "6/2": "Administrative Shutdown",
  "6/3": "Peer De-configured",
  "6/4": "Administrative Reset",
  "6/5": "Connection Rejected",
  "6/6": "Other Configuration Change",
  "6/7": "Connection Collision Resolution",
  "6/8": "Out of Resources",
  "6/9": "Hard Reset",
  "6/10": "BFD Down",
};

/** For people: names, numbers, and the operator's words if a shutdown carries some (RFC 9003). */
export function describeNotification(notification: Notification): string {
  const { code, subcode } = notification;
  const names = [CODE_NAMES[code], SUBCODE_NAMES[`${code}/${subcode}`]].filter((name) => name !== undefined);
  const words = shutdownCommunication(notification);
  return `${names.join(", ")} (${code}/${subcode})${words === "" ? "" : `: ${JSON.stringify(words)}`}`.trimStart();
}

/**
 * The data of a Cease, Administrative Shutdown or Administrative Reset, with an operator's words (RFC 9003 section 2).
 * Throws RangeError when they have more than 255 octets.
 */
export function encodeShutdownCommunication(words: string): Uint8Array {
  const text = new TextEncoder().encode(words);
  if (text.length > COMMUNICATION_BYTES) throw new RangeError(`${text.length} octets of Shutdown Communication`);
  return Uint8Array.of(text.length, ...text);
}

function shutdownCommunication({ code, subcode, data }: Notification): string {
  const isShutdown = subcode === CeaseSubcode.administrativeShutdown || subcode === CeaseSubcode.administrativeReset;
  if (code !== ErrorCode.cease || !isShutdown) return "";
  return new TextDecoder().decode(data.subarray(1, 1 + (data[0] ?? 0)));
}
