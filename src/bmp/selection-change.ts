import type { AddressFamily } from "../bgp/address-family.ts";
import { encodeEndOfRib } from "../bgp/codec/update.ts";
import type { EstablishedPeer, PeerDownReason, RibName } from "../bgp/route-source.ts";
import { MessageFeed, type PageSource } from "./message-feed.ts";
import type { MessagePage } from "./message-page.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";
import type { PeerMessages } from "./peer-messages.ts";
import { RouteRetraction, type RouteRetractions } from "./route-retraction.ts";
import type { SelectedRoutes, Selection } from "./selection.ts";

/** Routes of one RIB and family. */
interface Part {
  readonly rib: RibName;
  readonly family: AddressFamily;
}

/** What changes for a peer. */
interface PeerChange {
  readonly peer: EstablishedPeer;
  readonly kind: "appears" | "disappears" | "stays" | "bounces";
  readonly added: readonly Part[];
  readonly retractions: readonly RouteRetraction[];
}

export interface SelectionChangeOptions {
  /** Those that are up. */
  readonly peers: Iterable<EstablishedPeer>;
  readonly directory: PeerDirectory;
  readonly retractions: RouteRetractions;
  readonly from: Selection;
  readonly to: Selection;
  readonly now: () => number;
  readonly pageBytes: number;
  /** More waits here than before. */
  readonly hasGrown: () => void;
}

/**
 * What leads a collector from one selection to another, between the log of the one and that of the other: both stand
 * where this was made. Peers and routes that are new are dumped, as `TableDump` does; what is no longer told of is taken
 * back.
 */
export class SelectionChange implements PageSource {
  readonly #feed: MessageFeed;
  readonly #retractions: RouteRetractions;
  /** Not through yet. */
  readonly #open = new Set<RouteRetraction>();

  constructor(options: SelectionChangeOptions) {
    const { peers, retractions, from, to, pageBytes, hasGrown } = options;
    const changes = [...peers].flatMap((peer) => peerChange(peer, from.of(peer), to.of(peer), hasGrown) ?? []);
    this.#retractions = retractions;
    for (const retraction of changes.flatMap((change) => change.retractions)) {
      this.#open.add(retraction);
      retractions.add(retraction);
    }
    this.#feed = new MessageFeed(this.#messages(changes, options), pageBytes);
  }

  /** Octets that wait here, and not in a table. */
  get waitingBytes(): number {
    let bytes = 0;
    for (const { notedBytes } of this.#open) bytes += notedBytes;
    return bytes;
  }

  nextPage(): MessagePage | undefined {
    return this.#feed.nextPage();
  }

  close(): void {
    this.#feed.close();
    for (const retraction of this.#open) this.#finish(retraction);
  }

  *#messages(
    changes: readonly PeerChange[],
    { directory, from, to, now }: SelectionChangeOptions,
  ): Generator<OutgoingMessage, undefined> {
    for (const { peer, kind } of changes) {
      // Whether it is still up or not: the log of its next state says so, or, of one that disappears, has nothing of it.
      if (kind === "disappears" || kind === "bounces")
        yield directory.messages(peer, from.isFiltered(peer)).peerDown(reasonOf(peer), now());
      if (kind === "appears" || kind === "bounces") yield directory.messages(peer, to.isFiltered(peer)).peerUp();
    }
    for (const { peer, added, retractions } of changes) {
      for (const retraction of retractions) {
        yield* retraction.messages(directory);
        this.#finish(retraction);
      }
      const messages = directory.messages(peer, to.isFiltered(peer));
      for (const part of added) yield* dumped(peer, part, directory, messages);
    }
    return undefined;
  }

  #finish(retraction: RouteRetraction): void {
    this.#open.delete(retraction);
    this.#retractions.delete(retraction);
  }
}

/** A Loc-RIB never goes down for another reason (RFC 9069 section 5.3). */
const reasonOf = ({ peerType }: EstablishedPeer): PeerDownReason => ({
  kind: peerType === "loc-rib" ? "local-system-closed" : "deconfigured",
});

/** Undefined: nothing changes. */
function peerChange(
  peer: EstablishedPeer,
  before: readonly SelectedRoutes[] | undefined,
  after: readonly SelectedRoutes[] | undefined,
  hasGrown: () => void,
): PeerChange | undefined {
  const [was, is] = [partsOf(before), partsOf(after)];
  if (before === undefined && after === undefined) return undefined;
  if (before === undefined) return { peer, kind: "appears", added: is, retractions: [] };
  if (after === undefined) return { peer, kind: "disappears", added: [], retractions: [] };
  const added = is.filter((part) => !has(was, part));
  const removed = was.filter((part) => !has(is, part));
  if (added.length + removed.length === 0) return undefined;
  // A Loc-RIB is another one when something else of it is told (RFC 9069 section 6.1.3).
  if (peer.peerType === "loc-rib") return { peer, kind: "bounces", added: is, retractions: [] };
  const retractions = removed.map(({ rib, family }) => new RouteRetraction(peer, rib, family, hasGrown));
  return { peer, kind: "stays", added, retractions };
}

const partsOf = (selected: readonly SelectedRoutes[] = []): Part[] =>
  selected.flatMap(({ rib, families }) => families.map((family) => ({ rib, family })));

const has = (parts: readonly Part[], { rib, family }: Part): boolean =>
  parts.some((part) => part.rib === rib && part.family === family);

function* dumped(
  peer: EstablishedPeer,
  { rib, family }: Part,
  directory: PeerDirectory,
  messages: PeerMessages,
): Generator<OutgoingMessage, void> {
  for (const update of directory.dump(peer, family, rib)) yield messages.dumpedRoute(rib, update);
  if (directory.isUp(peer) && peer.isEndOfRib(family, rib)) yield messages.dumpedRoute(rib, encodeEndOfRib(family));
}
