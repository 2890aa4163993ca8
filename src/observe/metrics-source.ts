import type { ThreadFigures } from "../thread-figures.ts";

/** Counts are since the server started, but for sessions that are open now. */
export interface NetconfFigures {
  readonly sessions: number;
  readonly commandLineSessions: number;
  readonly sessionsStarted: number;
  /** Ended neither by the client nor by `<kill-session>`. */
  readonly sessionsDropped: number;
  readonly badHellos: number;
  /** Messages in place of a correct `<rpc>`. */
  readonly badRpcs: number;
  readonly notifications: number;
  /** Sessions that ended since they did not take their notifications in time. */
  readonly lostSubscribers: number;
}

export interface DatastoreFigures {
  /** Number of the newest commit; 0 = none. */
  readonly commitId: number;
  /** RFC 3339: when it was made. */
  readonly committedAt: string | undefined;
  /** Bytes that the WebAssembly instance has taken from the system. */
  readonly memoryBytes: number;
  /** Bytes on disk by what they are. */
  readonly storedBytes: Readonly<Record<string, number>>;
  readonly thread: ThreadFigures;
}

/** Where the metrics come from; asked when somebody scrapes, never in between. */
export interface MetricsSource {
  netconf(): NetconfFigures;
  datastores(): Promise<DatastoreFigures>;
  /** Of the main thread. */
  thread(): ThreadFigures;
  planeThread(): Promise<ThreadFigures>;
}
