import { BgpError } from "../bgp/codec/bgp-error.ts";
import { encodeEndOfRib } from "../bgp/codec/update.ts";
import type { RibPeer } from "../bgp/established-peer.ts";
import type { RouteObserver } from "../bgp/route-source.ts";
import type { MrtPeer } from "./mrt-peer.ts";

const RIB = "adj-rib-in-pre";
/** RFC 7854 section 4.2: a table dump says when each route came, an UPDATE with many of them cannot. */
const UNKNOWN_TIME = 0;

/**
 * Brings a peer up with the tables that were loaded for it, prefixes that share attributes in one UPDATE. Yields after
 * each of these, so that others may have their turn.
 * @returns routes that are malformed, and left out
 */
export function* tellTables(
  peer: MrtPeer,
  observer: RouteObserver,
  establishedAt: number,
): Generator<undefined, number> {
  const established = peer.establish(establishedAt);
  observer.peerUp(established);
  let loaded = 0;
  for (const [family, rib] of peer.takeTables()) {
    loaded += rib.size;
    for (const pdu of rib.dump()) {
      tell(established, pdu, observer);
      yield;
    }
    tell(established, encodeEndOfRib(family), observer);
  }
  return loaded - established.routes;
}

/** An UPDATE that is refused whole is one of malformed routes only: they all have its attributes. */
function tell(peer: RibPeer, pdu: Uint8Array, observer: RouteObserver): void {
  let applied: readonly Uint8Array[];
  try {
    applied = peer.apply(pdu);
  } catch (error) {
    if (error instanceof BgpError) return;
    throw error;
  }
  for (const update of applied) observer.update(peer, RIB, update, UNKNOWN_TIME);
}
