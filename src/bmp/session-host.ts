import type { Socket } from "node:net";
import type { DialOptions } from "../net/dial.ts";
import type { Clock } from "./clock.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import type { BmpConfig, BmpSessionConfig, BmpSessionKey } from "./config.ts";
import type { BmpLog } from "./log.ts";
import type { PageSource } from "./message-feed.ts";

/** What happened to a session; its address is in a form that compares. */
export type BmpSessionEvent =
  /** It has the current tables and follows all changes. */
  | { readonly kind: "up"; readonly session: BmpSessionKey }
  /** The connection of one that was up has ended; `isLagging`: since the collector fell behind. */
  | { readonly kind: "down"; readonly session: BmpSessionKey; readonly reason: string; readonly isLagging: boolean };

/** What a connection tells its session. */
export interface ConnectionHandlers {
  /** The tables were handed to the socket. */
  readonly dumped: () => void;
  /** It ends the connection, and has told the collector why; `ended` is still to come. */
  readonly gaveUp: (connection: CollectorConnection) => void;
  /** Called once, when the socket is gone. */
  readonly ended: (connection: CollectorConnection) => void;
}

/** What the sessions have in common; the engine is their host. */
export interface SessionHost {
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
  readonly log: BmpLog;
  readonly report: (event: BmpSessionEvent) => void;
  readonly dial: (options: DialOptions) => Socket;
  /** Undefined = BMP is not enabled. */
  readonly bmp: BmpConfig | undefined;
  /** Least time between two resets of a session. */
  readonly resetIntervalMs: number;
  /** Device of a VPN instance, undefined for the public network. Throws Error on an instance that is not there. */
  deviceOf(vpnInstance: string): string | undefined;
  /** Starts sending on a socket that is connected. */
  openConnection(socket: Socket, config: BmpSessionConfig, handlers: ConnectionHandlers): CollectorConnection;
  /** Tells the connection from now on what the configuration wants it to be told. */
  reselect(connection: CollectorConnection, config: BmpSessionConfig): void;
  /** A Statistics Report for each BGP session that is up and that the connection is told of. */
  statisticsRound(connection: CollectorConnection): PageSource;
}
