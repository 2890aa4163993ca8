import type { Candidate } from "./candidate.ts";
import type { Clock } from "./clock.ts";
import { commitStaged, type PlannedCommit } from "./commit.ts";
import type { CommitKind, CommitRecord, Unconfirmed } from "./commit-history.ts";
import { ConfirmedCommit, cancelled, type PendingCommit, type Undoing } from "./confirmed-commit.ts";
import type { CommitRequest, Requester } from "./datastores.ts";
import type { StageSource } from "./engine-api.ts";
import type { EngineHost } from "./engine-host.ts";
import type { EngineLog } from "./engine-thread.ts";
import type { DatastoreLimits } from "./limits.ts";
import type { Locks } from "./locks.ts";
import type { CommitSubscriber, ConfirmEvent, DatastoreChange } from "./subscriber.ts";

export interface RunningOptions {
  readonly engine: EngineHost;
  readonly candidate: Candidate;
  readonly locks: Locks;
  readonly subscribers: readonly CommitSubscriber[];
  readonly changed: (change: DatastoreChange) => void;
  readonly confirmEvent: (event: ConfirmEvent) => void;
  readonly bootId: string;
  readonly clock: Clock;
  readonly log: EngineLog;
  readonly limits: DatastoreLimits;
  /** Does a task when it is its turn among all that changes datastores. */
  readonly inTurn: (task: () => Promise<void>) => Promise<void>;
}

/** A commit, and what becomes of a confirmed commit by it. */
interface ConfirmingCommit extends PlannedCommit {
  readonly event?: ConfirmEvent | undefined;
}

/** Running: what changes it, and the way back from what was not confirmed. Calls of one that changes it do not overlap. */
export class Running {
  readonly #options: RunningOptions;
  readonly #confirmed: ConfirmedCommit;

  constructor(options: RunningOptions) {
    this.#options = options;
    const { bootId, clock, limits, inTurn } = options;
    const overdue = (unconfirmed: Unconfirmed, undoing: Undoing) =>
      void inTurn(async () => {
        if (this.pending?.unconfirmed === unconfirmed) await this.#revertOrTryAgain(0, undoing);
      });
    this.#confirmed = new ConfirmedCommit({ clock, bootId, overdue, limits });
  }

  /** The confirmed commit that waits. */
  get pending(): PendingCommit | undefined {
    return this.#confirmed.pending;
  }

  /**
   * At start, before anybody acts on what is committed: what cannot be confirmed any more is undone. Rejects when that
   * is not possible.
   */
  async resume(): Promise<void> {
    const undoing = this.#confirmed.resume(await this.#options.engine.call("newestCommit"));
    if (undoing !== undefined) await this.#revert(this.#culprit(0), undoing, { subscribers: [] });
  }

