import type { Datastores } from "../datastore/datastores.ts";
import type { Log } from "../observe/log.ts";
import type { UrlStores } from "../url/url-stores.ts";
import type { AcceptChannel } from "./channel.ts";
import { type NetconfLimits, netconfLimits } from "./limits.ts";
import { NetconfSession, type SessionEnvironment } from "./session.ts";
import { SessionRegistry } from "./session-registry.ts";
import { type StartTimer, startTimer } from "./timer.ts";

export interface NetconfServerOptions {
  readonly datastores: Datastores;
  readonly urls: UrlStores;
  readonly log: Log;
  readonly limits?: Partial<NetconfLimits>;
  readonly startTimer?: StartTimer;
}

/** All NETCONF sessions of the process, whatever transport they came by. */
export class NetconfServer {
  readonly #registry: SessionRegistry<NetconfSession>;
  readonly #environment: SessionEnvironment;
  #isStopped = false;

  constructor(options: NetconfServerOptions) {
    const limits = { ...netconfLimits, ...options.limits };
    this.#registry = new SessionRegistry(limits.sessions);
    const { datastores, urls, log } = options;
    this.#environment = {
      datastores,
      urls,
      log,
      limits,
      registry: this.#registry,
      startTimer: options.startTimer ?? startTimer,
    };
  }

  /** Sessions that are open now. */
  get sessionCount(): number {
    return this.#registry.size;
  }

  /** For the transports: opens a session on a channel. */
  readonly accept: AcceptChannel = (channel) => {
    const session = this.#isStopped
      ? undefined
      : this.#registry.open((id) => new NetconfSession(id, channel, this.#environment));
    if (session !== undefined) return session;
    const reason = this.#isStopped ? "the server stops" : "too many sessions";
    this.#environment.log("warn", "session refused", { reason, user: channel.username, ...channel.peer });
    channel.close();
    return { received: () => {}, closed: () => {} };
  };

  /** Takes no more sessions and ends all; resolves when every operation has finished and every lock is released. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#registry.all().map((session) => session.close("the server stops")));
  }
}
