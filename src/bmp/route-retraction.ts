import type { AddressFamily } from "../bgp/address-family.ts";
import { withdrawalOf } from "../bgp/codec/update-families.ts";
import type { EstablishedPeer, RibName } from "../bgp/route-source.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";

/**
 * The withdrawal of the routes of one RIB and family that a collector is no longer told of. The table is walked at the
 * collector's pace, and may change meanwhile: so whatever an UPDATE is about until the walk is through is withdrawn,
 * too, be it that it was there before or not.
 */
export class RouteRetraction {
  readonly peer: EstablishedPeer;
  readonly #rib: RibName;
  readonly #family: AddressFamily;
  readonly #hasGrown: () => void;
  /** UPDATEs that withdraw. */
  #noted: Uint8Array[] = [];
  #notedBytes = 0;

  /** `hasGrown`: there is more to withdraw. */
  constructor(peer: EstablishedPeer, rib: RibName, family: AddressFamily, hasGrown: () => void) {
    this.peer = peer;
    this.#rib = rib;
    this.#family = family;
    this.#hasGrown = hasGrown;
  }

  /** Octets of withdrawals noted. */
  get notedBytes(): number {
    return this.#notedBytes;
  }

  /** `rib` of the peer has changed. */
  note(rib: RibName, update: Uint8Array): void {
    if (rib !== this.#rib) return;
    const withdrawal = withdrawalOf(update, this.#family);
    if (withdrawal === undefined) return;
    this.#noted.push(withdrawal);
    this.#notedBytes += withdrawal.length;
    this.#hasGrown();
  }

  /** Ends when there is nothing left to withdraw, or the peer is down, which withdraws everything. */
  *messages(directory: PeerDirectory): Generator<OutgoingMessage, void> {
    const messages = directory.messages(this.peer);
    for (const update of directory.dump(this.peer, this.#family, this.#rib)) {
      const withdrawal = withdrawalOf(update, this.#family);
      if (withdrawal !== undefined) yield messages.dumpedRoute(this.#rib, withdrawal);
    }
    if (!directory.isUp(this.peer)) return;
    while (this.#noted.length > 0) {
      const noted = this.#noted;
      this.#noted = [];
      for (const withdrawal of noted) {
        this.#notedBytes -= withdrawal.length;
        yield messages.dumpedRoute(this.#rib, withdrawal);
      }
    }
  }
}

/** Retractions under way, by peer: they are told of changes. */
export class RouteRetractions {
  readonly #byPeer = new Map<EstablishedPeer, Set<RouteRetraction>>();

  add(retraction: RouteRetraction): void {
    const others = this.#byPeer.get(retraction.peer);
    if (others === undefined) this.#byPeer.set(retraction.peer, new Set([retraction]));
    else others.add(retraction);
  }

  delete(retraction: RouteRetraction): void {
    const others = this.#byPeer.get(retraction.peer);
    if (others?.delete(retraction) === true && others.size === 0) this.#byPeer.delete(retraction.peer);
  }

  note(peer: EstablishedPeer, rib: RibName, update: Uint8Array): void {
    const retractions = this.#byPeer.get(peer);
    if (retractions === undefined) return;
    for (const retraction of retractions) retraction.note(rib, update);
  }
}
