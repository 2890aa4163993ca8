import type { Authenticator, KeyProof, Login, OfferedKey } from "./authenticator.ts";
import type { ConfiguredUsers } from "./configured-users.ts";
import { accessLimits } from "./limits.ts";
import type { UserStore } from "./user-store.ts";

/**
 * The users of the data directory and those that are configured. A name may be among both: then each password and key of
 * either lets the user in, with the group that the data directory gives.
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
    return { username, group: this.#store.groupOf(username) };
  }
}
