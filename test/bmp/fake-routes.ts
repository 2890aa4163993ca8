import { type AddressFamily, IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import type {
  EstablishedPeer,
  PeerDownReason,
  PeerLabels,
  PeerStatistics,
  RouteDump,
  RouteObserver,
  RouteSource,
} from "../../src/bgp/route-source.ts";
import { announcePdu, END_OF_RIB_IPV4, END_OF_RIB_IPV6, openPdu, withdrawPdu } from "./bgp-pdus.ts";

/** 2025-12-31T23:59:59.123456Z */
export const ESTABLISHED_AT = Date.UTC(2025, 11, 31, 23, 59, 59) + 123.456;
/** 2026-01-01T00:00:00.000250Z */
export const RECEIVED_AT = Date.UTC(2026, 0, 1) + 0.25;

const RIB = "adj-rib-in-pre";

/** Of announcements that are erroneous. */
export const ERRORED_MED = 0xdead;

export class FakePeer implements EstablishedPeer {
  readonly peerType = "global";
  readonly distinguisher = 0n;
  readonly ribs = [RIB] as const;
  readonly address: string;
  readonly remoteAs: number;
  readonly remoteBgpId: number;
  readonly localAddress: string;
  readonly localPort = 179;
  readonly remotePort = 40000;
  readonly sentOpen: Uint8Array;
  readonly receivedOpen: Uint8Array;
  readonly establishedAt = ESTABLISHED_AT;
  readonly isFourOctetAs: boolean;
  readonly families: readonly AddressFamily[] = [IPV4_UNICAST, IPV6_UNICAST];
  /** IPv4 unicast: MED by prefix. The IPv6 table is always empty. */
  readonly table = new Map<number, number>();
  readonly endOfRib = new Set<AddressFamily>();
  duplicateAnnouncements = 0;
  said: PeerLabels = { adminLabels: [] };
  isUp = true;
  openDumps = 0;

  constructor(number: number, options: { readonly isIpv6?: boolean; readonly isFourOctetAs?: boolean } = {}) {
    const isIpv6 = options.isIpv6 ?? false;
    this.address = isIpv6 ? `2001:db8::${number}` : `192.0.2.${number}`;
    this.localAddress = isIpv6 ? "2001:db8::ffff" : "192.0.2.254";
    this.remoteAs = 65000 + number;
    this.remoteBgpId = 0xc0000200 + number;
    this.isFourOctetAs = options.isFourOctetAs ?? true;
    this.sentOpen = openPdu(65000, [192, 0, 2, 254]);
    this.receivedOpen = openPdu(this.remoteAs, [192, 0, 2, number]);
  }

  labels(): PeerLabels {
    return this.said;
  }

  statistics(): PeerStatistics {
    return {
      duplicateAnnouncements: this.duplicateAnnouncements,
      duplicateWithdrawals: 2,
      asPathLoops: 4,
      originatorIdLoops: 5,
      treatedAsWithdraw: 3,
      prefixesTreatedAsWithdraw: 6,
      duplicateUpdates: 2 ** 32 + 7,
      adjRibInRoutes: this.table.size,
      adjRibInByFamily: [
        { family: IPV4_UNICAST, routes: this.table.size },
        { family: IPV6_UNICAST, routes: 0 },
      ],
    };
  }

  isEndOfRib(family: AddressFamily): boolean {
    return this.endOfRib.has(family);
  }

  dump(family: AddressFamily): RouteDump {
    const prefixes = family === IPV4_UNICAST ? [...this.table.keys()] : [];
    return new FakeDump(this, prefixes, 0);
  }
}

/** The prefixes that were there when it began, as they are when their turn comes. */
class FakeDump implements RouteDump {
  readonly #peer: FakePeer;
  readonly #prefixes: readonly number[];
  #at: number;

  constructor(peer: FakePeer, prefixes: readonly number[], at: number) {
    this.#peer = peer;
    this.#prefixes = prefixes;
    this.#at = at;
    peer.openDumps += 1;
  }

  [Symbol.iterator](): this {
    return this;
  }

  next(): IteratorResult<Uint8Array, undefined> {
    if (!this.#peer.isUp) throw new Error("the table of a peer that is down was read");
    while (this.#at < this.#prefixes.length) {
      const prefix = this.#prefixes[this.#at++] as number;
      const med = this.#peer.table.get(prefix);
      if (med !== undefined) return { done: false, value: announcePdu(prefix, med) };
    }
    return this.return();
  }

  return(): IteratorResult<Uint8Array, undefined> {
    this.#peer.openDumps -= 1;
    return { done: true, value: undefined };
  }

  fork(): RouteDump {
    return new FakeDump(this.#peer, this.#prefixes, this.#at);
  }
}

/** A speaker under a test's control. */
export class FakeRoutes implements RouteSource {
  readonly peers = new Set<FakePeer>();
  observer: RouteObserver | undefined;

  establishedPeers(): Iterable<EstablishedPeer> {
    return this.peers;
  }

  up(peer: FakePeer): FakePeer {
    this.peers.add(peer);
    this.observer?.peerUp(peer);
    return peer;
  }

  announce(peer: FakePeer, prefix: number, med: number): void {
    peer.table.set(prefix, med);
    this.#update(peer, announcePdu(prefix, med));
  }

  withdraw(peer: FakePeer, prefix: number): void {
    peer.table.delete(prefix);
    this.#update(peer, withdrawPdu(prefix));
  }

  endOfRib(peer: FakePeer, family: AddressFamily): void {
    peer.endOfRib.add(family);
    this.#update(peer, family === IPV4_UNICAST ? END_OF_RIB_IPV4 : END_OF_RIB_IPV6);
  }

  /** An erroneous announcement, which withdraws. */
  errored(peer: FakePeer, prefix: number): void {
    peer.table.delete(prefix);
    this.observer?.received(peer, announcePdu(prefix, ERRORED_MED), RECEIVED_AT, true);
    this.observer?.update(peer, RIB, withdrawPdu(prefix), RECEIVED_AT);
  }

  #update(peer: FakePeer, pdu: Uint8Array): void {
    this.observer?.received(peer, pdu, RECEIVED_AT, false);
    this.observer?.update(peer, RIB, pdu, RECEIVED_AT);
  }

  down(peer: FakePeer, reason: PeerDownReason = { kind: "remote-closed" }): void {
    peer.isUp = false;
    this.peers.delete(peer);
    this.observer?.peerDown(peer, reason);
  }
}
