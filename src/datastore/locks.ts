import { inUse, lockDenied, operationFailed } from "../errors/constructors.ts";
import type { DatastoreName } from "./datastores.ts";

/** A lock that a session holds, and since when. */
export interface HeldLock {
  readonly datastore: DatastoreName;
  readonly sessionId: number;
  readonly since: Date;
}

/** Who holds the lock of which datastore (RFC 6241 section 7.5). */
export class Locks {
  readonly #held = new Map<DatastoreName, HeldLock>();

  /** The locks that are held now. */
  held(): readonly HeldLock[] {
    return [...this.#held.values()];
  }

  lock(name: DatastoreName, sessionId: number): void {
    const holder = this.#held.get(name)?.sessionId;
    if (holder !== undefined) {
      const who = holder === sessionId ? "this session" : `session ${holder}`;
      throw lockDenied(holder, `The ${name} datastore is locked by ${who}.`);
    }
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

  /** The datastores that a session which ended had locked. */
  releaseAll(sessionId: number): readonly DatastoreName[] {
    const released = this.held()
      .filter((lock) => lock.sessionId === sessionId)
      .map(({ datastore }) => datastore);
    for (const name of released) this.#held.delete(name);
    return released;
  }
}
