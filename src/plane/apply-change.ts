import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import {
  toBmpConfig,
  toBmpSessionConfig,
  toNeighborConfig,
  toSpeakerConfig,
  toVpnInstanceConfig,
} from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/** Hands a committed change to the engines: what others depend on is made first and removed last. */
export function applyChange(change: ConfigChange, speaker: BgpSpeaker, engine: BmpEngine): void {
  for (const path of REMOVAL_ORDER)
    for (const unit of change) if (unit.path === path && unit.after === undefined) remove(unit, speaker, engine);
  for (const path of CREATION_ORDER)
    for (const unit of change) if (unit.path === path && unit.after !== undefined) set(unit, speaker, engine);
}

const CREATION_ORDER = [unitPaths.vpnInstance, unitPaths.bmp, unitPaths.bmpSession, unitPaths.bgp, unitPaths.neighbor];
const REMOVAL_ORDER = CREATION_ORDER.toReversed();

function set({ path, after = {} }: UnitChange, speaker: BgpSpeaker, engine: BmpEngine): void {
  switch (path) {
    case unitPaths.vpnInstance:
      return engine.setVpnInstance(toVpnInstanceConfig(after));
    case unitPaths.bmp:
      return engine.configure(toBmpConfig(after));
    case unitPaths.bmpSession:
      return engine.setSession(toBmpSessionConfig(after));
    case unitPaths.bgp:
      return speaker.configure(toSpeakerConfig(after));
    case unitPaths.neighbor:
      return speaker.setNeighbor(toNeighborConfig(after));
  }
}

function remove({ path, keys }: UnitChange, speaker: BgpSpeaker, engine: BmpEngine): void {
  const [first = "", second = "", third = ""] = keys;
  switch (path) {
    case unitPaths.vpnInstance:
      return engine.removeVpnInstance(first);
    case unitPaths.bmp:
      return engine.configure(undefined);
    case unitPaths.bmpSession:
      return engine.removeSession({ vpnInstance: first, address: second, alias: third });
    case unitPaths.bgp:
      return speaker.configure(undefined);
    case unitPaths.neighbor:
      return speaker.removeNeighbor(first);
  }
}
