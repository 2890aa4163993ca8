import { listenId } from "../bmp/collector-listeners.ts";
import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Network } from "../net/linux-socket.ts";
import type { BindProblem } from "../net/listener-pool.ts";
import { listenId as routerListenId } from "../relay/listeners.ts";
import { checkChange, type Machine } from "./check-change.ts";
import { keyProblems, type ListeningParts } from "./check-keys.ts";
import type { PlaneChange } from "./plane-messages.ts";
import { toBmpListenConfig, toNetwork, toRelayListenAddress } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";
import { placeOf } from "./unit-place.ts";

/** Where a VPN instance will be. */
type NetworkOf = (vpnInstance: string) => Network;

/**
 * Finds out whether a change of units can be carried out here, and binds the addresses that it adds. Rejects with
 * `RpcError` with what is wrong; `discardPrepared` has to follow then.
 */
export async function prepareChange(
  { change, keyed }: PlaneChange,
  machine: Machine,
  parts: ListeningParts,
): Promise<void> {
  checkChange(change, machine);
  const tooMany = keyProblems(keyed, parts, (wanted) => machine.md5Capacity(wanted));
  if (tooMany.length > 0) throw new RpcError(tooMany);
  const networkOf: NetworkOf = (name) => networkIn(change, name) ?? parts.engine.networkOf(name);
  // All at once, so that what is discarded meanwhile is discarded everywhere.
  const entries = await Promise.all([
    prepareCollectorListeners(change, parts, networkOf),
    prepareBgpListeners(change, parts, networkOf),
    prepareRouterListeners(change, parts),
  ]);
  if (entries.flat().length > 0) throw new RpcError(entries.flat());
}

/** The change that was prepared is not made. */
export function discardPrepared(parts: ListeningParts): void {
  for (const { listeners } of Object.values(parts)) listeners.discard();
}

const ADVICE =
  "Stop what uses the address, or give another one; one of this server's own that overlaps has to be removed by a commit before this one.";
const BGP_ADVICE =
  "Stop what uses the address. In a device that is no VRF, this server's own listeners use it: have the neighbour's connection-mode be active.";

async function prepareCollectorListeners(
  change: ConfigChange,
  { engine }: ListeningParts,
  networkOf: NetworkOf,
): Promise<RpcErrorEntry[]> {
  const added = new Map<string, UnitChange>();
  for (const unit of change)
    if (unit.path === unitPaths.bmpListen && unit.after !== undefined)
      added.set(listenId(toBmpListenConfig(unit.keys)), unit);
  const configs = [...added.values()].map(({ keys }) => toBmpListenConfig(keys));
  return refusals(await engine.listeners.prepare(configs, networkOf), added, "", "cannot be opened", ADVICE);
}

async function prepareBgpListeners(
  change: ConfigChange,
  { speaker }: ListeningParts,
  networkOf: NetworkOf,
): Promise<RpcErrorEntry[]> {
  /** For each VPN instance a neighbour that is listened for. */
  const wanted = new Map<string, UnitChange>();
  for (const unit of change) {
    const { "vpn-instance": vpnInstance, "connection-mode": mode } =
      unit.path === unitPaths.neighbor ? (unit.after ?? {}) : {};
    if (typeof vpnInstance === "string" && mode !== "active") wanted.set(vpnInstance, unit);
  }
  const networks = new Map([...wanted.keys()].map((name) => [name, networkOf(name)]));
  const what = "cannot be listened for in the VPN instance";
  return refusals(await speaker.listeners.prepare(networks), wanted, "vpn-instance", what, BGP_ADVICE);
}

async function prepareRouterListeners(change: ConfigChange, { relay }: ListeningParts): Promise<RpcErrorEntry[]> {
  const added = new Map<string, UnitChange>();
  for (const unit of change)
    if (unit.path === unitPaths.relayListen && unit.after !== undefined)
      added.set(routerListenId(toRelayListenAddress(unit.after)), unit);
  const addresses = [...added.values()].map(({ after = {} }) => toRelayListenAddress(after));
  return refusals(await relay.listeners.prepare(addresses), added, "address", "cannot be bound", ADVICE);
}

/** `node`: of the units, by the problems' ids, that is at fault. */
function refusals(
  problems: readonly BindProblem[],
  units: ReadonlyMap<string, UnitChange>,
  node: string,
  what: string,
  inUseAdvice: string,
): RpcErrorEntry[] {
  return problems.flatMap(({ id, error }) => {
    const unit = units.get(id);
    if (unit === undefined) return [];
    const isInUse = error.code === "EADDRINUSE";
    const advice = isInUse ? inUseAdvice : "Give what this server may use.";
    const message = `${what}: ${error.message}. ${advice}`;
    return [placeOf(unit.path, unit.keys).refusal(node, message, isInUse ? "in-use" : "operation-failed")];
  });
}

/** Where a VPN instance is after the change, if that says so. */
function networkIn(change: ConfigChange, vpnInstance: string): Network | undefined {
  const unit = change.find(({ path, keys: [name] }) => path === unitPaths.vpnInstance && name === vpnInstance);
  return unit?.after && toNetwork(unit.after);
}
