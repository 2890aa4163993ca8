import type { Socket } from "node:net";
import type { DialOptions } from "../net/dial.ts";
import type { Network } from "../net/linux-socket.ts";
import type { Clock } from "./clock.ts";
import type { CollectorConnection } from "./collector-connection.ts";
import type { BmpConfig, BmpSessionConfig, BmpSessionKey } from "./config.ts";
import type { Down } from "./down-reason.ts";
import type { BmpLimits } from "./limits.ts";
import type { BmpLog } from "./log.ts";
import type { PageSource } from "./message-feed.ts";
import type { MessageCounts } from "./message-page.ts";
import type { BmpTotals } from "./session-counters.ts";

/** What happened to a session; its address is in a form that compares. */
export type BmpSessionEvent = { readonly session: BmpSessionKey } & (
  | /** It has the current tables and follows all changes. */ { readonly kind: "up" }
  /** It has them again; `since`, in ms since the epoch, it was cut off because the collector fell behind. */
  | { readonly kind: "resynchronised"; readonly since: number }
  /** The connection of one that was up has ended. */
  | { readonly kind: "down"; readonly down: Down }
  /** The collector takes nothing, or takes what waits again. */
  | { readonly kind: "stuck" | "resumed" }
  /** More waits for the collector than a share of what may, or, after that, less than another. */
  | { readonly kind: "queue-high" | "queue-normal"; readonly queuedBytes: number; readonly limitBytes: number }
);

/** What a connection tells its session. */
export interface ConnectionHandlers {
  /** The tables were handed to the socket. */
  readonly dumped: () => void;
  /** The operating system took octets, which are these messages. */
  readonly sent: (octets: number, messages: MessageCounts) => void;
  /** Octets wait now. */
  readonly queued: (octets: number) => void;
  /** Mirrored messages were dropped. */
  readonly mirroredLost: (messages: number) => void;
  /** The collector sent octets, which were thrown away. */
  readonly discarded: (octets: number) => void;
  /** Whether the collector takes nothing has changed. */
  readonly stuckChanged: () => void;
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
  readonly limits: BmpLimits;
  /** Of all sessions. */
  readonly totals: BmpTotals;
  /** Where a VPN instance, or the public network, is. Throws Error on an instance that is not there. */
  networkOf(vpnInstance: string): Network;
  /** Starts sending on a socket that is connected. */
  openConnection(socket: Socket, config: BmpSessionConfig, handlers: ConnectionHandlers): CollectorConnection;
  /** Tells the connection from now on what the configuration wants it to be told. */
  reselect(connection: CollectorConnection, config: BmpSessionConfig): void;
  /** Tables that the connection is told of which are not whole yet: their End-of-RIB is still to come. */
  pendingEndOfRibs(connection: CollectorConnection): number;
  /** A Statistics Report for each BGP session that is up and that the connection is told of. */
  statisticsRound(connection: CollectorConnection): PageSource;
}
