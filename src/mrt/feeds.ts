import { type Clock, systemClock } from "../bgp/clock.ts";
import type { EstablishedPeer, RouteObserver, RouteSource } from "../bgp/route-source.ts";
import { RunQueue } from "../bgp/run-queue.ts";
import type { MrtFeedConfig } from "./config.ts";
import { Feed, type FeedEnvironment, type MrtLog } from "./feed.ts";
import type { MrtFeedState } from "./feed-state.ts";
import { MRT_LIMITS, type MrtLimits } from "./limits.ts";
import type { MrtFolder } from "./mrt-folder.ts";

export interface MrtFeedsOptions {
  readonly folder: MrtFolder;
  readonly observer: RouteObserver;
  readonly log: MrtLog;
  readonly clock?: Clock;
  readonly limits?: Partial<MrtLimits>;
}

/** All feeds of MRT files (RFC 6396). Configuration calls take effect at once; a feed that changes begins anew. */
export class MrtFeeds implements RouteSource {
  readonly #environment: FeedEnvironment;
  readonly #feeds = new Map<string, Feed>();

  constructor({ folder, observer, log, clock = systemClock, limits }: MrtFeedsOptions) {
    // One feed's slice in a turn of the event loop, however many feeds there are.
    const queue = new RunQueue(clock, 1);
    this.#environment = { folder, observer, log, clock, limits: { ...MRT_LIMITS, ...limits }, queue };
  }

  setFeed(config: MrtFeedConfig): void {
    this.removeFeed(config.name);
    const feed = new Feed(config, this.#environment);
    this.#feeds.set(config.name, feed);
    void feed.start();
  }

  removeFeed(name: string): void {
    this.#feeds.get(name)?.stop();
    this.#feeds.delete(name);
  }

  *establishedPeers(): Iterable<EstablishedPeer> {
    for (const feed of this.#feeds.values()) yield* feed.establishedPeers();
  }

  /** Of one feed, or of all. */
  *feedStates(name?: string): Iterable<MrtFeedState> {
    if (name === undefined) for (const feed of this.#feeds.values()) yield feed.state();
    else if (this.#feeds.has(name)) yield (this.#feeds.get(name) as Feed).state();
  }

  stop(): void {
    for (const name of this.#feeds.keys()) this.removeFeed(name);
  }
}
