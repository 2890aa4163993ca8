import type { Endpoint } from "../../shared/client/endpoint.ts";

/** A server that keeps its configuration in a folder of its own; it can be started and stopped many times. */
export interface Server {
  /** Starts it with what is on disk. Rejects with OverBudgetError, and no server is left, when it takes longer. */
  start(withinMs: number): Promise<RunningServer>;
}

export interface RunningServer {
  readonly endpoint: Endpoint;
  /** Time from its start to when it could be connected to. */
  readonly startMs: number;
  /** CPU time used so far by all its processes. */
  cpuMs(): number;
  /** Of the process that holds the configuration. */
  memory(): Memory;
  /** In order. */
  stop(): Promise<void>;
  /** Without a word. */
  kill(): Promise<void>;
}

/** What is resident of a process, in bytes. */
export interface Memory {
  readonly rssBytes: number;
  /** The part of it that is WebAssembly's, where a server has such. */
  readonly wasmBytes?: number;
}
