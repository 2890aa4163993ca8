import type { Authenticator, KeyProof, Login, OfferedKey } from "./authenticator.ts";
import type { ConfiguredUsers } from "./configured-users.ts";
import { accessLimits } from "./limits.ts";
import { RECOVERY } from "./user.ts";
import type { UserStore } from "./user-store.ts";

/**
 * The users of the data directory and those that are configured. A name may be among both: then each password and key of
 * either lets the user in, with the group that the data directory gives. For a recovery session (RFC 8341 section 3.3) it
 * has to be one of the data directory: whoever may configure users is bound by rules, and must not get past them so.
 */
export class AllUsers implements Authenticator {
  readonly #store: UserStore;
  readonly #configured: ConfiguredUsers;

  constructor(store: UserStore, configured: ConfiguredUsers) {
    this.#store = store;
    this.#configured = configured;
  }

  async withPassword(username: string, password: string): Promise<Login | undefined> {
    if (Buffer.byteLength(password) > accessLimits.maxPasswordBytes) return undefined;
    // Both are asked about every name, one after the other: the time does not tell where it is known.
    const stored = await this.#store.withPassword(username, password);
    if (stored !== undefined) return stored;
    return (await this.#configured.hasPassword(username, password)) ? this.#login(username) : undefined;
  }

  async withKey(username: string, offered: OfferedKey, proof?: KeyProof): Promise<Login | undefined> {
    const stored = await this.#store.withKey(username, offered, proof);
    if (stored !== undefined) return stored;
    return this.#configured.hasKey(username, offered, proof) ? this.#login(username) : undefined;
  }

  #login(username: string): Login {
    const group = this.#store.groupOf(username);
    return { username, group: group === RECOVERY ? undefined : group };
  }
}
