import type { PeerDownReason } from "../../bgp/route-source.ts";
import { readLastBgpPdu } from "./bgp-pdu.ts";
import { BmpError } from "./bmp-error.ts";
import { encodeMessage } from "./common-header.ts";
import { MessageType, PeerDownReasonCode } from "./iana.ts";
import { concat, requireOctets, viewOf } from "./octets.ts";
import {
  decodePerPeerHeader,
  encodePerPeerHeader,
  PER_PEER_HEADER_LENGTH,
  type PerPeerHeader,
} from "./per-peer-header.ts";
import { tableNameOf, tableNameTlvs } from "./table-name.ts";
import { decodeTlvs, encodeTlvs } from "./tlv.ts";

/** RFC 7854 section 4.9, RFC 9069 section 5.3. */
export interface PeerDown {
  readonly kind: "peer-down";
  readonly peer: PerPeerHeader;
  readonly reason: PeerDownReason;
  /** Of a Loc-RIB, with reason `local-system-closed` only. */
  readonly tableName?: string;
}

export function encodePeerDown(message: PeerDown): Uint8Array {
  return encodeMessage(MessageType.peerDown, encodePerPeerHeader(message.peer), encodeReason(message));
}

function encodeReason({ reason, tableName }: PeerDown): Uint8Array {
  switch (reason.kind) {
    case "local-notification":
      return concat(Uint8Array.of(PeerDownReasonCode.localNotification), reason.notification);
    case "local-fsm-event":
      return Uint8Array.of(PeerDownReasonCode.localFsmEvent, reason.event >>> 8, reason.event & 0xff);
    case "remote-notification":
      return concat(Uint8Array.of(PeerDownReasonCode.remoteNotification), reason.notification);
    case "remote-closed":
      return Uint8Array.of(PeerDownReasonCode.remoteClosed);
    case "deconfigured":
      return Uint8Array.of(PeerDownReasonCode.deconfigured);
    case "local-system-closed":
      return concat(Uint8Array.of(PeerDownReasonCode.localSystemClosed), encodeTlvs(tableNameTlvs(tableName)));
  }
}

/** `body` is what follows the common header. */
export function decodePeerDown(body: Uint8Array): PeerDown {
  const reason = decodeReason(body);
  return {
    kind: "peer-down",
    peer: decodePerPeerHeader(body),
    reason,
    ...(reason.kind === "local-system-closed" && tableNameOf(decodeTlvs(body.subarray(PER_PEER_HEADER_LENGTH + 1)))),
  };
}

function decodeReason(body: Uint8Array): PeerDownReason {
  requireOctets(body, PER_PEER_HEADER_LENGTH, 1, "Peer Down reason");
  const view = viewOf(body);
  const code = view.getUint8(PER_PEER_HEADER_LENGTH);
  const data = PER_PEER_HEADER_LENGTH + 1;
  switch (code) {
    case PeerDownReasonCode.localNotification:
      return { kind: "local-notification", notification: readLastBgpPdu(body, data) };
    case PeerDownReasonCode.localFsmEvent:
      requireOctets(body, data, 2, "FSM event");
      return { kind: "local-fsm-event", event: view.getUint16(data) };
    case PeerDownReasonCode.remoteNotification:
      return { kind: "remote-notification", notification: readLastBgpPdu(body, data) };
    case PeerDownReasonCode.remoteClosed:
      return { kind: "remote-closed" };
    case PeerDownReasonCode.deconfigured:
      return { kind: "deconfigured" };
    case PeerDownReasonCode.localSystemClosed:
      return { kind: "local-system-closed" };
    default:
      throw new BmpError(`Peer Down reason ${code}`);
  }
}
