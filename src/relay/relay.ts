import type { Server, Socket } from "node:net";
import { type Clock, systemClock } from "../bgp/clock.ts";
import { canonicalAddress, comparableAddress } from "../bgp/ip-address.ts";
import { RunQueue } from "../bgp/run-queue.ts";
import { TerminationReason } from "../bmp/codec/iana.ts";
import type { BmpConfig, BmpSessionConfig, BmpSessionKey, VpnInstanceConfig } from "../bmp/config.ts";
import { BmpEngine, type StopReason } from "../bmp/engine.ts";
import type { BmpLimits } from "../bmp/limits.ts";
import type { BmpLog } from "../bmp/log.ts";
import { refuse } from "../net/listen.ts";
import { CollectorConfiguration } from "./collector-configuration.ts";
import type { RelayRouterConfig } from "./config.ts";
import { RELAY_LIMITS, type RelayLimits } from "./limits.ts";
import { RelayListeners } from "./listeners.ts";
import { RelayedRouter, type RouterEnvironment } from "./relayed-router.ts";
import type { RelayRouterState } from "./router-state.ts";
import type { RouterTables } from "./router-tables.ts";

export interface RelayOptions {
  readonly log: BmpLog;
  readonly clock?: Clock;
  /** 0 (included) to 1 (excluded). */
  readonly random?: () => number;
  readonly limits?: Partial<RelayLimits>;
  readonly bmpLimits?: Partial<BmpLimits>;
  /** ms until an address that could not be bound is tried again. */
  readonly listenRetryMs?: number;
}

const REMOVED: StopReason = {
  code: TerminationReason.permanentlyAdministrativelyClosed,
  reason: "router no longer relayed",
};
const SHUTTING_DOWN: StopReason = { code: TerminationReason.administrativelyClosed, reason: "server shutting down" };

/**
 * Routers whose BMP is taken and passed on. Each has an engine of its own, with the same collectors, so that a collector
 * sees it as if it were connected to the router itself.
 */
export class Relay {
  readonly #options: RelayOptions;
  readonly #limits: RelayLimits;
  readonly #environment: RouterEnvironment;
  /** Where routers connect to. */
  readonly listeners: RelayListeners;
  readonly #collectors = new CollectorConfiguration();
  /** By canonical address. */
  readonly #routers = new Map<string, RelayedRouter>();
  /** Ends of what is left of removed routers. */
  readonly #leaving = new Map<string, Promise<void>>();
  #refused = 0;

  constructor(options: RelayOptions) {
    const { log, clock = systemClock, random = Math.random } = options;
    this.#options = options;
    this.#limits = { ...RELAY_LIMITS, ...options.limits };
    this.#environment = {
      clock,
      limits: this.#limits,
      queue: new RunQueue(clock, this.#limits.slicesPerTurn),
      log,
      random,
      bug: (error) => log("error", "internal error in the relay", { error }),
      openEngine: (address, routes, initiation) => this.#openEngine(address, routes, initiation),
    };
    this.listeners = new RelayListeners({
      log,
      accept: (socket, server) => this.#accept(socket, server),
      ...(options.listenRetryMs !== undefined && { retryMs: options.listenRetryMs }),
    });
  }

  /** Connections that came from no router. */
  get refusedConnections(): number {
    return this.#refused;
  }

  /** Adds or changes a router. */
  setRouter(config: RelayRouterConfig): void {
    const key = canonicalAddress(config.address);
    const router = this.#routers.get(key);
    this.listeners.keys.set(key, config.md5Key);
    if (router !== undefined) router.setConfig(config);
    else this.#routers.set(key, new RelayedRouter(config, this.#environment, this.#leaving.get(key)));
  }

  /** As configured; undefined = there is no such router. */
  routerConfig(address: string): RelayRouterConfig | undefined {
    return this.#routers.get(comparableAddress(address))?.config;
  }

  removeRouter(address: string): void {
    const key = canonicalAddress(address);
    this.listeners.keys.set(key, undefined);
    this.#remove(key, REMOVED);
  }

  /** As `BmpEngine.configure`, of all routers' engines. The Initiation is the router's all the same. */
  configure(config: BmpConfig | undefined): void {
    this.#collectors.configure(config);
    for (const engine of this.#engines()) engine.configure(config);
  }

  setVpnInstance(config: VpnInstanceConfig): void {
    this.#collectors.setVpnInstance(config);
    for (const engine of this.#engines()) engine.setVpnInstance(config);
  }

  removeVpnInstance(name: string): void {
    this.#collectors.removeVpnInstance(name);
    for (const engine of this.#engines()) engine.removeVpnInstance(name);
  }

  /** A collector that connects to us connects to this device, and could not say which router it wants to hear of. */
  setSession(config: BmpSessionConfig): void {
    if (config.connectionMode === "passive") return this.removeSession(config);
    this.#collectors.setSession(config);
    for (const engine of this.#engines()) engine.setSession(config);
  }

  removeSession(key: BmpSessionKey): void {
    this.#collectors.removeSession(key);
    for (const engine of this.#engines()) engine.removeSession(key);
  }

  /** Resets the session's connection of every router that is connected. */
  resetSession(key: BmpSessionKey, reason: string): void {
    for (const engine of this.#engines()) engine.resetSession(key, reason);
  }

  /** States of all routers, or of the one with that address, in any form, if there is one. */
  *routerStates(address?: string): Iterable<RelayRouterState> {
    if (address === undefined) {
      for (const router of this.#routers.values()) yield router.state();
      return;
    }
    const router = this.#routers.get(comparableAddress(address));
    if (router !== undefined) yield router.state();
  }

  /** Resolves when all connections are gone. */
  async stop(): Promise<void> {
    this.listeners.close();
    for (const key of this.#routers.keys()) this.#remove(key, SHUTTING_DOWN);
    await Promise.all(this.#leaving.values());
  }

  *#engines(): Iterable<BmpEngine> {
    for (const { engine } of this.#routers.values()) if (engine !== undefined) yield engine;
  }

  #remove(key: string, reason: StopReason): void {
    const router = this.#routers.get(key);
    if (router === undefined) return;
    this.#routers.delete(key);
    const leaving = router.remove(reason);
    this.#leaving.set(key, leaving);
    void leaving.then(() => {
      if (this.#leaving.get(key) === leaving) this.#leaving.delete(key);
    });
  }

  #openEngine(router: string, routes: RouterTables, initiation: () => Uint8Array): BmpEngine {
    const { log, random, bmpLimits } = this.#options;
    const engine = new BmpEngine({
      routes: () => routes,
      identity: { kind: "relayed", initiation },
      log: (level, message, fields) => log(level, message, { router, ...fields }),
      ...(random !== undefined && { random }),
      ...(bmpLimits !== undefined && { limits: bmpLimits }),
    });
    this.#collectors.applyTo(engine);
    return engine;
  }

  #accept(socket: Socket, server: Server): void {
    const address = socket.remoteAddress === undefined ? undefined : canonicalAddress(socket.remoteAddress);
    const router = address === undefined ? undefined : this.#routers.get(address);
    if (address === undefined || router === undefined) {
      this.#refused++;
      return this.#refuse(socket, "from no router");
    }
    const refusal = this.listeners.keys.isGuarded(server, address)
      ? router.refusal()
      : "the listener does not have its key";
    if (refusal === undefined) return router.accept(socket);
    router.refused();
    this.#refuse(socket, refusal);
  }

  #refuse(socket: Socket, reason: string): void {
    this.#options.log("debug", "BMP connection refused", { reason, address: socket.remoteAddress });
    refuse(socket);
  }
}
