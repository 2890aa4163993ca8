import { encodeEndOfRib } from "../bgp/codec/update.ts";
import type { EstablishedPeer, RouteDump } from "../bgp/route-source.ts";
import type { ForkableMessages } from "./message-feed.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";
import type { PeerMessages } from "./peer-messages.ts";
import type { SelectedRoutes, Selection } from "./selection.ts";

const END = { done: true, value: undefined } as const;

/**
 * What a new collector is told before it follows the log (RFC 7854 section 3.3): Peer Up for each peer that was up when
 * the dump began, then the tables of each, as far as they are selected. A peer that went down since still gets its Peer Up, because the log has its
 * Peer Down, but no more routes.
 */
export class TableDump implements ForkableMessages {
  readonly #directory: PeerDirectory;
  readonly #selection: Selection;
  #peers: readonly EstablishedPeer[];
  /** Peers whose Peer Up was made. */
  #announced: number;
  /** Where the table is that is being told. */
  #peer = 0;
  #rib = 0;
  #family = 0;
  #routes: RouteDump | undefined;

  /** `peers`: those that are up. */
  constructor(peers: Iterable<EstablishedPeer>, directory: PeerDirectory, selection: Selection, announced = 0) {
    this.#peers = [...peers].filter((peer) => selection.of(peer) !== undefined);
    this.#directory = directory;
    this.#selection = selection;
    this.#announced = announced;
  }

  next(): IteratorResult<OutgoingMessage, undefined> {
    const newcomer = this.#peers[this.#announced];
    if (newcomer !== undefined) {
      this.#announced += 1;
      return { done: false, value: this.#messages(newcomer).peerUp() };
    }
    for (let peer = this.#peers[this.#peer]; peer !== undefined; peer = this.#peers[this.#peer]) {
      const message = this.#nextOf(peer);
      if (message !== undefined) return { done: false, value: message };
    }
    return END;
  }

  return(): IteratorResult<OutgoingMessage, undefined> {
    this.#peers = [];
    this.#leaveTable();
    return END;
  }

  fork(): TableDump {
    const fork = new TableDump(this.#peers, this.#directory, this.#selection, this.#announced);
    fork.#peer = this.#peer;
    fork.#rib = this.#rib;
    fork.#family = this.#family;
    fork.#routes = this.#routes?.fork();
    return fork;
  }

  /** Undefined: this table, or this peer, was left. */
  #nextOf(peer: EstablishedPeer): OutgoingMessage | undefined {
    const routes: SelectedRoutes | undefined = this.#selection.of(peer)?.[this.#rib];
    // The tables of a peer that is down must not be touched.
    if (routes === undefined || !this.#directory.isUp(peer)) {
      this.#leaveTable();
      this.#peer += 1;
      this.#rib = 0;
      this.#family = 0;
      return undefined;
    }
    const { rib, families } = routes;
    const family = families[this.#family];
    if (family === undefined) {
      this.#rib += 1;
      this.#family = 0;
      return undefined;
    }
    const messages = this.#messages(peer);
    this.#routes ??= peer.dump(family, rib);
    const { done, value } = this.#routes.next();
    if (done !== true) return messages.dumpedRoute(rib, value);
    this.#routes = undefined;
    this.#family += 1;
    // A table that is not whole yet is completed by the log, which then has the marker too.
    return peer.isEndOfRib(family, rib) ? messages.dumpedRoute(rib, encodeEndOfRib(family)) : undefined;
  }

  #messages(peer: EstablishedPeer): PeerMessages {
    return this.#directory.messages(peer, this.#selection.isFiltered(peer));
  }

  #leaveTable(): void {
    this.#routes?.return();
    this.#routes = undefined;
  }
}
