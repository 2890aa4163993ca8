/** The AS of all exporters. */
export const EXPORTER_AS = 65_001;

/** A BMP exporter that learns routes of one BGP neighbour, which connects to it. */
export interface Exporter {
  readonly name: string;
  /** Starts it for a router of this AS. */
  start(routerAs: number): Promise<RunningExporter>;
}

export interface RunningExporter {
  /** Where it takes the neighbour's connection, on 127.0.0.1. */
  readonly bgpPort: number;
  /** Has it report the neighbour's Adj-RIB-In before policy to 127.0.0.1 at these ports, and to nobody else. */
  setCollectors(ports: readonly number[]): Promise<void>;
  /** CPU time used so far. */
  cpuMs(): number;
  rssBytes(): number;
  stop(): Promise<void>;
}
