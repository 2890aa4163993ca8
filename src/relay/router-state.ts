import type { BmpSessionState } from "../bmp/session-state.ts";
import type { ProblemCounts } from "./problem-log.ts";
import type { ReceivedMessages } from "./received-messages.ts";
import type { RelayedPeer } from "./relayed-peer.ts";

export type RelayRouterOperState = "disabled" | "waiting" | "connected";

/** `/bmpconfd-relay:relay/router/state`, with the router's key. Times are ms since the epoch. */
export interface RelayRouterState {
  readonly address: string;
  readonly operState: RelayRouterOperState;
  /** While it is connected, as all that may be absent below. */
  readonly connectedSince?: number;
  readonly remotePort?: number;
  readonly sysName?: string;
  readonly sysDescr?: string;
  readonly connections: number;
  readonly refusedConnections: number;
  readonly peerCount: number;
  readonly routes: number;
  /** Those that are up; to be read at once. */
  readonly peers: Iterable<RelayedPeer>;
  readonly receivedMessages: ReceivedMessages;
  readonly receivedOctets: number;
  readonly problems: ProblemCounts;
  /** The router's own connections to collectors. */
  readonly sessions: Iterable<BmpSessionState>;
  readonly lastError?: string;
  readonly lastErrorTime?: number;
}

/** `/bmpconfd-relay:relay/listen/state`, with the key. */
export interface RelayListenState {
  readonly address: string;
  readonly port: number;
  /** Where connections are taken; undefined = nowhere. */
  readonly boundPort?: number;
  readonly lastError?: string;
}
