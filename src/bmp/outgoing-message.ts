import type { MessageType } from "./codec/iana.ts";

/** A message that is encoded already. */
export interface EncodedMessage {
  readonly kind: "encoded";
  readonly type: MessageType;
  readonly bytes: Uint8Array;
  /** Whether it must no more be sent, should it have had to wait for a page. */
  readonly isStale?: () => boolean;
}

/** A Route Monitoring whose parts are put together where it goes: there are too many of them to do it twice. */
export interface RouteMessage {
  readonly kind: "route";
  /** Of `encodeRouteMonitoringHeader`, shared by all messages about the peer. */
  readonly header: Uint8Array;
  /** Microseconds since the epoch, 0 = unknown. */
  readonly timestampUs: number;
  readonly update: Uint8Array;
}

export type OutgoingMessage = EncodedMessage | RouteMessage;

/** Octets of the whole message. */
export function lengthOf(message: OutgoingMessage): number {
  return message.kind === "encoded" ? message.bytes.length : message.header.length + message.update.length;
}
