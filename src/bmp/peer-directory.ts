import type { EstablishedPeer } from "../bgp/route-source.ts";
import { PeerMessages } from "./peer-messages.ts";

/** Which BGP sessions are up, and the messages about each. */
export class PeerDirectory {
  readonly #messages = new WeakMap<EstablishedPeer, PeerMessages>();
  readonly #gone = new WeakSet<EstablishedPeer>();

  messages(peer: EstablishedPeer): PeerMessages {
    let messages = this.#messages.get(peer);
    if (messages === undefined) {
      messages = new PeerMessages(peer);
      this.#messages.set(peer, messages);
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
}
