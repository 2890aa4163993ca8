import type { EstablishedPeer } from "../bgp/route-source.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";

/** One Statistics Report for each of `peers` that is still up when its turn comes (RFC 7854 section 4.8). */
export function* statisticsRound(
  peers: readonly EstablishedPeer[],
  directory: PeerDirectory,
  now: () => number,
): Generator<OutgoingMessage, undefined> {
  for (const peer of peers) {
    if (!directory.isUp(peer)) continue;
    yield directory.messages(peer).statisticsReport(now(), () => !directory.isUp(peer));
  }
}
