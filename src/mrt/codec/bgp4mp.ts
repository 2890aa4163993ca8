import { BgpError } from "../../bgp/codec/bgp-error.ts";
import { decodeHeader, HEADER_BYTES, MAX_EXTENDED_MESSAGE_BYTES, messageType } from "../../bgp/codec/common-header.ts";
import { MessageType } from "../../bgp/codec/iana.ts";
import { decodeOpen } from "../../bgp/codec/open.ts";
import { addressBytes, readAs } from "./address.ts";
import { Bgp4mpSubtype } from "./iana.ts";
import { MrtError } from "./mrt-error.ts";
import { OctetReader } from "./octet-reader.ts";

/** What every BGP4MP record says of the session (RFC 6396 section 4.4). Addresses are views, 4 or 16 octets. */
export interface SessionEnds {
  readonly peerAs: number;
  readonly localAs: number;
  readonly peerAddress: Uint8Array;
  readonly localAddress: Uint8Array;
}

export interface StateChange extends SessionEnds {
  readonly kind: "state-change";
  readonly newState: number;
}

export interface RecordedMessage extends SessionEnds {
  readonly kind: "message";
  /** What the subtype says of AS_PATH. */
  readonly isFourOctetAs: boolean;
  /** The writer has sent it, not received. */
  readonly isLocal: boolean;
  /** Its NLRI have Path Identifiers (RFC 8050 section 3). */
  readonly hasPathIds: boolean;
  /** A whole BGP message, from the marker on; a view. */
  readonly pdu: Uint8Array;
}

type Shape =
  | { readonly kind: "state-change"; readonly isFourOctetAs: boolean }
  | Pick<RecordedMessage, "kind" | "isFourOctetAs" | "isLocal" | "hasPathIds">;

const message = (isFourOctetAs: boolean, isLocal: boolean, hasPathIds: boolean): Shape => ({
  kind: "message",
  isFourOctetAs,
  isLocal,
  hasPathIds,
});

const SHAPES: Readonly<Record<number, Shape>> = {
  [Bgp4mpSubtype.stateChange]: { kind: "state-change", isFourOctetAs: false },
  [Bgp4mpSubtype.stateChangeAs4]: { kind: "state-change", isFourOctetAs: true },
  [Bgp4mpSubtype.message]: message(false, false, false),
  [Bgp4mpSubtype.messageAs4]: message(true, false, false),
  [Bgp4mpSubtype.messageLocal]: message(false, true, false),
  [Bgp4mpSubtype.messageAs4Local]: message(true, true, false),
  [Bgp4mpSubtype.messageAddPath]: message(false, false, true),
  [Bgp4mpSubtype.messageAs4AddPath]: message(true, false, true),
  [Bgp4mpSubtype.messageLocalAddPath]: message(false, true, true),
  [Bgp4mpSubtype.messageAs4LocalAddPath]: message(true, true, true),
};

/**
 * A BGP4MP or BGP4MP_ET record; undefined: of a subtype that nobody writes any more, or of no neighbour.
 * @throws MrtError
 */
export function decodeBgp4mp(subtype: number, body: Uint8Array): StateChange | RecordedMessage | undefined {
  const shape = SHAPES[subtype];
  if (shape === undefined) return undefined;
  const reader = new OctetReader(body);
  const peerAs = readAs(reader, shape.isFourOctetAs, "Peer AS Number");
  // No neighbour: FRR notes states of what stands for its own routes, which has no address.
  if (peerAs === 0) return undefined;
  const localAs = readAs(reader, shape.isFourOctetAs, "Local AS Number");
  reader.uint16("Interface Index");
  const bytes = addressBytes(reader.uint16("Address Family"));
  const peerAddress = reader.octets(bytes, "Peer IP Address");
  const localAddress = reader.octets(bytes, "Local IP Address");
  const ends = { peerAs, localAs, peerAddress, localAddress };
  if (shape.kind === "message") return withAsOfOpen({ ...shape, ...ends, pdu: wholeMessage(reader.rest()) });
  reader.uint16("Old State");
  const newState = reader.uint16("New State");
  reader.requireEnd();
  return { kind: "state-change", ...ends, newState };
}

/** FRR notes OPENs, before it knows better, with what two octets hold of an AS number: the OPEN has all of it. */
function withAsOfOpen(message: RecordedMessage): RecordedMessage {
  if (message.isLocal || messageType(message.pdu) !== MessageType.open) return message;
  try {
    return { ...message, peerAs: decodeOpen(message.pdu).as };
  } catch (error) {
    if (error instanceof BgpError) return message;
    throw error;
  }
}

function wholeMessage(octets: Uint8Array): Uint8Array {
  if (octets.length < HEADER_BYTES) throw new MrtError(`a BGP message of ${octets.length} octets has no header`);
  const length = bgpLength(octets);
  if (length !== octets.length) throw new MrtError(`a BGP message of ${length} octets in ${octets.length}`);
  return octets;
}

function bgpLength(octets: Uint8Array): number {
  try {
    return decodeHeader(octets, 0, MAX_EXTENDED_MESSAGE_BYTES);
  } catch (error) {
    if (error instanceof BgpError) throw new MrtError(`it holds no BGP message: ${error.message}`);
    throw error;
  }
}
