import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import type { MrtFeeds } from "../mrt/feeds.ts";
import type { Relay } from "../relay/relay.ts";
import { inOrder } from "./change-order.ts";
import {
  toBmpConfig,
  toBmpListenConfig,
  toBmpSessionConfig,
  toMrtFeedConfig,
  toNeighborConfig,
  toRelayListenAddress,
  toRelayRouterConfig,
  toRoutingInstance,
  toSpeakerConfig,
} from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";

/** Who acts on configuration. */
export interface PlaneParts {
  readonly speaker: BgpSpeaker;
  readonly engine: BmpEngine;
  readonly feeds: MrtFeeds;
  readonly relay: Relay;
}

/** Hands a committed change, or a part of one that was put in order before, to the engines. */
export function applyChange(change: ConfigChange, parts: PlaneParts): void {
  for (const unit of inOrder(change)) {
    if (unit.after === undefined) remove(unit, parts);
    else set(unit, parts);
  }
}

function set({ path, keys, after = {} }: UnitChange, { speaker, engine, feeds, relay }: PlaneParts): void {
  switch (path) {
    case unitPaths.vpnInstance:
      for (const each of [speaker, engine, relay]) each.setVpnInstance(toRoutingInstance(after));
      return;
    case unitPaths.bmp:
      for (const each of [engine, relay]) each.configure(toBmpConfig(after));
      return;
    case unitPaths.bmpListen:
      return engine.listeners.add(toBmpListenConfig(keys));
    case unitPaths.bmpSession:
      for (const each of [engine, relay]) each.setSession(toBmpSessionConfig(after));
      return;
    case unitPaths.bgp:
      return speaker.configure(toSpeakerConfig(after));
    case unitPaths.neighbor:
      return speaker.setNeighbor(toNeighborConfig(after));
    case unitPaths.mrtFeed:
      return feeds.setFeed(toMrtFeedConfig(after));
    case unitPaths.relayRouter:
      return relay.setRouter(toRelayRouterConfig(after));
    case unitPaths.relayListen:
      return relay.listeners.add(toRelayListenAddress(after));
  }
}

function remove({ path, keys }: UnitChange, { speaker, engine, feeds, relay }: PlaneParts): void {
  const [first = "", second = "", third = ""] = keys;
  switch (path) {
    case unitPaths.vpnInstance:
      for (const each of [speaker, engine, relay]) each.removeVpnInstance(first);
      return;
    case unitPaths.bmp:
      for (const each of [engine, relay]) each.configure(undefined);
      return;
    case unitPaths.bmpListen:
      return engine.listeners.remove(toBmpListenConfig(keys));
    case unitPaths.bmpSession:
      for (const each of [engine, relay]) each.removeSession({ vpnInstance: first, address: second, alias: third });
      return;
    case unitPaths.bgp:
      return speaker.configure(undefined);
    case unitPaths.neighbor:
      return speaker.removeNeighbor(first);
    case unitPaths.mrtFeed:
      return feeds.removeFeed(first);
    case unitPaths.relayRouter:
      return relay.removeRouter(first);
    case unitPaths.relayListen:
      return relay.listeners.remove({ address: first, port: Number(second) });
  }
}
