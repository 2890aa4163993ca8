import { inUse, invalidValue, lockDenied, operationFailed, resourceDenied } from "../errors/constructors.ts";
import type { DatastoreName } from "./datastores.ts";
import { type DatastoreLimits, datastoreLimits } from "./limits.ts";
import type { FreedNode, PartialLock } from "./partial-lock.ts";

/** A lock that a session holds, and since when. */
export interface HeldLock {
  readonly datastore: DatastoreName;
  readonly sessionId: number;
  readonly since: Date;
}

/** What a session that ended had locked. */
export interface ReleasedLocks {
  readonly datastores: readonly DatastoreName[];
  /** Ids of its partial locks. */
  readonly partial: readonly number[];
}

type PartialLockLimits = Pick<DatastoreLimits, "partialLocks" | "partialLocksPerSession" | "lockedNodes">;

const MAX_LOCK_ID = 0xffff_ffff;

/** Who holds the lock of which datastore (RFC 6241 section 7.5), and of which parts of running (RFC 5717). */
export class Locks {
  readonly #limits: PartialLockLimits;
  readonly #held = new Map<DatastoreName, HeldLock>();
  /** By their ids. */
  readonly #partial = new Map<number, PartialLock>();
  #lastLockId = 0;

  constructor(limits: PartialLockLimits = datastoreLimits) {
    this.#limits = limits;
  }

  /** The locks of datastores that are held now. */
  held(): readonly HeldLock[] {
    return [...this.#held.values()];
  }

  /** The partial locks that are held now. */
  partial(): readonly PartialLock[] {
    return [...this.#partial.values()];
  }

  lock(name: DatastoreName, sessionId: number): void {
    const holder = this.#held.get(name)?.sessionId;
    if (holder !== undefined) throw lockDenied(holder, `The ${name} datastore is locked by ${who(holder, sessionId)}.`);
    if (name === "running") this.#requireNoPartial(sessionId);
    this.#held.set(name, { datastore: name, sessionId, since: new Date() });
  }

  unlock(name: DatastoreName, sessionId: number): void {
    const holder = this.#held.get(name)?.sessionId;
    if (holder === sessionId) this.#held.delete(name);
    else if (holder === undefined) throw operationFailed(`The ${name} datastore is not locked.`, { type: "protocol" });
    else
      throw operationFailed(`The ${name} datastore is locked by session ${holder}, not by this one.`, {
        type: "protocol",
      });
  }

  /** Throws unless `sessionId` may change the datastore. */
  checkWritable(name: DatastoreName, sessionId: number): void {
    const holder = this.#held.get(name)?.sessionId;
    if (holder === undefined || holder === sessionId) return;
    throw inUse(`The ${name} datastore is locked by session ${holder}. Try again when it is unlocked.`);
  }

  /** Throws unless the session may have one more partial lock. */
  checkPartialCount(sessionId: number): void {
    const { partialLocks, partialLocksPerSession } = this.#limits;
    if (this.#partial.size >= partialLocks) {
      throw resourceDenied(`All sessions together hold ${partialLocks} partial locks. Try again when one is released.`);
    }
    const own = this.partial().filter((lock) => lock.sessionId === sessionId).length;
    if (own < partialLocksPerSession) return;
    throw resourceDenied(
      `This session holds ${partialLocksPerSession} partial locks. Release one, or lock all that is needed with one.`,
    );
  }

  /** Throws while anybody has locked running as a whole, this session included (RFC 5717 section 2.4.1). */
  checkPartialLock(sessionId: number, nodeCount: number): void {
    const holder = this.#held.get("running")?.sessionId;
    if (holder !== undefined) {
      throw lockDenied(holder, `The running datastore is locked by ${who(holder, sessionId)}.`);
    }
    const { lockedNodes } = this.#limits;
    const locked = this.partial().reduce((sum, { nodes }) => sum + nodes.length, 0);
    if (locked + nodeCount <= lockedNodes) return;
    throw resourceDenied(
      `With these, partial locks were on more than ${lockedNodes} nodes. Lock what these are in, or try again later.`,
    );
  }

  /** An id that no partial lock has. */
  nextLockId(): number {
    let id = this.#lastLockId;
    do id = (id % MAX_LOCK_ID) + 1;
    while (this.#partial.has(id));
    return id;
  }

  addPartial(lock: PartialLock): void {
    this.#lastLockId = lock.lockId;
    this.#partial.set(lock.lockId, lock);
  }

  /** Throws unless the session holds the lock. */
  releasePartial(lockId: number, sessionId: number): void {
    const lock = this.#partial.get(lockId);
    // Another session's is none of its business: the same answer as if there were none.
    if (lock?.sessionId !== sessionId) throw invalidValue(`This session holds no partial lock ${lockId}.`);
    this.#partial.delete(lockId);
  }

  /** Takes nodes that were deleted off the locks (RFC 5717 section 2.4.1), which stay even when nothing is left. */
  free(freed: readonly FreedNode[]): void {
    for (const lockId of new Set(freed.map((node) => node.lockId))) {
      const lock = this.#partial.get(lockId);
      if (lock === undefined) continue;
      const gone = new Set(freed.flatMap((node) => (node.lockId === lockId ? [node.path] : [])));
      this.#partial.set(lockId, { ...lock, nodes: lock.nodes.filter(({ path }) => !gone.has(path)) });
    }
  }

  /** The session ended. */
  releaseAll(sessionId: number): ReleasedLocks {
    const datastores = this.held()
      .filter((lock) => lock.sessionId === sessionId)
      .map(({ datastore }) => datastore);
    for (const name of datastores) this.#held.delete(name);
    const partial = this.partial()
      .filter((lock) => lock.sessionId === sessionId)
      .map(({ lockId }) => lockId);
    for (const lockId of partial) this.#partial.delete(lockId);
    return { datastores, partial };
  }

  /** RFC 5717 section 2.4.1: running cannot be locked as a whole while a part of it is, by this session either. */
  #requireNoPartial(sessionId: number): void {
    const held = this.partial();
    const lock = held.find((partial) => partial.sessionId !== sessionId) ?? held[0];
    if (lock === undefined) return;
    const whose = who(lock.sessionId, sessionId);
    throw lockDenied(
      lock.sessionId,
      `A part of the running datastore is locked by ${whose} (partial lock ${lock.lockId}).`,
    );
  }
}

const who = (holder: number, sessionId: number): string =>
  holder === sessionId ? "this session" : `session ${holder}`;
