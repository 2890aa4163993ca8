import { appendFileSync } from "node:fs";
import type { Socket } from "node:net";
import { monotonicUs } from "../../shared/monotonic.ts";
import { ageUs } from "../feed/stamp.ts";
import { BmpCounter } from "./bmp-counter.ts";
import type { LatencyHistogram } from "./latency-histogram.ts";
import type { ConnectionReport, WholeTable } from "./sink-messages.ts";

export interface CollectorOptions {
  readonly index: number;
  readonly whole: WholeTable;
  readonly isStalled: boolean;
  readonly captureFile: string | undefined;
  readonly latencies: LatencyHistogram;
  /** The whole table has come. */
  readonly completed: () => void;
}

/** One connection of an exporter to a collector. */
export class Collector {
  readonly #options: CollectorOptions;
  readonly #socket: Socket;
  readonly #counter: BmpCounter;
  readonly #acceptedAtUs = monotonicUs();
  #completeAtUs: number | undefined;
  #readAtUs = 0;

  constructor(socket: Socket, options: CollectorOptions) {
    this.#options = options;
    this.#socket = socket;
    this.#counter = new BmpCounter({
      countsPrefixes: "prefixes" in options.whole,
      announced: (message, nlri) => {
        if (this.#completeAtUs !== undefined) options.latencies.add(ageUs(message, nlri, this.#readAtUs));
      },
    });
    socket.on("error", () => {});
    socket.on("data", (octets) => this.#take(octets));
  }

  get isComplete(): boolean {
    return this.#completeAtUs !== undefined;
  }

  drop(): void {
    this.#socket.destroy();
  }

  report(): ConnectionReport {
    const { bytes, messages, announced } = this.#counter;
    return {
      collector: this.#options.index,
      acceptedAtUs: this.#acceptedAtUs,
      completeAtUs: this.#completeAtUs,
      bytes,
      messages,
      announced,
      isOpen: !this.#socket.destroyed,
    };
  }

  #take(octets: Buffer): void {
    const { isStalled, captureFile, completed } = this.#options;
    this.#readAtUs = monotonicUs();
    this.#counter.push(octets);
    if (this.#completeAtUs !== undefined) return;
    if (captureFile !== undefined) appendFileSync(captureFile, octets);
    if (!this.#isWhole()) return;
    this.#completeAtUs = monotonicUs();
    if (isStalled) this.#socket.pause();
    completed();
  }

  #isWhole(): boolean {
    const { announced, messages, endsOfRib } = this.#counter;
    const { whole } = this.#options;
    return endsOfRib > 0 && ("prefixes" in whole ? announced >= whole.prefixes : messages >= whole.messages);
  }
}
