import type { EstablishedPeer, PeerDownReason, RibName } from "../bgp/route-source.ts";
import { MessageType } from "./codec/iana.ts";
import { CollectorConnection, type ConnectionOptions } from "./collector-connection.ts";
import type { Mirroring } from "./config.ts";
import type { BmpLimits } from "./limits.ts";
import { MessageFeed } from "./message-feed.ts";
import { MessageLog } from "./message-log.ts";
import type { OutgoingMessage } from "./outgoing-message.ts";
import type { PeerDirectory } from "./peer-directory.ts";
import type { PeerMessages } from "./peer-messages.ts";
import type { Selection } from "./selection.ts";
import type { SelectionChange } from "./selection-change.ts";
import { SharedDump } from "./shared-dump.ts";
import { TableDump } from "./table-dump.ts";

export interface MessageStreamOptions {
  /** Of those that are told the same. */
  readonly key: string;
  readonly limits: BmpLimits;
  readonly directory: PeerDirectory;
  /** Those that are up at that moment. */
  readonly peers: () => Iterable<EstablishedPeer>;
  readonly selection: Selection;
  readonly mirroring: Mirroring;
}

/**
 * What collectors are told that want the same: one log, which each reads at its own pace, and dumps that lead to it.
 * Events are of peers that the selection tells of.
 */
export class MessageStream {
  readonly key: string;
  readonly selection: Selection;
  readonly #options: MessageStreamOptions;
  readonly #log: MessageLog;
  readonly #connections = new Set<CollectorConnection>();
  /** The last one that was begun, while collectors take part in it. */
  #dump: SharedDump | undefined;
  #isFlushDue = false;
  #pendingEndOfRibs: number | undefined;

  constructor(options: MessageStreamOptions) {
    this.key = options.key;
    this.selection = options.selection;
    this.#options = options;
    this.#log = new MessageLog(options.limits.pageBytes, () => this.#followAll());
  }

  get hasReaders(): boolean {
    return this.#connections.size > 0;
  }

  /**
   * Tables that are told of and that are not whole yet: their End-of-RIB is still to come. Looks at all of them, but in
   * one turn of the event loop only once, however many collectors ask.
   */
  get pendingEndOfRibs(): number {
    if (this.#pendingEndOfRibs === undefined) {
      this.#pendingEndOfRibs = this.#countPendingEndOfRibs();
      setImmediate(() => {
        this.#pendingEndOfRibs = undefined;
      });
    }
    return this.#pendingEndOfRibs;
  }

  #countPendingEndOfRibs(): number {
    let pending = 0;
    for (const peer of this.#options.peers()) {
      for (const { rib, families } of this.selection.of(peer) ?? []) {
        for (const family of families) if (!peer.isEndOfRib(family, rib)) pending += 1;
      }
    }
    return pending;
  }

  peerUp(peer: EstablishedPeer): void {
    this.#append(this.#messages(peer).peerUp());
  }

  /** See `RouteObserver.received`. */
  mirrored(peer: EstablishedPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void {
    if (this.#mirrors(isErrored)) this.#append(this.#messages(peer).mirrored(pdu, receivedAt, isErrored));
  }

  /** See `BmpEngine`, as below. */
  statisticsReported(bytes: Uint8Array): void {
    this.#append({ kind: "encoded", type: MessageType.statisticsReport, bytes });
  }

  mirroringReported(bytes: Uint8Array, isErrored: boolean): void {
    if (this.#mirrors(isErrored)) this.#append({ kind: "encoded", type: MessageType.routeMirroring, bytes });
  }

  update(peer: EstablishedPeer, rib: RibName, pdu: Uint8Array, receivedAt: number): void {
    const told = this.selection.partOf(peer, rib, pdu);
    if (told !== undefined) this.#append(this.#messages(peer).liveRoute(rib, told, receivedAt));
  }

  /** `now`: ms since the epoch. */
  peerDown(peer: EstablishedPeer, reason: PeerDownReason, now: number): void {
    this.#append(this.#messages(peer).peerDown(reason, now));
  }

  /** Starts sending. */
  open(options: Omit<ConnectionOptions, "limits" | "dump" | "cursor">): CollectorConnection {
    const dump = this.#dump?.isJoinable === true ? this.#dump : this.#beginDump();
    const { reader, cursor } = dump.join();
    const connection = new CollectorConnection({ ...options, limits: this.#options.limits, dump: reader, cursor });
    this.#connections.add(connection);
    return connection;
  }

  /** Takes over a connection that leaves another stream at this moment, whose selection `change` leads to this one's. */
  take(connection: CollectorConnection, change: SelectionChange): void {
    this.#connections.add(connection);
    connection.switchTo(this.#log.follow(), change);
  }

  /** The connection is gone, or another stream's. */
  leave(connection: CollectorConnection): void {
    this.#connections.delete(connection);
  }

  #mirrors(isErrored: boolean): boolean {
    const { mirroring } = this.#options;
    return mirroring === "all" || (mirroring === "errored-pdus" && isErrored);
  }

  #messages(peer: EstablishedPeer): PeerMessages {
    return this.#options.directory.messages(peer, this.selection.isFiltered(peer));
  }

  #append(message: OutgoingMessage): void {
    this.#log.append(message);
    this.#pendingEndOfRibs = undefined;
    this.followSoon();
  }

  /** Has the connections hand over what waits, and be cut off if that is too much. */
  followSoon(): void {
    if (this.#isFlushDue) return;
    // Events of one turn of the event loop go out together.
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#followAll();
    });
  }

  #followAll(): void {
    for (const connection of this.#connections) connection.follow();
  }

  #beginDump(): SharedDump {
    const { limits, directory, peers } = this.#options;
    // The list of peers and the place in the log belong to one moment.
    const tables = new TableDump(peers(), directory, this.selection);
    const dump = new SharedDump(new MessageFeed(tables, limits.dumpSliceBytes), this.#log.follow(), {
      windowBytes: limits.dumpWindowBytes,
      abandoned: () => {
        if (this.#dump === dump) this.#dump = undefined;
      },
    });
    this.#dump = dump;
    return dump;
  }
}
