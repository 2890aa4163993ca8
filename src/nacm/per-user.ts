import type { AccessUser } from "./config.ts";
import { nacmLimits } from "./limits.ts";

/** What is worked out of the rules for a user, kept until the rules change. */
export class PerUser<T> {
  readonly #make: (user: AccessUser) => T;
  readonly #maxUsers: number;
  readonly #known = new Map<string, T>();

  constructor(make: (user: AccessUser) => T, maxUsers: number = nacmLimits.usersKept) {
    this.#make = make;
    this.#maxUsers = maxUsers;
  }

  of(user: AccessUser): T {
    const key = JSON.stringify([user.name, user.externalGroups, user.isRecovery]);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    if (this.#known.size >= this.#maxUsers) this.#known.clear();
    const made = this.#make(user);
    this.#known.set(key, made);
    return made;
  }
}
