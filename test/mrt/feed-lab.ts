import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ADDRESS_FAMILIES } from "../../src/bgp/address-family.ts";
import { messageType } from "../../src/bgp/codec/common-header.ts";
import { concatOctets } from "../../src/bgp/codec/octets.ts";
import type { EstablishedPeer, RouteObserver } from "../../src/bgp/route-source.ts";
import { describeUpdate } from "../../src/lab/describe-update.ts";
import { labLimits } from "../../src/lab/limits.ts";
import type { MrtFeedConfig } from "../../src/mrt/config.ts";
import type { MrtFeedState } from "../../src/mrt/feed-state.ts";
import { MrtFeeds } from "../../src/mrt/feeds.ts";
import type { MrtLimits } from "../../src/mrt/limits.ts";
import { MrtFolder } from "../../src/mrt/mrt-folder.ts";
import { ManualClock } from "../lab/manual-clock.ts";
import { EPOCH_S } from "./mrt-writer.ts";

/** Feeds of files that a test writes, a clock that it moves, and an observer that notes what it is told. */
export class FeedLab implements RouteObserver {
  readonly clock = new ManualClock();
  readonly feeds: MrtFeeds;
  /** In words, one a call of the observer. */
  readonly events: string[] = [];
  readonly peers: EstablishedPeer[] = [];
  readonly logged: string[] = [];
  /** UPDATEs, by peer. */
  readonly updates = new Map<EstablishedPeer, Uint8Array[]>();
  readonly #folder = mkdtempSync(join(tmpdir(), "mrt-feed-"));

  constructor(limits: Partial<MrtLimits> = {}) {
    this.feeds = new MrtFeeds({
      folder: new MrtFolder(this.#folder),
      observer: this,
      log: (level, message, fields) => this.logged.push(`${level} ${message} ${JSON.stringify(fields)}`),
      clock: this.clock,
      limits,
    });
    onTestFinished(() => {
      this.feeds.stop();
      rmSync(this.#folder, { recursive: true });
    });
  }

  write(name: string, ...records: readonly Uint8Array[]): void {
    writeFileSync(join(this.#folder, name), concatOctets(records));
  }

  /** Has the feed "lab" read `file`. */
  set(options: Partial<MrtFeedConfig> = {}): void {
    this.feeds.setFeed({
      name: "lab",
      file: "file",
      enabled: true,
      replaySpeed: Number.POSITIVE_INFINITY,
      repeat: false,
      peers: [],
      ...options,
    });
  }

  /** Writes the records, and waits until the feed has done all it can. */
  async run(records: readonly Uint8Array[], options: Partial<MrtFeedConfig> = {}): Promise<MrtFeedState> {
    this.write("file", ...records);
    this.set(options);
    await this.until(() => ["done", "failed"].includes(this.state().operState));
    return this.state();
  }

  state(name = "lab"): MrtFeedState {
    const [state] = this.feeds.feedStates(name);
    if (state === undefined) throw new Error(`there is no feed ${name}`);
    return state;
  }

  /** Lets files be read until something is so. */
  async until(isSo: () => boolean): Promise<void> {
    const deadline = performance.now() + 10_000;
    while (!isSo()) {
      if (performance.now() > deadline) throw new Error(`still not so: ${JSON.stringify(this.events)}`);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** What was told since this was asked last. */
  take(): string[] {
    return this.events.splice(0);
  }

  peerUp(peer: EstablishedPeer): void {
    this.peers.push(peer);
    this.updates.set(peer, []);
    this.events.push(`${peer.address} up: ${peer.families.map(({ name }) => name).join(" ")}`);
  }

  received(peer: EstablishedPeer, pdu: Uint8Array, receivedAt: number, isErrored: boolean): void {
    this.events.push(
      `${peer.address} received type ${messageType(pdu)} at ${this.#time(receivedAt)}${isErrored ? ", errored" : ""}`,
    );
  }

  update(peer: EstablishedPeer, rib: string, pdu: Uint8Array, receivedAt: number): void {
    if (rib !== "adj-rib-in-pre") throw new Error(`of ${rib}`);
    this.updates.get(peer)?.push(new Uint8Array(pdu));
    const { pathIdFamilies } = peer as EstablishedPeer & { pathIdFamilies: typeof ADDRESS_FAMILIES };
    const context = { families: ADDRESS_FAMILIES, pathIdFamilies };
    const text = describeUpdate(pdu, peer.isFourOctetAs, labLimits, context);
    this.events.push(`${peer.address} at ${this.#time(receivedAt)}: ${text}`);
  }

  peerDown(peer: EstablishedPeer, reason: { readonly kind: string }): void {
    this.events.push(`${peer.address} down: ${reason.kind}`);
  }

  /** Seconds after the time that the writer's records have; "unknown" for none. */
  #time(ms: number): string {
    return ms === 0 ? "unknown" : String(ms / 1000 - EPOCH_S);
  }
}
