import type { FamilyName } from "./address-family.ts";
import type { FsmState } from "./fsm.ts";
import type { MessageCounts, NotedNotification } from "./message-tally.ts";
import type { PeerStatistics } from "./route-source.ts";

/** `/bmpconfd-bgp:bgp/neighbor/state`, leaf by leaf. */
export interface NeighborState {
  /** As configured: the key. */
  readonly address: string;
  readonly fsmState: FsmState;
  /** ms since the epoch. */
  readonly lastChangeAt: number;
  readonly establishedTransitions: number;
  /** Whole seconds in state Established. */
  readonly uptimeS: number | undefined;
  /** Dotted quad. */
  readonly remoteRouterId: string | undefined;
  readonly localAddress: string | undefined;
  readonly localPort: number | undefined;
  readonly remotePort: number | undefined;
  readonly negotiatedHoldTimeS: number | undefined;
  /** Seconds, rounded up, that the neighbour may still be silent. */
  readonly holdTimeLeftS: number | undefined;
  /** Seconds, rounded up. */
  readonly nextKeepaliveS: number | undefined;
  /** Codes, ascending, each once. */
  readonly capabilities: readonly number[];
  /** Those negotiated, while Established. */
  readonly addressFamilies: readonly {
    readonly name: FamilyName;
    readonly prefixes: number;
    readonly endOfRib: boolean;
    /** Its routes have Path Identifiers (RFC 7911). */
    readonly hasPathIds: boolean;
  }[];
  /** While Established. */
  readonly statistics: PeerStatistics | undefined;
  /** Over all connections, since `discontinuityAt`. */
  readonly receivedMessages: MessageCounts;
  readonly sentMessages: MessageCounts;
  /** ms since the epoch. */
  readonly discontinuityAt: number;
  readonly lastNotificationReceived: NotedNotification | undefined;
  readonly lastNotificationSent: NotedNotification | undefined;
  readonly lastError: string | undefined;
  /** ms since the epoch. */
  readonly lastErrorAt: number | undefined;
}
