import type { BmpListenConfig } from "./config.ts";
import type { DownReason } from "./down-reason.ts";
import type { HighWater } from "./session-counters.ts";

/** `oper-state` of a session. */
export type BmpOperState = "disabled" | "waiting" | "listening" | "connecting" | "dumping" | "up" | "stuck" | "closing";

/** BMP messages that the operating system took, by type. */
export interface SentMessages {
  readonly routeMonitoring: number;
  readonly statisticsReport: number;
  readonly peerDown: number;
  readonly peerUp: number;
  readonly initiation: number;
  readonly termination: number;
  readonly routeMirroring: number;
}

/** `/bmpconfd-bmp:bmp/listen/state`, with the entry's key. */
export interface BmpListenState extends BmpListenConfig {
  readonly isListening: boolean;
  /** Since `discontinuityTime`. */
  readonly refusedConnections: number;
  /** Where the last one of these came from. */
  readonly lastRefusedAddress?: string;
  readonly discontinuityTime: number;
  /** Why it is not listening. */
  readonly lastError?: string;
}

/** `/bmpconfd-bmp:bmp/bmp-session/state`, with the session's key. Times are ms since the epoch. */
export interface BmpSessionState {
  readonly vpnInstance: string;
  readonly address: string;
  readonly alias: string;
  readonly operState: BmpOperState;
  readonly lastChange: number;
  /** Of the connection, if there is one. */
  readonly localAddress?: string;
  readonly localPort?: number;
  readonly connectAttempts: number;
  readonly connections: number;
  readonly upTransitions: number;
  readonly flaps: number;
  /** Of a session that is, or was, passive. */
  readonly refusedConnections?: number;
  /** Seconds, while waiting for a time. */
  readonly nextConnectS?: number;
  /** Seconds, while connected. */
  readonly nextStatisticsS?: number;
  readonly resynchronisations: number;
  /** While the tables are sent: octets handed over, and those that the last dump of all tables had. */
  readonly dump?: { readonly octets: number; readonly expectedOctets?: number };
  /** While connected. */
  readonly pendingEndOfRibs?: number;
  readonly queuedOctets: number;
  readonly queueHighWater?: HighWater;
  readonly sentOctets: number;
  readonly sentMessages: SentMessages;
  readonly lastMessageSent?: number;
  readonly lostMirroredMessages: number;
  readonly discardedOctets: number;
  readonly discontinuityTime: number;
  readonly downReason?: DownReason;
  readonly lastError?: string;
  readonly lastErrorTime?: number;
}

/** `/bmpconfd-bmp:bmp/state`. */
export interface BmpState {
  readonly sessions: number;
  readonly sessionsUp: number;
  readonly sentMessages: number;
  readonly sentOctets: number;
  /** ms since the epoch. */
  readonly discontinuityTime: number;
}
