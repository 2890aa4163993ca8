import type { BmpConfig, BmpSessionConfig, BmpSessionKey, VpnInstanceConfig } from "../bmp/config.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import { keyOf } from "../bmp/session-key.ts";

/** What is configured of collectors, kept for engines that come later. */
export class CollectorConfiguration {
  readonly #instances = new Map<string, VpnInstanceConfig>();
  readonly #sessions = new Map<string, BmpSessionConfig>();
  #bmp: BmpConfig | undefined;

  configure(config: BmpConfig | undefined): void {
    this.#bmp = config;
  }

  setVpnInstance(config: VpnInstanceConfig): void {
    this.#instances.set(config.name, config);
  }

  removeVpnInstance(name: string): void {
    this.#instances.delete(name);
  }

  setSession(config: BmpSessionConfig): void {
    this.#sessions.set(keyOf(config), config);
  }

  removeSession(key: BmpSessionKey): void {
    this.#sessions.delete(keyOf(key));
  }

  /** Tells an engine that knows nothing yet. */
  applyTo(engine: BmpEngine): void {
    for (const instance of this.#instances.values()) engine.setVpnInstance(instance);
    engine.configure(this.#bmp);
    for (const session of this.#sessions.values()) engine.setSession(session);
  }
}
