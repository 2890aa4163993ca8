import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import type { MrtFeeds } from "../mrt/feeds.ts";
import {
  toBmpConfig,
  toBmpSessionConfig,
  toMrtFeedConfig,
  toNeighborConfig,
  toSpeakerConfig,
  toVpnInstanceConfig,
} from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/** Who acts on configuration. */
export interface PlaneParts {
  readonly speaker: BgpSpeaker;
  readonly engine: BmpEngine;
  readonly feeds: MrtFeeds;
}

/** Hands a committed change to the engines: what others depend on is made first and removed last. */
export function applyChange(change: ConfigChange, parts: PlaneParts): void {
  for (const path of REMOVAL_ORDER)
    for (const unit of change) if (unit.path === path && unit.after === undefined) remove(unit, parts);
  for (const path of CREATION_ORDER)
    for (const unit of change) if (unit.path === path && unit.after !== undefined) set(unit, parts);
}

const CREATION_ORDER = [
  unitPaths.vpnInstance,
  unitPaths.bmp,
  unitPaths.bmpSession,
  unitPaths.bgp,
  unitPaths.neighbor,
  unitPaths.mrtFeed,
];
const REMOVAL_ORDER = CREATION_ORDER.toReversed();

function set({ path, after = {} }: UnitChange, { speaker, engine, feeds }: PlaneParts): void {
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
    case unitPaths.mrtFeed:
      return feeds.setFeed(toMrtFeedConfig(after));
  }
}

function remove({ path, keys }: UnitChange, { speaker, engine, feeds }: PlaneParts): void {
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
    case unitPaths.mrtFeed:
      return feeds.removeFeed(first);
  }
}
