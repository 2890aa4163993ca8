import { inUse, invalidValue, lockDenied, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { Clock } from "./clock.ts";
import type { CommitRecord, Unconfirmed } from "./commit-history.ts";
import type { CommitRequest, Requester } from "./datastores.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";
import type { ConfirmEvent } from "./subscriber.ts";

/** The newest commit, while it waits to be confirmed. */
export interface PendingCommit {
  readonly record: CommitRecord;
  readonly unconfirmed: Unconfirmed;
  /** Who made the last confirmed commit; after a restart as far as its record says. */
  readonly by: Requester;
  /** The open session that made the last confirmed commit; 0 = it has ended. */
  readonly sessionId: number;
  /** It should have been undone and could not be: nobody can confirm it any more. */
  readonly isOverdue: boolean;
}

/** That what waits has to be undone. */
export interface Undoing {
  /** A sentence. */
  readonly why: string;
  /** As it is reported once it is done. */
  readonly event: ConfirmEvent;
}

export interface ConfirmedCommitOptions {
  readonly clock: Clock;
  /** The time from one start of the device to the next one has a name of its own. */
  readonly bootId: string;
  /** What waited has to be undone, if it still waits. */
  readonly overdue: (unconfirmed: Unconfirmed, undoing: Undoing) => void;
  readonly limits?: Partial<DatastoreLimits>;
}

/**
 * Confirmed commits (RFC 6241 section 8.4): which one waits, who may do what meanwhile, and when it is to be undone.
 * What waits is what the newest commit on disk says; so it is known again after a crash, and each commit either says it
 * again or ends it.
 *
 * While one waits, running is its session's: what others changed would be undone with it, though it was acknowledged.
 */
export class ConfirmedCommit {
  readonly #options: ConfirmedCommitOptions;
  readonly #limits: DatastoreLimits;
  #pending: PendingCommit | undefined;
  #stopTimer = () => {};

  constructor(options: ConfirmedCommitOptions) {
    this.#options = options;
    this.#limits = { ...datastoreLimits, ...options.limits };
  }

  get pending(): PendingCommit | undefined {
    return this.#pending;
  }

  /** At start: goes on with what the newest commit says. Returns whether it has to be undone at once. */
  resume(record: CommitRecord | undefined): Undoing | undefined {
    if (record?.unconfirmed === undefined) return undefined;
    const { unconfirmed, username, sessionId } = record;
    const by: Requester = { username, sessionId, user: undefined };
    this.#pending = { record, unconfirmed, by, sessionId: 0, isOverdue: false };
    if (unconfirmed.persist === undefined)
      return cancelled(by, "The server ended, and its session with it, before it was confirmed.");
    // RFC 6241 section 8.4.1 has it undone when the device starts anew, which is more than the server doing so.
    if (unconfirmed.bootId !== this.#options.bootId)
      return cancelled(by, "The device started anew before it was confirmed.");
    if (this.#leftMs(unconfirmed) <= 0) return lateBy(unconfirmed);
    this.#startTimer(unconfirmed, this.#leftMs(unconfirmed), lateBy(unconfirmed));
    return undefined;
  }

  /** What the next commit is to say about itself; undefined = nothing waits after it. */
  unconfirmedBy({ confirmed }: CommitRequest, newestId: number): Unconfirmed | undefined {
    if (confirmed === undefined) return undefined;
    const former = this.#pending?.unconfirmed;
    // What is persistent stays so: only its time or <cancel-commit> ends it.
    const persist = confirmed.persist ?? former?.persist;
    return {
      revertTo: former?.revertTo ?? newestId,
      deadline: new Date(this.#options.clock.now() + confirmed.timeoutS * 1000).toISOString(),
      ...(persist === undefined ? {} : { persist }),
      bootId: this.#options.bootId,
    };
  }

  /** What a commit that is asked for will mean to what waits. */
  eventOf(by: Requester, { confirmed }: CommitRequest): ConfirmEvent | undefined {
    const { pending } = this;
    if (confirmed === undefined) return pending && { event: "complete", by };
    return { event: pending === undefined ? "start" : "extend", by, timeoutS: confirmed.timeoutS };
  }

  /** A commit by the requester is on disk and in effect. */
  recorded(record: CommitRecord, by: Requester): void {
    const { unconfirmed, sessionId } = record;
    const goesOn = unconfirmed !== undefined && unconfirmed === this.#pending?.unconfirmed;
    this.#pending = unconfirmed === undefined ? undefined : { record, unconfirmed, by, sessionId, isOverdue: false };
    if (goesOn) return;
    this.stop();
    if (unconfirmed !== undefined) this.#startTimer(unconfirmed, this.#leftMs(unconfirmed), lateBy(unconfirmed));
  }

  /** Throws `RpcError` unless the session may change running by other means than a commit. */
  checkChange({ sessionId }: Requester): void {
    if (this.#pending === undefined) return;
    requireOwn(this.#pending, sessionId);
    this.#requireFew(this.#pending);
  }

  /** RFC 6241 section 7.5: running cannot be locked while another session's confirmed commit waits. */
  checkLock({ sessionId }: Requester): void {
    if (this.#pending === undefined || this.#pending.sessionId === sessionId) return;
    throw lockDenied(this.#pending.sessionId, describe(this.#pending));
  }

  /** RFC 5717 section 2.6.2: while any waits, what it changed may have to change back. */
  checkPartialLock(): void {
    if (this.#pending === undefined) return;
    throw inUse(describe(this.#pending), { appTag: "outstanding-confirmed-commit" });
  }

  /** Throws `RpcError` unless the request may confirm or follow up what waits, where anything does. */
  checkCommit({ sessionId }: Requester, { confirmed, persistId }: CommitRequest): void {
    requireToken(this.#pending, persistId);
    if (this.#pending === undefined) return;
    requireOwn(this.#pending, sessionId, persistId);
    if (confirmed !== undefined) this.#requireFew(this.#pending);
  }

  /** Throws `RpcError` unless something waits, and the request may cancel it. */
  checkCancel({ sessionId }: Requester, persistId: string | undefined): void {
    requireToken(this.#pending, persistId);
    if (this.#pending === undefined)
      throw operationFailed("There is no confirmed commit to cancel.", { type: "protocol" });
    requireOwn(this.#pending, sessionId, persistId);
  }

  /** Returns whether what waits has to be undone. */
  sessionEnded(sessionId: number): Undoing | undefined {
    const pending = this.#pending;
    if (pending === undefined || pending.sessionId !== sessionId) return undefined;
    this.#pending = { ...pending, sessionId: 0 };
    if (pending.unconfirmed.persist !== undefined) return undefined;
    return cancelled(pending.by, `Session ${sessionId} ended before it was confirmed.`);
  }

  /** What waits could not be undone. */
  tryAgainLater(undoing: Undoing): void {
    if (this.#pending === undefined) return;
    this.#pending = { ...this.#pending, sessionId: 0, isOverdue: true };
    this.#startTimer(this.#pending.unconfirmed, this.#limits.revertRetryMs, undoing);
  }

  /** Nothing is undone from now on, before a commit is recorded. */
  stop(): void {
    this.#stopTimer();
    this.#stopTimer = () => {};
  }

  #leftMs({ deadline }: Unconfirmed): number {
    return Date.parse(deadline) - this.#options.clock.now();
  }

  #startTimer(unconfirmed: Unconfirmed, delayMs: number, undoing: Undoing): void {
    this.stop();
    this.#stopTimer = this.#options.clock.startTimer(delayMs, () => this.#options.overdue(unconfirmed, undoing));
  }

  /** All commits since the one to go back to are kept. */
  #requireFew({ record, unconfirmed }: PendingCommit): void {
    const { unconfirmedCommits } = this.#limits;
    if (record.id - unconfirmed.revertTo < unconfirmedCommits) return;
    throw resourceDenied(
      `Running was changed ${unconfirmedCommits} times since commit ${unconfirmed.revertTo}, none of them confirmed. ` +
        "Send a <commit> without <confirmed>, or <cancel-commit>.",
    );
  }
}

/** Throws unless the token is that of what waits, or left out where there is none. */
function requireToken(pending: PendingCommit | undefined, persistId: string | undefined): void {
  const persist = pending?.unconfirmed.persist;
  if (persistId === persist) return;
  if (persist === undefined)
    throw invalidValue("No confirmed commit with <persist> is waiting to be confirmed. Leave <persist-id> out.");
  if (persistId === undefined)
    throw invalidValue("A persistent confirmed commit is waiting to be confirmed. Send its token in <persist-id>.");
  throw invalidValue(
    "This is not the token of the confirmed commit that is waiting. Send the one its <persist> was given.",
  );
}

/** Throws unless what waits is the session's, or the token, which is the right one, makes it so. */
function requireOwn(pending: PendingCommit, sessionId: number, persistId?: string): void {
  if (!pending.isOverdue && (pending.sessionId === sessionId || persistId !== undefined)) return;
  throw inUse(describe(pending));
}

function describe({ record, unconfirmed, sessionId, isOverdue }: PendingCommit): string {
  if (isOverdue) return `Commit ${record.id} was not confirmed and is about to be undone. Try again afterwards.`;
  const whose = sessionId === 0 ? `user ${record.username}` : `session ${sessionId}`;
  return `A confirmed commit of ${whose} waits to be confirmed, until ${unconfirmed.deadline}. Try again afterwards.`;
}

const lateBy = ({ deadline }: Unconfirmed): Undoing => ({
  why: `It was not confirmed by ${deadline}.`,
  event: { event: "timeout" },
});

/** RFC 6470: also when the session that made it has ended. */
export const cancelled = (by: Requester, why: string): Undoing => ({ why, event: { event: "cancel", by } });
