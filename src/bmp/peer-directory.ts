import type { AddressFamily } from "../bgp/address-family.ts";
import type { EstablishedPeer, RibName } from "../bgp/route-source.ts";
import { PeerMessages } from "./peer-messages.ts";

/** Which BGP sessions are up, and the messages about each. */
export class PeerDirectory {
  readonly #messages = new WeakMap<EstablishedPeer, PeerMessages>();
  /** Of those that are told in part. */
  readonly #filteredMessages = new WeakMap<EstablishedPeer, PeerMessages>();
  readonly #gone = new WeakSet<EstablishedPeer>();

  /** `isFiltered`: of a Loc-RIB, to those who are not told all of it. */
  messages(peer: EstablishedPeer, isFiltered = false): PeerMessages {
    const known = isFiltered ? this.#filteredMessages : this.#messages;
    let messages = known.get(peer);
    if (messages === undefined) {
      messages = new PeerMessages(peer, isFiltered);
      known.set(peer, messages);
    }
    return messages;
  }

  /** A session that ended never comes back: the next one is a new object. */
  markGone(peer: EstablishedPeer): void {
    this.#gone.add(peer);
  }

  isUp(peer: EstablishedPeer): boolean {
    return !this.#gone.has(peer);
  }

  /** See `EstablishedPeer.dump`; ends when the peer goes down: its tables must not be touched then. */
  *dump(peer: EstablishedPeer, family: AddressFamily, rib: RibName): Generator<Uint8Array, void> {
    if (!this.isUp(peer)) return;
    for (const update of peer.dump(family, rib)) {
      yield update;
      if (!this.isUp(peer)) return;
    }
  }
}
