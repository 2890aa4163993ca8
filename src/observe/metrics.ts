import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import type { ThreadFigures } from "../thread-figures.ts";
import type { HttpResource } from "./http-listener.ts";
import type { Log } from "./log.ts";
import type { DatastoreFigures, MetricsSource, NetconfFigures } from "./metrics-source.ts";
import { planeSamples } from "./plane-samples.ts";
import type { PlaneReader } from "./plane-state.ts";

/** Seconds; what takes longer than the last one is ended by the datastores. */
const RPC_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

/** A request that was answered. */
export interface AnsweredRpc {
  /** Name of an operation that there is, or "unknown". */
  readonly operation: string;
  /** "ok", or the error-tag of the reply (RFC 6241 appendix A). */
  readonly outcome: string;
  /** From the whole request's being there to the reply's being ready to be sent. */
  readonly ms: number;
}

/** What Prometheus asks for, by whatever name. */
export const metricsResource = (metrics: Metrics): HttpResource => ({
  hasAnyName: true,
  get: async () => ({ headers: { "Content-Type": metrics.contentType }, body: await metrics.text() }),
});

/**
 * The server's metrics in Prometheus' text format. Labels take their values from the configuration and the model only,
 * so that their number is bounded by what the operator configured.
 */
export class Metrics {
  readonly #source: MetricsSource;
  readonly #plane: PlaneReader;
  readonly #log: Log;
  readonly #registry = new Registry();
  /** The scrape under way: those who come meanwhile get the same, so that many cost what one does. */
  #scrape: Promise<string> | undefined;

