import { listenId } from "../bmp/collector-listeners.ts";
import type { BmpEngine } from "../bmp/engine.ts";
import type { ConfigChange, UnitChange } from "../datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Network } from "../net/linux-socket.ts";
import { checkChange, type Machine } from "./check-change.ts";
import { toBmpListenConfig, toNetwork } from "./unit-config.ts";
import { unitPaths } from "./unit-paths.ts";
import { placeOf } from "./unit-place.ts";

/**
 * Finds out whether a change of units can be carried out here, and binds the addresses that it adds. Rejects with
 * `RpcError` with what is wrong, and has then bound nothing.
 */
export async function prepareChange(change: ConfigChange, machine: Machine, engine: BmpEngine): Promise<void> {
  checkChange(change, machine);
  const added = change.filter(({ path, after }) => path === unitPaths.bmpListen && after !== undefined);
  const units = new Map(added.map((unit) => [listenId(toBmpListenConfig(unit.keys)), unit]));
  const problems = await engine.listeners.prepare(
    added.map(({ keys }) => toBmpListenConfig(keys)),
    (name) => networkIn(change, name) ?? engine.networkOf(name),
  );
  const entries = problems.flatMap(({ id, error }) => {
    const unit = units.get(id);
    return unit === undefined ? [] : [unusable(unit, error)];
  });
  if (entries.length > 0) throw new RpcError(entries);
}

/** Where a VPN instance is after the change, if that says so. */
function networkIn(change: ConfigChange, vpnInstance: string): Network | undefined {
  const unit = change.find(({ path, keys: [name] }) => path === unitPaths.vpnInstance && name === vpnInstance);
  return unit?.after && toNetwork(unit.after);
}

function unusable({ path, keys }: UnitChange, error: NodeJS.ErrnoException): RpcErrorEntry {
  const isInUse = error.code === "EADDRINUSE";
  const advice = isInUse
    ? "Stop what uses the address, or give another one; one of this server's own that overlaps has to be removed by a commit before this one."
    : "Give an address that this server may use.";
  return placeOf(path, keys).refusal(
    "",
    `cannot be opened: ${error.message}. ${advice}`,
    isInUse ? "in-use" : "operation-failed",
  );
}
