import type { EstablishedPeer } from "../bgp/route-source.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";
import type { Selection } from "./selection.ts";

/**
 * One Statistics Report for each of `peers` that the collector knows when its turn comes, and that has statistics (RFC 7854
 * section 4.8).
 */
export function* statisticsRound(
  peers: readonly EstablishedPeer[],
  directory: PeerDirectory,
  selection: () => Selection | undefined,
  now: () => number,
): Generator<OutgoingMessage, undefined> {
  const isKnown = (peer: EstablishedPeer) => directory.isUp(peer) && selection()?.of(peer) !== undefined;
  for (const peer of peers) {
    const statistics = isKnown(peer) ? peer.statistics?.() : undefined;
    if (statistics === undefined) continue;
    const messages = directory.messages(peer, selection()?.isFiltered(peer));
    yield messages.statisticsReport(statistics, now(), () => !isKnown(peer));
  }
}
