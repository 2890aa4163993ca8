import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Endpoint } from "../../shared/client/endpoint.ts";
import type { ProbeMessage, ProbeRequest, ProbeSetup } from "./probe-messages.ts";

/**
 * Another session, which asks for one thing every few milliseconds. It has a thread of its own: what the first session's
 * client does must not look like the server's slowness.
 */
export class Probe {
  readonly #worker: Worker;
  readonly #failure: Promise<never>;

  /** Connects, and has one reply. */
  static async start(endpoint: Endpoint, operation: string): Promise<Probe> {
    const setup: ProbeSetup = { endpoint, operation };
    const probe = new Probe(new Worker(new URL("./probe-worker.js", import.meta.url), { workerData: setup }));
    await probe.#next("connected");
    return probe;
  }

  private constructor(worker: Worker) {
    this.#worker = worker;
    this.#failure = new Promise((_, reject) => worker.on("error", reject));
    // Whoever waits for the worker hears of it; nobody may be waiting.
    this.#failure.catch(() => {});
  }

  /** Begins to ask. */
  async watch(): Promise<void> {
    this.#tell("watch");
    await this.#next("watching");
  }

  /** Asks no more; returns how long each reply since `watch` has taken, in ms, that to a request under way included. */
  async stop(): Promise<readonly number[]> {
    this.#tell("stop");
    const { waitsMs } = await this.#next("waits");
    return waitsMs;
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #tell(request: ProbeRequest): void {
    this.#worker.postMessage(request);
  }

  /** The worker's next message, which is known to be of this kind. Rejects when the worker fails. */
  async #next<K extends ProbeMessage["kind"]>(kind: K): Promise<Extract<ProbeMessage, { kind: K }>> {
    const [message] = (await Promise.race([once(this.#worker, "message"), this.#failure])) as [ProbeMessage];
    if (message.kind !== kind) throw new Error(`the probe says "${message.kind}" instead of "${kind}"`);
    return message as Extract<ProbeMessage, { kind: K }>;
  }
}
