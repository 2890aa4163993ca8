import { systemClock } from "../bgp/clock.ts";
import type { Log } from "../observe/log.ts";
import { LabCollector } from "./lab-collector.ts";
import { LabNeighbor } from "./lab-neighbor.ts";
import type { Endpoint } from "./lab-topology.ts";
import { labLimits } from "./limits.ts";

export interface LabOptions {
  /** Where our BGP speaker listens. */
  readonly bgpTarget: Endpoint;
  /** Port of the embedded collector, on `::1` and `127.0.0.1`. */
  readonly collectorPort: number;
  /** Takes the collector's lines, without line end. */
  readonly print: (line: string) => void;
  readonly log: Log;
}

/** What makes the server worth trying out alone: a BGP neighbour that announces sample routes, and a BMP collector. */
export class Lab {
  readonly #collectorPort: number;
  readonly #collector: LabCollector;
  readonly #neighbor: LabNeighbor;

  constructor({ bgpTarget, collectorPort, print, log }: LabOptions) {
    this.#collectorPort = collectorPort;
    this.#collector = new LabCollector(print, systemClock, labLimits, log);
    this.#neighbor = new LabNeighbor(bgpTarget, systemClock, labLimits, log);
  }

  /** Rejects with an error that says what to do when the collector's port is taken; nothing runs then. */
  async start(): Promise<void> {
    await this.#collector.start(this.#collectorPort);
    this.#neighbor.start();
  }

  /** Never rejects. */
  async stop(): Promise<void> {
    await this.#neighbor.stop();
    await this.#collector.stop();
  }
}
