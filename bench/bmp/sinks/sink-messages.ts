import type { Distribution } from "../../shared/samples.ts";

/**
 * A table is whole with an End-of-RIB and so many prefixes, or so many messages: to count prefixes is as much work for a
 * collector as to make them is for a good exporter, so a dump that is timed is counted by messages.
 */
export type WholeTable = { readonly prefixes: number } | { readonly messages: number };

/** What a thread of collectors is started with. */
export interface SinkSetup {
  /** Collectors, each with a port of its own. */
  readonly collectors: number;
  /** When a collector has the whole table. */
  readonly whole: WholeTable;
  /** The collector that stops reading once it has the whole table. */
  readonly stalled?: number;
  /** Where to put what the first collector gets. */
  readonly captureFile?: string;
}

/** One connection of an exporter. Times in microseconds of the machine's monotonic clock. */
export interface ConnectionReport {
  /** Which collector. */
  readonly collector: number;
  readonly acceptedAtUs: number;
  /** When the whole table had come. */
  readonly completeAtUs: number | undefined;
  readonly bytes: number;
  readonly messages: number;
  readonly announced: number;
  readonly isOpen: boolean;
}

export interface SinkReport {
  /** In the order they were accepted. */
  readonly connections: readonly ConnectionReport[];
  /** From the stamp in what was announced after the table to its arrival, of all collectors; undefined: none came. */
  readonly latency: Distribution | undefined;
}

/** "report" is answered; "drop" ends all connections. */
export type SinkRequest = "report" | "drop";

export type SinkMessage =
  | { readonly kind: "listening"; readonly ports: readonly number[] }
  /** Each collector has the whole table. */
  | { readonly kind: "complete"; readonly connections: readonly ConnectionReport[] }
  | { readonly kind: "report"; readonly report: SinkReport };
