import type { NeighborConfig } from "./config.ts";

/**
 * Whether a change of configuration ends what runs with the neighbour. The description, the labels, the maximum of
 * prefixes and the connect retry time never do.
 * @param isOutgoing whether we opened the connection that is used; undefined: there is none yet
 */
export function isAffected(before: NeighborConfig, after: NeighborConfig, isOutgoing: boolean | undefined): boolean {
  if (before.vpnInstance !== after.vpnInstance) return true;
  if (before.remoteAs !== after.remoteAs || before.holdTimeS !== after.holdTimeS) return true;
  if (before.md5Key !== after.md5Key) return true;
  if (!isSameSet(before.families, after.families)) return true;
  if (!isSameSet(before.addPathReceive, after.addPathReceive)) return true;
  const isDialAffected = before.port !== after.port || before.localAddress !== after.localAddress;
  if (isDialAffected && isOutgoing !== false) return true;
  if (before.connectionMode === after.connectionMode) return false;
  if (isOutgoing === undefined) return true;
  return after.connectionMode === (isOutgoing ? "passive" : "active");
}

function isSameSet(a: readonly string[], b: readonly string[]): boolean {
  const set = new Set(a);
  return set.size === new Set(b).size && b.every((item) => set.has(item));
}
