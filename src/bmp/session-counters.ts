import { MessageType } from "./codec/iana.ts";
import { type MessageCounts, noMessages } from "./message-page.ts";
import type { SentMessages } from "./session-state.ts";

/** What the operating system took of all sessions, those that are no more included. */
export interface BmpTotals {
  octets: number;
  messages: number;
}

/** The most that has waited for a collector, and when. */
export interface HighWater {
  readonly octets: number;
  /** ms since the epoch. */
  readonly time: number;
}

/** What a session did since `since`, in ms since the epoch, over all its connections. */
export class SessionCounters {
  readonly since: number;
  connectAttempts = 0;
  connections = 0;
  /** Of those that a passive session's collector has opened. */
  refusedConnections = 0;
  /** Times it was up, and of these those that ended by themselves. */
  upTransitions = 0;
  flaps = 0;
  resynchronisations = 0;
  octets = 0;
  lostMirroredMessages = 0;
  discardedOctets = 0;
  highWater: HighWater | undefined;
  readonly #messages: MessageCounts = noMessages();

  constructor(since: number) {
    this.since = since;
  }

  /** The operating system took octets, which are these messages. Returns how many these are. */
  sent(octets: number, messages: MessageCounts): number {
    this.octets += octets;
    let sum = 0;
    for (const [type, count] of messages.entries()) {
      this.#messages[type] = (this.#messages[type] ?? 0) + count;
      sum += count;
    }
    return sum;
  }

  get sentMessages(): SentMessages {
    const of = (type: MessageType) => this.#messages[type] ?? 0;
    return {
      routeMonitoring: of(MessageType.routeMonitoring),
      statisticsReport: of(MessageType.statisticsReport),
      peerDown: of(MessageType.peerDown),
      peerUp: of(MessageType.peerUp),
      initiation: of(MessageType.initiation),
      termination: of(MessageType.termination),
      routeMirroring: of(MessageType.routeMirroring),
    };
  }
}