  /** The candidate becomes running. */
  async commit(by: Requester, request: CommitRequest): Promise<void> {
    this.#confirmed.checkCommit(by, request);
    const { description, confirmed } = request;
    await this.#commit({
      by,
      source: { kind: "candidate" },
      user: by.user,
      lockHolder: by.sessionId,
      // What begins or ends the waiting has to be on disk.
      isRecordedAnyway: confirmed !== undefined || this.pending !== undefined,
      event: this.#confirmed.eventOf(by, request),
      sign: (id) => this.#record(id, by, { description, unconfirmed: this.#confirmed.unconfirmedBy(request, id - 1) }),
    });
    this.#options.candidate.committed();
  }

  /** A change of running itself. */
  async change(by: Requester, kind: CommitKind, source: StageSource): Promise<void> {
    this.#confirmed.checkChange(by);
    const unconfirmed = this.pending?.unconfirmed;
    await this.#commitPastCandidate({
      by,
      source,
      user: by.user,
      lockHolder: by.sessionId,
      isRecordedAnyway: false,
      sign: (id) => this.#record(id, by, { kind, unconfirmed }),
    });
  }

  async cancelCommit(by: Requester, persistId: string | undefined): Promise<void> {
    this.#confirmed.checkCancel(by, persistId);
    await this.#revert(by, cancelled(by, "It was cancelled."), { lockHolder: by.sessionId });
  }

  /** Throws `RpcError` when a confirmed commit keeps running from being locked. */
  checkLock(by: Requester): void {
    this.#confirmed.checkLock(by);
  }

  /** The same for a part of it. */
  checkPartialLock(): void {
    this.#confirmed.checkPartialLock();
  }

  async sessionEnded(sessionId: number): Promise<void> {
    const undoing = this.#confirmed.sessionEnded(sessionId);
    if (undoing !== undefined) await this.#revertOrTryAgain(sessionId, undoing);
  }

  /** Nothing is undone any more, other than on behalf of a session. */
  stop(): void {
    this.#confirmed.stop();
  }

  async #commit(plan: ConfirmingCommit, subscribers = this.#options.subscribers): Promise<void> {
    const made = await commitStaged(this.#options.engine, subscribers, plan);
    if (made === undefined) return;
    const { by, event } = plan;
    this.#confirmed.recorded(made.record, by);
    const { edits, freed } = made;
    this.#options.locks.free(freed);
    if (edits?.length !== 0) this.#options.changed({ by, datastore: "running", edits });
    if (event !== undefined) this.#options.confirmEvent(event);
    // The commit is made: it does not fail with a thread, whose successor is told of the locks as they are now.
    if (freed.length > 0) await this.#options.engine.call("freeNodes", freed).catch(() => undefined);
  }

  #commitPastCandidate(plan: ConfirmingCommit, subscribers = this.#options.subscribers): Promise<void> {
    return this.#options.candidate.keptDuring(() => this.#commit(plan, subscribers));
  }

  #record(id: number, { username, sessionId }: Requester, what: Partial<CommitRecord>): CommitRecord {
    return { id, time: new Date(this.#options.clock.now()).toISOString(), username, sessionId, ...what };
  }

  /** Never rejects: nobody waits for it, and it has to be done. */
  async #revertOrTryAgain(sessionId: number, undoing: Undoing): Promise<void> {
    try {
      await this.#revert(this.#culprit(sessionId), undoing);
    } catch (error) {
      this.#confirmed.tryAgainLater(undoing);
      const fields = { error: String(error), retryMs: this.#options.limits.revertRetryMs };
      this.#options.log("error", "A confirmed commit could not be undone; trying again later", fields);
    }
  }

  /** Undoes what waits to be confirmed. Rejects, and it waits on, when the disk or the engine fails. */
  async #revert(
    by: Requester,
    { why, event }: Undoing,
    { subscribers, lockHolder }: { subscribers?: readonly CommitSubscriber[]; lockHolder?: number } = {},
  ): Promise<void> {
    const { record, unconfirmed } = this.pending as PendingCommit;
    const { revertTo } = unconfirmed;
    this.#options.log("warn", "A confirmed commit has to be undone", { commitId: record.id, revertTo, why });
    const description = `Back to ${revertTo === 0 ? "the beginning" : `commit ${revertTo}`}: ${why}`;
    await this.#commitPastCandidate(
      {
        by,
        source: { kind: "copy", source: { commitId: revertTo } },
        // Running was that way before: whoever has it undone needs no permission for what changes back.
        user: undefined,
        lockHolder,
        isRecordedAnyway: true,
        event,
        sign: (id) => this.#record(id, by, { kind: "revert", description }),
      },
      subscribers ?? this.#options.subscribers.map((subscriber) => this.#obliged(subscriber)),
    );
  }

  /** On whose account something is undone. */
  #culprit(sessionId: number): Requester {
    return { username: "", ...this.pending?.by, sessionId, user: undefined };
  }

  /**
   * The subscriber without its right to refuse: running was that way before, and has to be again (RFC 6241 section
   * 8.4.1), even where a device is missing now, as at a start.
   */
  #obliged(subscriber: CommitSubscriber): CommitSubscriber {
    return {
      paths: subscriber.paths,
      adopt: (change) => subscriber.adopt(change),
      prepare: async (change) => {
        try {
          return await subscriber.prepare(change);
        } catch (error) {
          this.#options.log("warn", "What is undone was refused, and is in effect all the same", {
            reason: (error as Error).message,
          });
          return { apply: () => subscriber.adopt(change), abort: () => {} };
        }
      },
    };
  }
}
