import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { ConnectionReport, SinkMessage, SinkReport, SinkRequest, SinkSetup } from "./sink-messages.ts";

/** Collectors that count, all in one thread of their own. */
export class Sinks {
  readonly #worker: Worker;
  readonly #failure: Promise<never>;
  readonly #complete: Promise<readonly ConnectionReport[]>;
  readonly ports: readonly number[];

  static async open(setup: SinkSetup): Promise<Sinks> {
    const worker = new Worker(new URL("./sink-worker.js", import.meta.url), { workerData: setup });
    const [message] = (await once(worker, "message")) as [SinkMessage];
    if (message.kind !== "listening") throw new Error(`the sinks say "${message.kind}" first`);
    return new Sinks(worker, message.ports);
  }

  private constructor(worker: Worker, ports: readonly number[]) {
    this.#worker = worker;
    this.ports = ports;
    this.#failure = new Promise((_, reject) => worker.on("error", reject));
    this.#complete = new Promise((resolve) => {
      worker.on("message", (message: SinkMessage) => {
        if (message.kind === "complete") resolve(message.connections);
      });
    });
    // Whoever waits for the worker hears of it; nobody may be waiting.
    this.#failure.catch(() => {});
  }

  /** The connections when each collector has the whole table. */
  complete(): Promise<readonly ConnectionReport[]> {
    return Promise.race([this.#complete, this.#failure]);
  }

  report(): Promise<SinkReport> {
    const answer = new Promise<SinkReport>((resolve) => {
      const received = (message: SinkMessage): void => {
        if (message.kind !== "report") return;
        this.#worker.off("message", received);
        resolve(message.report);
      };
      this.#worker.on("message", received);
    });
    this.#ask("report");
    return Promise.race([answer, this.#failure]);
  }

  /** Ends all connections. */
  drop(): void {
    this.#ask("drop");
  }

  async end(): Promise<void> {
    await this.#worker.terminate();
  }

  #ask(request: SinkRequest): void {
    this.#worker.postMessage(request);
  }
}
