import type { BmpSessionKey } from "./config.ts";
import type { Down } from "./down-reason.ts";
import type { MessageCounts } from "./message-page.ts";
import { QueueWatch } from "./queue-watch.ts";
import { SessionCounters } from "./session-counters.ts";
import type { BmpSessionEvent, SessionHost } from "./session-host.ts";
import type { BmpOperState, BmpSessionState } from "./session-state.ts";

type WithoutSession<Event> = Event extends unknown ? Omit<Event, "session"> : never;

/** What a session went through, as its state has it, and what of that is reported. */
export class SessionRecord {
  readonly #key: BmpSessionKey;
  readonly #host: Pick<SessionHost, "clock" | "limits" | "totals" | "report">;
  readonly #queueWatch: QueueWatch;
  #counters: SessionCounters;
  #operState: BmpOperState = "disabled";
  #lastChange: number;
  #lastDown: (Down & { readonly time: number }) | undefined;
  #lastMessageSent: number | undefined;
  /** Octets of the last dump that was whole. */
  #lastDumpOctets: number | undefined;
  /** When the collector fell behind that does not have the current tables yet. */
  #cutOffAt: number | undefined;

  constructor(key: BmpSessionKey, host: Pick<SessionHost, "clock" | "limits" | "totals" | "report">) {
    this.#key = key;
    this.#host = host;
    this.#queueWatch = new QueueWatch(host.clock, host.limits);
    this.#lastChange = host.clock.now();
    this.#counters = new SessionCounters(this.#lastChange);
  }

  get operState(): BmpOperState {
    return this.#operState;
  }

  /** Of the time since they were cleared last. */
  get counters(): SessionCounters {
    return this.#counters;
  }

  /** Since when, in ms since the epoch. */
  clearCounters(): number {
    this.#counters = new SessionCounters(this.#host.clock.now());
    return this.#counters.since;
  }

  show(operState: BmpOperState): void {
    if (operState === this.#operState) return;
    this.#operState = operState;
    this.#lastChange = this.#host.clock.now();
  }

  /** A connection ended or an attempt failed. */
  noteDown(down: Down): void {
    this.#lastDown = { ...down, time: this.#host.clock.now() };
  }

  /** All tables were handed over. */
  noteUp(dumpOctets: number): void {
    this.#lastDumpOctets = dumpOctets;
    this.#counters.upTransitions += 1;
    this.#report({ kind: "up" });
    if (this.#cutOffAt === undefined) return;
    this.#report({ kind: "resynchronised", since: this.#cutOffAt });
    this.#cutOffAt = undefined;
  }

  /** A connection ends, be it wanted or not. One that never got as far as up is no news. */
  noteEnd(wasUp: boolean, down: Down): void {
    this.#queueWatch.forget();
    if (wasUp) this.#report({ kind: "down", down });
  }

  /** A connection ends that nobody here wanted to end. */
  noteLoss(wasUp: boolean, down: Down): void {
    if (wasUp) this.#counters.flaps += 1;
    if (down.reason === "overflow") {
      this.#counters.resynchronisations += 1;
      this.#cutOffAt = this.#host.clock.now();
    }
    this.noteEnd(wasUp, down);
  }

  /** As `ConnectionHandlers.sent`. */
  noteSent(octets: number, messages: MessageCounts): void {
    const { clock, totals } = this.#host;
    this.#lastMessageSent = clock.now();
    totals.messages += this.#counters.sent(octets, messages);
    totals.octets += octets;
  }

  /** So much waits of what may. */
  noteQueue(octets: number, limitBytes: number): void {
    if (octets > (this.#counters.highWater?.octets ?? 0)) {
      this.#counters.highWater = { octets, time: this.#host.clock.now() };
    }
    const kind = this.#queueWatch.note(octets, limitBytes);
    if (kind !== undefined) this.#report({ kind, queuedBytes: octets, limitBytes });
  }

  noteStuck(isStuck: boolean): void {
    this.#report({ kind: isStuck ? "stuck" : "resumed" });
  }

  /** `dumpedOctets`: of the dump that is under way. */
  state(dumpedOctets: number | undefined) {
    const { highWater } = this.#counters;
    const expected = this.#lastDumpOctets;
    return {
      operState: this.#operState,
      lastChange: this.#lastChange,
      connectAttempts: this.#counters.connectAttempts,
      connections: this.#counters.connections,
      upTransitions: this.#counters.upTransitions,
      flaps: this.#counters.flaps,
      resynchronisations: this.#counters.resynchronisations,
      sentOctets: this.#counters.octets,
      sentMessages: this.#counters.sentMessages,
      lostMirroredMessages: this.#counters.lostMirroredMessages,
      discardedOctets: this.#counters.discardedOctets,
      discontinuityTime: this.#counters.since,
      ...(highWater && { queueHighWater: highWater }),
      ...(dumpedOctets !== undefined && {
        dump: { octets: dumpedOctets, ...(expected !== undefined && { expectedOctets: expected }) },
      }),
      ...(this.#lastMessageSent !== undefined && { lastMessageSent: this.#lastMessageSent }),
      ...(this.#lastDown && {
        downReason: this.#lastDown.reason,
        lastError: this.#lastDown.text,
        lastErrorTime: this.#lastDown.time,
      }),
    } satisfies Partial<BmpSessionState>;
  }

  #report(event: WithoutSession<BmpSessionEvent>): void {
    this.#host.report({ session: this.#key, ...event });
  }
}
