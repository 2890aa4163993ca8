import type { BgpSpeaker } from "../bgp/speaker.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ConfigChange, ConfigObject, UnitChange } from "../datastore/subscriber.ts";
import type { RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Relay } from "../relay/relay.ts";
import { toBmpSessionConfig, toNeighborConfig, toRelayRouterConfig } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";
import { placeOf } from "./unit-place.ts";

/** Who has listeners. */
export interface ListeningParts {
  readonly engine: Pick<BmpEngine, "listeners" | "sessionConfig" | "networkOf">;
  readonly speaker: Pick<BgpSpeaker, "listeners" | "neighborConfig">;
  readonly relay: Pick<Relay, "listeners" | "routerConfig">;
}

/** The nodes of units that have a key, and those that say on which listeners it is. */
const NODES: Readonly<Record<string, readonly string[]>> = {
  [unitPaths.neighbor]: ["tcp-md5", "vpn-instance"],
  [unitPaths.bmpSession]: ["tcp-md5", "connection-mode", "local-port"],
  [unitPaths.relayRouter]: ["tcp-md5"],
};

/** Whether the unit has a key that listeners may get, or may have to give back. `before`: as in effect. */
export function concernsKeys({ path, after }: UnitChange, before: ConfigObject | undefined): boolean {
  const nodes = NODES[path];
  if (nodes === undefined || (after?.["tcp-md5"] ?? before?.["tcp-md5"]) === undefined) return false;
  return nodes.some((node) => after?.[node] !== before?.[node]);
}

/** The keys of one listener, or of several that have the same. */
interface Listener {
  readonly id: string;
  /** Before the change. */
  readonly keys: number;
}

interface Count {
  keys: number;
  /** Units whose key is one more. */
  readonly added: UnitChange[];
}

/**
 * What is wrong with the TCP MD5 keys of a change, for which `concernsKeys` holds: there may be more than a listener
 * can have. `capacity`: how many of so many it can.
 */
export function keyProblems(
  change: ConfigChange,
  parts: ListeningParts,
  capacity: (wanted: number) => number,
): RpcErrorEntry[] {
  const counts = new Map<string, Count>();
  const countOf = ({ id, keys }: Listener): Count => {
    const count = counts.get(id) ?? { keys, added: [] };
    counts.set(id, count);
    return count;
  };
  for (const unit of change) {
    const { before, after } = listenersOf(unit, parts);
    if (before !== undefined) countOf(before).keys -= 1;
    if (after === undefined) continue;
    countOf(after).keys += 1;
    if (before?.id !== after.id) countOf(after).added.push(unit);
  }
  return [...counts.values()].flatMap(({ keys, added }) => {
    if (added.length === 0) return [];
    const possible = capacity(keys);
    const first = added[Math.max(0, added.length - (keys - possible))];
    return possible >= keys || first === undefined ? [] : [tooMany(first, keys, possible)];
  });
}

interface Listeners {
  readonly before: Listener | undefined;
  readonly after: Listener | undefined;
}

function listenersOf(unit: UnitChange, parts: ListeningParts): Listeners {
  switch (unit.path) {
    case unitPaths.neighbor:
      return neighborListeners(unit, parts);
    case unitPaths.bmpSession:
      return sessionListeners(unit, parts);
    default:
      return routerListeners(unit, parts);
  }
}

function routerListeners({ keys: [address = ""], after }: UnitChange, { relay }: ListeningParts): Listeners {
  const of = (config: { readonly md5Key?: string } | undefined) =>
    config?.md5Key === undefined ? undefined : { id: "relay", keys: relay.listeners.keys.size };
  return { before: of(relay.routerConfig(address)), after: of(after && toRelayRouterConfig(after)) };
}

function neighborListeners({ keys: [address = ""], after }: UnitChange, { speaker }: ListeningParts): Listeners {
  const of = (config: { readonly md5Key?: string; readonly vpnInstance: string } | undefined) =>
    config?.md5Key === undefined
      ? undefined
      : { id: `bgp ${config.vpnInstance}`, keys: speaker.listeners.keysIn(config.vpnInstance) };
  return { before: of(speaker.neighborConfig(address)), after: of(after && toNeighborConfig(after)) };
}

function sessionListeners(
  { keys: [vpnInstance = "", address = "", alias = ""], after }: UnitChange,
  { engine }: ListeningParts,
): Listeners {
  const of = (config: ReturnType<typeof toBmpSessionConfig> | undefined) => {
    if (config?.md5Key === undefined || config.connectionMode !== "passive" || config.localPort === undefined)
      return undefined;
    const port = { vpnInstance, port: config.localPort };
    return { id: `bmp ${port.port} ${vpnInstance}`, keys: engine.listeners.keysAt(port) };
  };
  const key = { vpnInstance, address, alias };
  return { before: of(engine.sessionConfig(key)), after: of(after && toBmpSessionConfig(after)) };
}

function tooMany({ path, keys }: UnitChange, wanted: number, possible: number): RpcErrorEntry {
  return placeOf(path, keys).refusal(
    "tcp-md5",
    `cannot have a TCP MD5 key: a listener would have ${wanted}, and the kernel has room for ${possible}. ` +
      "Raise net.core.optmem_max (sysctl), or have fewer keys on it.",
    "resource-denied",
  );
}
