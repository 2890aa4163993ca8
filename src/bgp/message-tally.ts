import type { Clock } from "./clock.ts";
import { messageType } from "./codec/common-header.ts";
import { MessageType } from "./codec/iana.ts";
import { decodeNotification, describeNotification } from "./codec/notification.ts";

/** BGP messages by type. */
export type MessageCounts = Readonly<Record<keyof typeof MessageType, number>>;

/** A NOTIFICATION that was sent or received. */
export interface NotedNotification {
  readonly code: number;
  readonly subcode: number;
  /** Names, numbers, and the operator's words if it carries some. */
  readonly text: string;
  /** ms since the epoch. */
  readonly at: number;
}

const TYPES = Object.entries(MessageType) as readonly [keyof MessageCounts, number][];

/** What went in one direction between us and a neighbour, over all connections. */
export class MessageTally {
  readonly #counts = new Float64Array(TYPES.length + 1);
  #notification: NotedNotification | undefined;

  /** @param pdu a whole message */
  add(pdu: Uint8Array, clock: Clock): void {
    const type = messageType(pdu);
    this.#counts[type] = (this.#counts[type] ?? 0) + 1;
    if (type !== MessageType.notification) return;
    const notification = decodeNotification(pdu);
    const { code, subcode } = notification;
    this.#notification = { code, subcode, text: describeNotification(notification), at: clock.now() };
  }

  get counts(): MessageCounts {
    return Object.fromEntries(TYPES.map(([name, type]) => [name, this.#counts[type] ?? 0])) as MessageCounts;
  }

  /** The last one. */
  get notification(): NotedNotification | undefined {
    return this.#notification;
  }
}
