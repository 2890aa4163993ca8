import { inUse, lockDenied, operationFailed } from "../errors/constructors.ts";
import type { DatastoreName } from "./datastores.ts";

/** Who holds the lock of which datastore (RFC 6241 section 7.5). */
export class Locks {
  readonly #holders = new Map<DatastoreName, number>();

  lock(name: DatastoreName, sessionId: number): void {
    const holder = this.#holders.get(name);
    if (holder !== undefined) {
      const who = holder === sessionId ? "this session" : `session ${holder}`;
      throw lockDenied(holder, `The ${name} datastore is locked by ${who}.`);
    }
    this.#holders.set(name, sessionId);
  }

  unlock(name: DatastoreName, sessionId: number): void {
    const holder = this.#holders.get(name);
    if (holder === sessionId) this.#holders.delete(name);
    else if (holder === undefined) throw operationFailed(`The ${name} datastore is not locked.`, { type: "protocol" });
    else
      throw operationFailed(`The ${name} datastore is locked by session ${holder}, not by this one.`, {
        type: "protocol",
      });
  }

  /** Throws unless `sessionId` may change the datastore. */
  checkWritable(name: DatastoreName, sessionId: number): void {
    const holder = this.#holders.get(name);
    if (holder === undefined || holder === sessionId) return;
    throw inUse(`The ${name} datastore is locked by session ${holder}. Try again when it is unlocked.`);
  }

  /** The datastores that a session which ended had locked. */
  releaseAll(sessionId: number): readonly DatastoreName[] {
    const released = [...this.#holders].filter(([, holder]) => holder === sessionId).map(([name]) => name);
    for (const name of released) this.#holders.delete(name);
    return released;
  }
}
