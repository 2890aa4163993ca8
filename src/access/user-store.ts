import { statSync } from "node:fs";
import type { Log } from "../observe/log.ts";
import type { Authenticator, KeyProof, Login, OfferedKey } from "./authenticator.ts";
import { hasSafeHash, isSameKey, isSignedBy } from "./authorized-key.ts";
import { accessLimits } from "./limits.ts";
import { matchesPassword } from "./password-hash.ts";
import { TurnQueue } from "./turn-queue.ts";
import type { Group, User } from "./user.ts";
import { readUsersFile, usersFilePath } from "./users-file.ts";

/**
 * The users of the data directory, as `bmpconfd user add` keeps them. A change of the file counts from the next login
 * on; while the file is damaged none of them can log in.
 */
export class UserStore implements Authenticator {
  readonly #path: string;
  readonly #log: Log;
  readonly #hashing = new TurnQueue(accessLimits.concurrentHashes);
  #users: ReadonlyMap<string, User> = new Map();
  #version: string | undefined;

  constructor(dataFolder: string, log: Log) {
    this.#path = usersFilePath(dataFolder);
    this.#log = log;
  }

  async withPassword(username: string, password: string): Promise<Login | undefined> {
    if (Buffer.byteLength(password) > accessLimits.maxPasswordBytes) return undefined;
    const user = this.#find(username);
    const matches = await this.#hashing.run(() => matchesPassword(password, user?.password));
    return matches && user !== undefined ? { username: user.name, group: user.group } : undefined;
  }

  async withKey(username: string, offered: OfferedKey, proof?: KeyProof): Promise<Login | undefined> {
    if (!hasSafeHash(offered)) return undefined;
    const user = this.#find(username);
    const key = user?.keys.find((candidate) => isSameKey(candidate, offered));
    if (user === undefined || key === undefined) return undefined;
    if (proof !== undefined && !isSignedBy(key, offered.rsaHash, proof)) return undefined;
    return { username: user.name, group: user.group };
  }

  /** Of a user of the data directory. */
  groupOf(username: string): Group | undefined {
    return this.#find(username)?.group;
  }

  #find(username: string): User | undefined {
    try {
      this.#refresh();
    } catch (error) {
      this.#users = new Map();
      this.#log("error", "users.json cannot be used: none of its users can log in until it is corrected", { error });
    }
    return this.#users.get(username);
  }

  /** Reads the file when it is not the one read last. A damaged one is reported once, not at each login. */
  #refresh(): void {
    const stat = statSync(this.#path, { bigint: true, throwIfNoEntry: false });
    const version = stat === undefined ? "none" : `${stat.ino} ${stat.size} ${stat.mtimeNs} ${stat.ctimeNs}`;
    if (version === this.#version) return;
    this.#version = version;
    this.#users = readUsersFile(this.#path);
    this.#log("info", "users read", { users: this.#users.size });
  }
}
