import type { ConfigChange } from "../datastore/subscriber.ts";
import { unitPaths } from "./unit-paths.ts";

// Routers may connect when it is known who they are, and who is to be told.
const CREATION_ORDER: readonly string[] = [
  unitPaths.vpnInstance,
  unitPaths.bmp,
  unitPaths.bmpListen,
  unitPaths.bmpSession,
  unitPaths.bgp,
  unitPaths.neighbor,
  unitPaths.mrtFeed,
  unitPaths.relayRouter,
  unitPaths.relayListen,
];

/** A change in the order in which it is carried out: what others depend on is removed last, and made first. */
export function inOrder(change: ConfigChange): ConfigChange {
  const removals = CREATION_ORDER.map((path) =>
    change.filter((unit) => unit.path === path && unit.after === undefined),
  );
  const others = CREATION_ORDER.map((path) => change.filter((unit) => unit.path === path && unit.after !== undefined));
  return [...removals.toReversed(), ...others].flat();
}
