import { MessageType } from "./codec/iana.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import { type MessageCounts, noMessages } from "./message-page.ts";
import type { SentMessages } from "./session-state.ts";

/** What a session did since it was created, over all its connections. */
export class SessionCounters {
  connectAttempts = 0;
  connections = 0;
  resynchronisations = 0;
  #octets = 0;
  #lostMirroredMessages = 0;
  readonly #messages: MessageCounts = noMessages();

  /** Takes in a connection that ended. */
  add({ sentBytes, sentMessages, lostMirroredMessages }: CollectorConnection): void {
    this.#octets += sentBytes;
    this.#lostMirroredMessages += lostMirroredMessages;
    for (const [type, count] of sentMessages.entries()) this.#messages[type] = (this.#messages[type] ?? 0) + count;
  }

  /** `current` is the connection there is, not taken in yet. */
  sentOctets(current: CollectorConnection | undefined): number {
    return this.#octets + (current?.sentBytes ?? 0);
  }

  lostMirroredMessages(current: CollectorConnection | undefined): number {
    return this.#lostMirroredMessages + (current?.lostMirroredMessages ?? 0);
  }

  sentMessages(current: CollectorConnection | undefined): SentMessages {
    const of = (type: MessageType) => (this.#messages[type] ?? 0) + (current?.sentMessages[type] ?? 0);
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
