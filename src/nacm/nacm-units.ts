import type { NacmConfig } from "./config.ts";
import { type PlainConfig, readNacmConfig } from "./read-config.ts";

/** The units of configuration that access control acts on, by schema path. The first has the rule lists in it. */
export const nacmPaths = Object.freeze({
  nacm: "/ietf-netconf-acm:nacm",
  group: "/ietf-netconf-acm:nacm/groups/group",
});

/** As a commit tells of it: undefined = it is gone. */
export interface NacmUnit {
  readonly path: string;
  readonly keys: readonly string[];
  readonly after: PlainConfig | undefined;
}

/** /nacm as it is committed, unit by unit. */
export class NacmUnits {
  readonly #nacm: PlainConfig | undefined;
  readonly #groups: ReadonlyMap<string, PlainConfig>;

  private constructor(nacm: PlainConfig | undefined, groups: ReadonlyMap<string, PlainConfig>) {
    this.#nacm = nacm;
    this.#groups = groups;
  }

  static readonly none = new NacmUnits(undefined, new Map());

  /** With a change; this one stays as it is. */
  with(change: Iterable<NacmUnit>): NacmUnits {
    let nacm = this.#nacm;
    const groups = new Map(this.#groups);
    for (const { path, keys, after } of change) {
      if (path === nacmPaths.nacm) nacm = after;
      if (path !== nacmPaths.group) continue;
      if (after === undefined) groups.delete(keys[0] ?? "");
      else groups.set(keys[0] ?? "", after);
    }
    return new NacmUnits(nacm, groups);
  }

  /** Throws `RulePathError`. */
  config(): NacmConfig {
    return readNacmConfig(this.#nacm, [...this.#groups.values()]);
  }
}
