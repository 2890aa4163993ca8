import { setImmediate as nextTurn } from "node:timers/promises";
import type { BmpConfig, BmpSessionConfig } from "../../src/bmp/config.ts";
import { BmpEngine, type BmpEngineOptions } from "../../src/bmp/engine.ts";
import type { BmpSessionState } from "../../src/bmp/session-state.ts";
import { FakeRoutes } from "./fake-routes.ts";
import type { FakeSocket } from "./fake-socket.ts";
import { ManualClock } from "./manual-clock.ts";

export const BMP: BmpConfig = { statisticsIntervalS: 3600 };

export function session(port: number, changes: Partial<BmpSessionConfig> = {}): BmpSessionConfig {
  return {
    vpnInstance: "_public_",
    address: "127.0.0.1",
    alias: "",
    connectionMode: "active",
    port,
    enabled: true,
    timeouts: { keepalive: { idleS: 60, intervalS: 1, count: 10 } },
    connectTimeoutS: 10,
    initialDelayS: 0,
    connectRetryInitialS: 30,
    connectRetryMaximumS: 720,
    queueLimitBytes: 1 << 20,
    routeMirroring: "none",
    ...changes,
  };
}

export interface LogLine {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** An engine whose clock, chance and speaker a test controls. `random` 0: no jitter. */
export class EngineFixture {
  readonly clock = new ManualClock();
  readonly routes = new FakeRoutes();
  readonly logLines: LogLine[] = [];
  readonly engine: BmpEngine;

  constructor(options: Partial<BmpEngineOptions> = {}) {
    this.engine = new BmpEngine({
      routes: () => this.routes,
      identity: { kind: "own", hostName: "router.example", productDescription: "bmpconfd test" },
      log: (level, message, fields) => this.logLines.push({ level, message, fields }),
      clock: this.clock,
      random: () => 0,
      ...options,
    });
    this.routes.observer = this.engine;
    this.engine.configure(BMP);
  }

  /** State of the only session, or of the one with `alias`. */
  state(alias = ""): BmpSessionState {
    const found = [...this.engine.sessionStates()].find((state) => state.alias === alias);
    if (found === undefined) throw new Error(`no session "${alias}"`);
    return found;
  }

  /** Resolves once the state fulfils `condition`, which only sockets can bring about: the clock stands still. */
  async until(condition: (state: BmpSessionState) => boolean, alias = ""): Promise<BmpSessionState> {
    while (!condition(this.state(alias))) await nextTurn();
    return this.state(alias);
  }

  /** Adds a session and lets its first attempt begin. */
  start(config: BmpSessionConfig): void {
    this.engine.setSession(config);
    this.clock.advance(0);
  }

  /** Every collector reads on; those cut off connect again. `sockets` gets those of new connections meanwhile. */
  async settle(sockets: ReadonlyMap<number, FakeSocket>): Promise<void> {
    for (let round = 0; round < 12; round++) {
      this.clock.advance(10_000);
      for (let turn = 0; turn < 30; turn++) {
        for (const socket of sockets.values()) {
          socket.isStalled = false;
          socket.deliver();
        }
        await nextTurn();
      }
    }
  }

  /** Stops the engine; collectors that do not close are given up at once. */
  async stop(): Promise<void> {
    const stopped = this.engine.stop();
    this.clock.advance(10_000);
    await stopped;
  }
}
