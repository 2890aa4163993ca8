import type { Outcome } from "../../shared/outcome.ts";
import type { Distribution } from "../../shared/samples.ts";
import type { Memory } from "../servers/server.ts";

/** One kind of operation. */
export interface OperationResult {
  /** From the first byte sent to the last byte received. */
  readonly times: Distribution;
  /** The server's CPU time for one of them. */
  readonly cpuMs: number;
  /** What another session waits for the reply to a small request meanwhile. */
  readonly waits: Distribution;
}

/** Requests sent without waiting for the replies to those before. */
export interface PipelineResult {
  readonly perSecond: number;
  /** The client's CPU time by time elapsed: at 1 it is the client that is measured. */
  readonly clientLoad: number;
  readonly waits: Distribution;
}

/** What a start from disk with all entries shows. */
export interface StartResult {
  readonly startMs: number;
  readonly memory: Memory;
}

/** All that is measured with one server and one number of entries. */
export interface SizeResult {
  readonly entries: number;
  /** Of a server with a single entry. */
  readonly emptyMemory: Outcome<Memory>;
  readonly bulk: Outcome<OperationResult>;
  readonly readAll: Outcome<OperationResult>;
  readonly readOne: Outcome<OperationResult>;
  readonly pipeline: Outcome<PipelineResult>;
  readonly modify: Outcome<OperationResult>;
  readonly create: Outcome<OperationResult>;
  readonly delete: Outcome<OperationResult>;
  /** After all of these. */
  readonly loadedMemory: Outcome<Memory>;
  readonly large: Outcome<OperationResult>;
  readonly restart: Outcome<StartResult>;
}