  readonly #sourceUp = this.#gauge("source_up", "Whether a part of the server answered this scrape.", ["source"]);
  readonly #rpcs = this.#counter("netconf_rpcs_total", "Requests answered, by operation and error-tag, or ok.", [
    "operation",
    "outcome",
  ]);
  readonly #rpcSeconds = this.#histogram(
    "netconf_rpc_duration_seconds",
    "Time from a request's arrival to its reply's being ready.",
    ["operation"],
    RPC_BUCKETS,
  );
  readonly #netconfSessions = this.#gauge("netconf_sessions", "NETCONF sessions that are open.");
  readonly #commandLineSessions = this.#gauge("command_line_sessions", "Sessions of the command line that are open.");
  readonly #netconfCounts = {
    sessionsStarted: this.#counter("netconf_sessions_started_total", "NETCONF sessions opened."),
    sessionsDropped: this.#counter(
      "netconf_sessions_dropped_total",
      "NETCONF sessions that neither the client nor kill-session ended.",
    ),
    badHellos: this.#counter("netconf_bad_hellos_total", "NETCONF sessions ended because of the client's hello."),
    badRpcs: this.#counter("netconf_bad_rpcs_total", "Messages received in place of a correct rpc."),
    notifications: this.#counter("netconf_notifications_total", "Notifications sent."),
    lostSubscribers: this.#counter(
      "notification_subscribers_lost_total",
      "NETCONF sessions that ended since they did not take their notifications in time.",
    ),
  };
  readonly #commitId = this.#gauge("commit_id", "Number of the newest commit.");
  readonly #committedAt = this.#gauge("last_commit_timestamp_seconds", "When the newest commit was made.");
  readonly #storedBytes = this.#gauge(
    "datastore_stored_bytes",
    "Configuration on disk: the newest snapshot, the changes after it, startup.",
    ["part"],
  );
  readonly #wasmBytes = this.#gauge("wasm_memory_bytes", "Memory that the WebAssembly instance of libyang has taken.");
  readonly #lagMean = this.#threadGauge("event_loop_lag_mean_seconds", "Mean lateness of a thread's event loop");
  readonly #lagP99 = this.#threadGauge("event_loop_lag_p99_seconds", "99th percentile of the same");
  readonly #lagMax = this.#threadGauge("event_loop_lag_max_seconds", "The most of the same");
  readonly #heapBytes = this.#gauge("thread_heap_bytes", "JavaScript objects of a thread.", ["thread"]);

  constructor(source: MetricsSource, plane: PlaneReader, log: Log) {
    this.#source = source;
    this.#plane = plane;
    this.#log = log;
    collectDefaultMetrics({ register: this.#registry });
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Counts a request. */
  answered({ operation, outcome, ms }: AnsweredRpc): void {
    this.#rpcs.inc({ operation, outcome });
    this.#rpcSeconds.observe({ operation }, ms / 1000);
  }

  /** All metrics, as they are now. A part of the server that does not answer lacks; the rest is there. */
  text(): Promise<string> {
    this.#scrape ??= this.#collect().finally(() => {
      this.#scrape = undefined;
    });
    return this.#scrape;
  }

  async #collect(): Promise<string> {
    const [datastores, planeThread, plane] = await Promise.all([
      this.#ask("datastores", () => this.#source.datastores()),
      this.#ask("plane-thread", () => this.#source.planeThread()),
      this.#ask("plane", async () => planeSamples(await this.#plane.read())),
    ]);
    this.#showNetconf(this.#source.netconf());
    this.#showDatastores(datastores);
    this.#showThreads({ main: this.#source.thread(), datastores: datastores?.thread, plane: planeThread });
    return (await this.#registry.metrics()) + (plane ?? "");
  }

  async #ask<T>(source: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      const answer = await question();
      this.#sourceUp.set({ source }, 1);
      return answer;
    } catch (error) {
      this.#sourceUp.set({ source }, 0);
      this.#log("warn", "A part of the server did not answer a scrape", { source, error });
      return undefined;
    }
  }

  #showNetconf({ sessions, commandLineSessions, ...counts }: NetconfFigures): void {
    this.#netconfSessions.set(sessions);
    this.#commandLineSessions.set(commandLineSessions);
    for (const name of Object.keys(counts) as (keyof typeof counts)[]) {
      this.#netconfCounts[name].reset();
      this.#netconfCounts[name].inc(counts[name]);
    }
  }

  #showDatastores(figures: DatastoreFigures | undefined): void {
    this.#commitId.remove();
    this.#committedAt.remove();
    this.#wasmBytes.remove();
    this.#storedBytes.reset();
    if (figures === undefined) return;
    const { commitId, committedAt, memoryBytes, storedBytes } = figures;
    this.#commitId.set(commitId);
    if (committedAt !== undefined) this.#committedAt.set(Date.parse(committedAt) / 1000);
    this.#wasmBytes.set(memoryBytes);
    for (const [part, bytes] of Object.entries(storedBytes)) this.#storedBytes.set({ part }, bytes);
  }

  #showThreads(threads: Readonly<Record<string, ThreadFigures | undefined>>): void {
    for (const metric of [this.#lagMean, this.#lagP99, this.#lagMax, this.#heapBytes]) metric.reset();
    for (const [thread, figures] of Object.entries(threads)) {
      if (figures === undefined) continue;
      this.#lagMean.set({ thread }, figures.lag.mean);
      this.#lagP99.set({ thread }, figures.lag.p99);
      this.#lagMax.set({ thread }, figures.lag.max);
      this.#heapBytes.set({ thread }, figures.heapBytes);
    }
  }

  #threadGauge(name: string, help: string): Gauge<"thread"> {
    return this.#gauge(name, `${help}, since the scrape before.`, ["thread"]);
  }

  #gauge<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    return new Gauge({ name: `bmpconfd_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #counter<L extends string>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    return new Counter({ name: `bmpconfd_${name}`, help, labelNames, registers: [this.#registry] });
  }

  #histogram<L extends string>(
    name: string,
    help: string,
    labelNames: readonly L[],
    buckets: readonly number[],
  ): Histogram<L> {
    return new Histogram({
      name: `bmpconfd_${name}`,
      help,
      labelNames,
      buckets: [...buckets],
      registers: [this.#registry],
    });
  }
}
