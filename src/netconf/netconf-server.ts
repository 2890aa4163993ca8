import type { AccessControl } from "../access/access-control.ts";
import type { Datastores } from "../datastore/datastores.ts";
import type { StateProvider } from "../datastore/subscriber.ts";
import type { EventStream } from "../notifications/event-stream.ts";
import type { Log } from "../observe/log.ts";
import type { AnsweredRpc } from "../observe/metrics.ts";
import type { NetconfFigures } from "../observe/metrics-source.ts";
import type { UrlStores } from "../url/url-stores.ts";
import type { SubtreeFilter } from "../yang/subtree-filter.ts";
import { serverCapabilities } from "./capabilities.ts";
import type { AcceptChannel } from "./channel.ts";
import type { ConfiguredLimits } from "./configured-limits.ts";
import { type NetconfLimits, netconfLimits } from "./limits.ts";
import { monitoringState } from "./monitoring-state.ts";
import { ServerStatistics } from "./server-statistics.ts";
import { NetconfSession, type SessionEnvironment } from "./session.ts";
import { SERVER_STOPS } from "./session-ending.ts";
import { SessionRegistry } from "./session-registry.ts";
import { type StartTimer, startTimer } from "./timer.ts";
import { yangLibraryState } from "./yang-library-state.ts";

export interface NetconfServerOptions {
  readonly datastores: Datastores;
  readonly urls: UrlStores;
  readonly events: EventStream;
  readonly access: AccessControl;
  readonly log: Log;
  readonly limits?: Partial<NetconfLimits>;
  readonly startTimer?: StartTimer;
  /** Told of each request that was answered. Must not throw. */
  readonly answered?: (rpc: AnsweredRpc) => void;
}

/** All NETCONF sessions of the process, whatever transport they came by. */
export class NetconfServer implements StateProvider {
  /** Its sessions, and those of other protocols. */
  readonly registry: SessionRegistry;
  readonly #statistics = new ServerStatistics();
  readonly #environment: SessionEnvironment;
  readonly #limits: { -readonly [name in keyof NetconfLimits]: NetconfLimits[name] };
  #isStopped = false;

  constructor(options: NetconfServerOptions) {
    const limits = { ...netconfLimits, ...options.limits };
    this.#limits = limits;
    this.registry = new SessionRegistry(limits.sessions);
    const { datastores, urls, access, events, log } = options;
    this.#environment = {
      datastores,
      urls,
      access,
      events,
      log,
      limits,
      registry: this.registry,
      statistics: this.#statistics,
      startTimer: options.startTimer ?? startTimer,
      answered: options.answered ?? (() => {}),
    };
  }

  /** Sessions that are open now. */
  get sessionCount(): number {
    return this.#sessions.length;
  }

  get #sessions(): readonly NetconfSession[] {
    return this.registry.all().filter((session) => session instanceof NetconfSession);
  }

  get figures(): Omit<NetconfFigures, "lostSubscribers"> {
    const { total, inSessions, inBadHellos, droppedSessions } = this.#statistics;
    return {
      sessions: this.sessionCount,
      commandLineSessions: this.registry.size - this.sessionCount,
      sessionsStarted: inSessions,
      sessionsDropped: droppedSessions,
      badHellos: inBadHellos,
      badRpcs: total.counts.inBadRpcs,
      notifications: total.counts.outNotifications,
    };
  }

  /** Of the protocol and its modules: RFC 6022, RFC 8525, RFC 7895. */
  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    const { datastores, urls } = this.#environment;
    const library = datastores.yangLibrary();
    const monitored = {
      capabilities: serverCapabilities(library, urls.schemes),
      library,
      locks: datastores.heldLocks(),
      partialLocks: datastores.partialLocks(),
      sessions: this.#sessions,
      statistics: this.#statistics,
    };
    return [...monitoringState(monitored, filter), ...yangLibraryState(monitored.library, filter)];
  }

  /** Sets limits that can be configured. Open sessions go on, with the new ones. */
  configure({ idleTimeS, sessions }: ConfiguredLimits): void {
    this.#limits.idleTimeS = idleTimeS;
    this.registry.maxSessions = sessions;
  }

  /** For the transports: opens a session on a channel. */
  readonly accept: AcceptChannel = (channel) => {
    const session = this.#isStopped
      ? undefined
      : this.registry.open((id) => new NetconfSession(id, channel, this.#environment));
    if (session !== undefined) return session;
    const reason = this.#isStopped ? "the server stops" : "too many sessions";
    this.#environment.log("warn", "session refused", { reason, user: channel.username, ...channel.peer });
    channel.close();
    return { received: () => {}, closed: () => {} };
  };

  /** Takes no more sessions and ends all; resolves when every operation has finished and every lock is released. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await Promise.all(this.#sessions.map((session) => session.close(SERVER_STOPS)));
  }
}
