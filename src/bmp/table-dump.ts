import type { AddressFamily } from "../bgp/address-family.ts";
import { encodeEndOfRib } from "../bgp/codec/update.ts";
import type { EstablishedPeer } from "../bgp/route-source.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";

/**
 * What a new collector is told before it follows the log (RFC 7854 section 3.3): Peer Up for each of `peers`, those up
 * when it connected, then the table of each. A peer that went down since still gets its Peer Up, because the log has
 * its Peer Down, but no more routes.
 */
export function* dumpTables(
  peers: readonly EstablishedPeer[],
  directory: PeerDirectory,
): Generator<OutgoingMessage, undefined> {
  for (const peer of peers) yield directory.messages(peer).peerUp();
  for (const peer of peers) {
    for (const family of peer.families) yield* dumpTable(peer, family, directory);
  }
}

function* dumpTable(
  peer: EstablishedPeer,
  family: AddressFamily,
  directory: PeerDirectory,
): Generator<OutgoingMessage, undefined> {
  if (!directory.isUp(peer)) return;
  const messages = directory.messages(peer);
  const updates = peer.dump(family);
  try {
    // The table of a peer that is down must not be touched, so this looks before each step.
    while (directory.isUp(peer)) {
      const { done, value } = updates.next();
      if (done === true) break;
      yield messages.dumpedRoute(value);
    }
  } finally {
    updates.return?.();
  }
  // A table that is not whole yet is completed by the log, which then has the marker too.
  if (directory.isUp(peer) && peer.isEndOfRib(family)) {
    yield messages.dumpedRoute(encodeEndOfRib(family));
  }
}
