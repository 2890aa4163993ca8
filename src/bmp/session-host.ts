import type { Socket } from "node:net";
import type { DialOptions } from "../net/dial.ts";
import type { Clock } from "./clock.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import type { BmpConfig } from "./config.ts";
import type { BmpLog } from "./log.ts";
import type { MessageFeed } from "./message-feed.ts";

/** What a connection tells its session. */
export interface ConnectionHandlers {
  /** The tables were handed to the socket. */
  readonly dumped: () => void;
  /** Called once, when the socket is gone. */
  readonly ended: (connection: CollectorConnection) => void;
}

/** What the sessions have in common; the engine is their host. */
export interface SessionHost {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: BmpLog;
  readonly dial: (options: DialOptions) => Socket;
  /** Undefined = BMP is not enabled. */
  readonly bmp: BmpConfig | undefined;
  /** Device of a VPN instance, undefined for the public network. Throws Error on an instance that is not there. */
  deviceOf(vpnInstance: string): string | undefined;
  /** Starts sending on a socket that is connected. */
  openConnection(socket: Socket, queueLimitBytes: number, handlers: ConnectionHandlers): CollectorConnection;
  /** A Statistics Report for each BGP session that is up. */
  statisticsRound(): MessageFeed;
}
