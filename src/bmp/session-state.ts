/** `oper-state` of a session. */
export type BmpOperState = "disabled" | "waiting" | "connecting" | "dumping" | "up";

/** BMP messages handed to the connection, by type. */
export interface SentMessages {
  readonly routeMonitoring: number;
  readonly statisticsReport: number;
  readonly peerDown: number;
  readonly peerUp: number;
  readonly initiation: number;
  readonly termination: number;
  readonly routeMirroring: number;
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
  /** Seconds, while waiting for a time. */
  readonly nextConnectS?: number;
  /** Seconds, while connected. */
  readonly nextStatisticsS?: number;
  readonly resynchronisations: number;
  readonly queuedOctets: number;
  readonly sentOctets: number;
  readonly sentMessages: SentMessages;
  readonly lostMirroredMessages: number;
  readonly discontinuityTime: number;
  readonly lastError?: string;
  readonly lastErrorTime?: number;
}
