import type { Log } from "../observe/log.ts";
import {
  type FeedState,
  type NeighborState,
  type PlaneState,
  type RouterState,
  type SessionState,
  type StateNode,
  textAt,
} from "../observe/plane-state.ts";
import { type StatusLimits, statusLimits } from "./limits.ts";
import type { RatePoint } from "./rate-history.ts";
import type { ShownCommit } from "./recent-commits.ts";

/** Some of a list. */
export interface ShownList<E> {
  readonly total: number;
  /** How many there are in each state. */
  readonly states: Readonly<Record<string, number>>;
  readonly entries: readonly E[];
}

/** What the status page shows, and `/status.json` has. Undefined = that part of the server did not answer. */
export interface StatusDocument {
  readonly product: string;
  readonly host: string;
  /** RFC 3339. */
  readonly time: string;
  readonly startTime: string;
  readonly netconfSessions: number;
  readonly sessions: ShownList<SessionState> | undefined;
  readonly neighbors: ShownList<NeighborState> | undefined;
  readonly feeds: ShownList<FeedState> | undefined;
  readonly routers: ShownList<RouterState> | undefined;
  readonly messageRate: readonly RatePoint[];
  readonly commits: readonly ShownCommit[] | undefined;
}

export interface StatusSource {
  readonly product: string;
  readonly host: string;
  netconfSessions(): number;
  plane(): Promise<PlaneState>;
  /** Of the time up to now: asked for after the plane's state. */
  messageRate(): readonly RatePoint[];
  commits(): Promise<readonly ShownCommit[]>;
}

/** The server's status, read when somebody asks and shared by all who ask within `statusFreshMs`. */
export class Status {
  readonly #source: StatusSource;
  readonly #log: Log;
  readonly #limits: StatusLimits;
  readonly #startTime = new Date().toISOString();
  #document: Promise<StatusDocument> | undefined;

  constructor(source: StatusSource, log: Log, limits: StatusLimits = statusLimits) {
    this.#source = source;
    this.#log = log;
    this.#limits = limits;
  }

  document(): Promise<StatusDocument> {
    this.#document ??= this.#read().finally(() => {
      const forget = () => {
        this.#document = undefined;
      };
      setTimeout(forget, this.#limits.statusFreshMs).unref();
    });
    return this.#document;
  }

  async #read(): Promise<StatusDocument> {
    const { product, host } = this.#source;
    const [plane, commits] = await Promise.all([
      this.#ask("plane", () => this.#source.plane()),
      this.#ask("commits", () => this.#source.commits()),
    ]);
    return {
      product,
      host,
      time: new Date().toISOString(),
      startTime: this.#startTime,
      netconfSessions: this.#source.netconfSessions(),
      sessions: plane && this.#shown(plane.sessions, "oper-state", "up"),
      neighbors: plane && this.#shown(plane.neighbors, "fsm-state", "established"),
      feeds: plane && this.#shown(plane.feeds, "oper-state", "done"),
      routers: plane && this.#shown(plane.routers, "oper-state", "connected"),
      messageRate: this.#source.messageRate(),
      commits,
    };
  }

  async #ask<T>(source: string, question: () => Promise<T>): Promise<T | undefined> {
    try {
      return await question();
    } catch (error) {
      this.#log("warn", "A part of the server did not answer for the status page", { source, error });
      return undefined;
    }
  }

  /** Where there are too many, those that are not `good` first. */
  #shown<E extends { readonly state?: StateNode }>(all: readonly E[], path: string, good: string): ShownList<E> {
    const { statusRows } = this.#limits;
    const isGood = ({ state }: E) => textAt(state, path) === good;
    const states: Record<string, number> = {};
    for (const { state } of all) {
      const name = textAt(state, path) ?? "unknown";
      states[name] = (states[name] ?? 0) + 1;
    }
    const worst = all.length <= statusRows ? all : [...all.filter((each) => !isGood(each)), ...all.filter(isGood)];
    return { total: all.length, states, entries: worst.slice(0, statusRows) };
  }
}
