import type { BgpError } from "./codec/bgp-error.ts";
import { CeaseSubcode, ErrorCode, FsmSubcode } from "./codec/iana.ts";
import { decodeNotification, describeNotification, type Notification } from "./codec/notification.ts";
import { FSM_EVENT_NUMBERS, type FsmEvent, type FsmState, isUnexpected } from "./fsm.ts";
import type { PeerDownReason } from "./route-source.ts";

/** What came with the event that ended a connection or an attempt. */
export interface EndCause {
  /** Of `headerErrorFound`, `openErrorFound`, `updateErrorFound`. */
  readonly error?: BgpError;
  /** Of `stop`. */
  readonly ceaseSubcode?: number;
  /** Of `stop`: the data of the Cease. */
  readonly ceaseData?: Uint8Array;
  /** Of `notificationReceived`: the PDU. */
  readonly received?: Uint8Array;
  /** Of `connectionFailed`, unless the neighbour closed. */
  readonly connectionError?: Error;
}

const NO_DATA = new Uint8Array(0);

const UNEXPECTED_SUBCODES: Readonly<Partial<Record<FsmState, number>>> = {
  "open-sent": FsmSubcode.inOpenSent,
  "open-confirm": FsmSubcode.inOpenConfirm,
  established: FsmSubcode.inEstablished,
};

/** The NOTIFICATION that answers `event` in `state`, where the FSM says to send one. */
export function notificationFor(state: FsmState, event: FsmEvent, cause: EndCause): Notification {
  if (cause.error !== undefined) return cause.error;
  if (isUnexpected(state, event))
    return { code: ErrorCode.finiteStateMachine, subcode: UNEXPECTED_SUBCODES[state] ?? 0, data: NO_DATA };
  if (event === "holdTimerExpired") return { code: ErrorCode.holdTimerExpired, subcode: 0, data: NO_DATA };
  const subcode = event === "collisionLost" ? CeaseSubcode.collisionResolution : (cause.ceaseSubcode ?? 0);
  return { code: ErrorCode.cease, subcode, data: cause.ceaseData ?? NO_DATA };
}

/** @param sent the NOTIFICATION sent, if any */
export function peerDownReason(event: FsmEvent, cause: EndCause, sent: Uint8Array | undefined): PeerDownReason {
  if (sent !== undefined) return { kind: "local-notification", notification: sent };
  if (cause.received !== undefined) return { kind: "remote-notification", notification: cause.received };
  if (event === "connectionFailed" && isClosedByNeighbor(cause.connectionError)) return { kind: "remote-closed" };
  return { kind: "local-fsm-event", event: FSM_EVENT_NUMBERS[event] };
}

/** For people; undefined: nothing worth telling. */
export function describeEnd(event: FsmEvent, cause: EndCause, sent: Uint8Array | undefined): string | undefined {
  if (sent !== undefined) {
    const detail = cause.error === undefined ? "" : `: ${cause.error.message}`;
    return `sent NOTIFICATION ${describeNotification(decodeNotification(sent))}${detail}`;
  }
  if (cause.received !== undefined)
    return `received NOTIFICATION ${describeNotification(decodeNotification(cause.received))}`;
  switch (event) {
    case "connectionFailed":
      return cause.connectionError?.message ?? "the neighbour closed the connection";
    case "connectRetryTimerExpired":
      return "no answer to the attempt to connect";
    case "sendHoldTimerExpired":
      return "the neighbour does not read (Send Hold Timer Expired)";
    case "connectionConfirmed":
      return "the neighbour restarted and opened a new connection";
    default:
      return undefined;
  }
}

function isClosedByNeighbor(error: Error | undefined): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return error === undefined || code === "ECONNRESET" || code === "EPIPE";
}
