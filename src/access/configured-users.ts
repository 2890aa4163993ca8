import { createHmac, randomBytes } from "node:crypto";
import { type CryptHash, matchesCryptHash } from "../crypt/sha-crypt.ts";
import type { CommitSubscriber, ConfigChange, ConfigObject, PreparedChange } from "../datastore/subscriber.ts";
import { RpcError, type RpcErrorEntry } from "../errors/rpc-error.ts";
import type { Log } from "../observe/log.ts";
import type { KeyProof, OfferedKey } from "./authenticator.ts";
import { type AuthorizedKey, hasSafeHash, isSameKey, isSignedBy } from "./authorized-key.ts";
import {
  type ConfiguredUser,
  checkKeyCount,
  checkName,
  type Refuse,
  readKey,
  readPassword,
  type UserKeys,
} from "./configured-user.ts";
import { accessLimits } from "./limits.ts";
import { runInSlices } from "./run-in-slices.ts";
import { TurnQueue } from "./turn-queue.ts";

/** The units of configuration that are about users, by schema path. */
const paths = Object.freeze({
  system: "/ietf-system:system",
  user: "/ietf-system:system/authentication/user",
  key: "/ietf-system:system/authentication/user/authorized-key",
});

/** What a commit makes of the users that it concerns. */
interface Draft {
  /** Undefined = the user is gone. */
  readonly users: ReadonlyMap<string, ConfiguredUser | undefined>;
  /** All keys of users who got or lost one. */
  readonly keys: ReadonlyMap<string, UserKeys>;
  /** Undefined = as before. */
  readonly takesPasswords: boolean | undefined;
}

/**
 * The users of /system/authentication (RFC 7317 section 3.5). A commit counts from the next login on; sessions that are
 * open go on. Their passwords are taken where `user-authentication-order` has `local-users`, as section 3.5 has it.
 */
export class ConfiguredUsers implements CommitSubscriber {
  readonly paths = Object.values(paths);
  readonly #log: Log;
  readonly #users = new Map<string, ConfiguredUser>();
  readonly #keys = new Map<string, UserKeys>();
  readonly #hashing = new TurnQueue(accessLimits.concurrentCryptHashes);
  readonly #decoyKey = randomBytes(32);
  #takesPasswords = false;
  /** All passwords; undefined until they are needed again. */
  #passwords: readonly CryptHash[] | undefined;

  constructor(log: Log) {
    this.#log = log;
  }

  adopt(change: ConfigChange): void {
    this.#apply(
      this.#draft(change, ({ path, message }) =>
        this.#log("error", "configured user: not used", { path: path?.text, reason: message }),
      ),
    );
  }

  async prepare(change: ConfigChange): Promise<PreparedChange> {
    const refused: RpcErrorEntry[] = [];
    const draft = this.#draft(change, (entry) => refused.push(entry));
    if (refused.length > 0) throw new RpcError(refused.slice(0, accessLimits.errorsReported));
    return {
      apply: () => {
        this.#apply(draft);
        this.#warnOfOrder();
      },
      abort: () => {},
    };
  }

  /**
   * Whether it is the password of a configured user. Where any user's is taken, it works as long for those who do not
   * exist or have none, as for one or another who has.
   */
  async hasPassword(username: string, password: string): Promise<boolean> {
    if (!this.#takesPasswords) return false;
    const own = this.#users.get(username)?.password;
    const compared = own ?? this.#decoyFor(username);
    if (compared === undefined) return false;
    const matches = await this.#hashing.run(() => runInSlices(matchesCryptHash(password, compared)));
    return matches && own !== undefined;
  }

  /** Whether it is a key of a configured user; without `proof`, whether it is worth signing with. */
  hasKey(username: string, offered: OfferedKey, proof: KeyProof | undefined): boolean {
    if (!hasSafeHash(offered)) return false;
    const keys = [...(this.#keys.get(username)?.values() ?? [])];
    const key = keys.find((candidate) => isSameKey(candidate, offered));
    if (key === undefined) return false;
    return proof === undefined || isSignedBy(key, offered.rsaHash, proof);
  }

  /** Somebody's password, always the same for a name: hashes may differ in how long they take. */
  #decoyFor(username: string): CryptHash | undefined {
    this.#passwords ??= [...this.#users.values()].flatMap(({ password }) => password ?? []);
    const number = createHmac("sha256", this.#decoyKey).update(username).digest().readUInt32BE();
    return this.#passwords[number % this.#passwords.length];
  }

  #draft(change: ConfigChange, refuse: Refuse): Draft {
    const users = new Map<string, ConfiguredUser | undefined>();
    let takesPasswords: boolean | undefined;
    for (const unit of change) {
      const [name = ""] = unit.keys;
      if (unit.path === paths.system) takesPasswords = hasLocalUsers(unit.after);
      if (unit.path !== paths.user) continue;
      if (unit.after !== undefined) checkName(name, refuse);
      users.set(name, unit.after === undefined ? undefined : { password: readPassword(unit, refuse) });
    }
    return { users, keys: this.#draftKeys(change, refuse), takesPasswords };
  }

  #draftKeys(change: ConfigChange, refuse: Refuse): ReadonlyMap<string, UserKeys> {
    const drafts = new Map<string, Map<string, AuthorizedKey>>();
    for (const unit of change) {
      if (unit.path !== paths.key) continue;
      const [user = "", name = ""] = unit.keys;
      const keys = drafts.get(user) ?? new Map(this.#keys.get(user));
      drafts.set(user, keys);
      const key = unit.after === undefined ? undefined : readKey(unit, refuse);
      if (key === undefined) keys.delete(name);
      else keys.set(name, key);
    }
    for (const [user, keys] of drafts) checkKeyCount(user, keys, refuse);
    return drafts;
  }

  #apply({ users, keys, takesPasswords }: Draft): void {
    for (const [name, user] of users) {
      if (user === undefined) this.#users.delete(name);
      else this.#users.set(name, user);
    }
    for (const [name, all] of keys) {
      if (all.size === 0) this.#keys.delete(name);
      else this.#keys.set(name, all);
    }
    this.#takesPasswords = takesPasswords ?? this.#takesPasswords;
    this.#passwords = undefined;
  }

  #warnOfOrder(): void {
    if (this.#takesPasswords || ![...this.#users.values()].some(({ password }) => password !== undefined)) return;
    this.#log("warn", "passwords of configured users are not taken: user-authentication-order lacks local-users");
  }
}

function hasLocalUsers(system: ConfigObject | undefined): boolean {
  const authentication = system?.["authentication"] as ConfigObject | undefined;
  const order = authentication?.["user-authentication-order"] as readonly string[] | undefined;
  return order?.includes("ietf-system:local-users") === true;
}
