import type { CommitSubscriber, ConfigChange, ConfigObject, PreparedChange } from "../datastore/subscriber.ts";
import { type NetconfLimits, netconfLimits } from "./limits.ts";

/** Limits that the configuration sets, see /netconf-server of bmpconfd-server. */
export type ConfiguredLimits = Pick<NetconfLimits, "idleTimeS" | "sessions">;

/** Hands committed limits on. */
export class LimitConfiguration implements CommitSubscriber {
  readonly paths = ["/bmpconfd-server:netconf-server"];
  readonly #set: (limits: ConfiguredLimits) => void;

  constructor(set: (limits: ConfiguredLimits) => void) {
    this.#set = set;
  }

  adopt(change: ConfigChange): void {
    for (const { after } of change) this.#set(limitsOf(after));
  }

  async prepare(change: ConfigChange): Promise<PreparedChange> {
    return { apply: () => this.adopt(change), abort: () => {} };
  }
}

/** Without the container there is nothing but defaults. */
function limitsOf(unit: ConfigObject | undefined): ConfiguredLimits {
  if (unit === undefined) return netconfLimits;
  return { idleTimeS: Number(unit["idle-timeout"]), sessions: Number(unit["max-sessions"]) };
}
