import { closeSync, openSync, rmSync, statSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { createDataFolder } from "../storage/data-folder.ts";
import { type AuthorizedKey, isSameKey } from "./authorized-key.ts";
import { accessLimits } from "./limits.ts";
import { hashPassword } from "./password-hash.ts";
import { type Group, isUserName, USER_NAME_RULE, type User } from "./user.ts";
import { readUsersFile, usersFilePath, writeUsersFile } from "./users-file.ts";

/** What to give a user. A new user without a group is in `admin`; an existing one stays in its group. */
export interface UserAddition {
  readonly name: string;
  readonly group?: Group;
  /** Replaces the one before. */
  readonly password?: string;
  /** Added to those the user has. */
  readonly keys?: readonly AuthorizedKey[];
}

/** The addition is refused; the message says why and what to do. */
export class UserAdditionError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UserAdditionError";
  }
}

/**
 * Adds a user to the data directory, which is created when it is not there, or adds to an existing user. Safe while
 * the server runs and while others do the same. Returns the user as it is now. Throws `UserAdditionError`,
 * `UsersFileError`, `DataFolderError` or the file system's error.
 */
export async function addUser(dataFolder: string, addition: UserAddition): Promise<User> {
  checkAddition(addition);
  const password = addition.password === undefined ? undefined : await hashPassword(addition.password);
  createDataFolder(dataFolder);
  const path = usersFilePath(dataFolder);
  return await whileLocked(path, () => {
    const users = readUsersFile(path);
    const before = users.get(addition.name);
    const user: User = {
      name: addition.name,
      group: addition.group ?? before?.group ?? "admin",
      ...(password === undefined ? keepPassword(before) : { password }),
      keys: mergeKeys(before?.keys ?? [], addition.keys ?? []),
    };
    writeUsersFile(path, users.set(user.name, user));
    return user;
  });
}

function checkAddition({ name, password, keys = [] }: UserAddition): void {
  if (!isUserName(name)) {
    throw new UserAdditionError(`"${name}" cannot be a user name. ${USER_NAME_RULE}`);
  }
  if (password === undefined && keys.length === 0) {
    throw new UserAdditionError("A user needs a key or a password: give --key FILE or --password-stdin.");
  }
  if (password === "") throw new UserAdditionError("The password is empty: give it as the first line of stdin.");
  if (password !== undefined && Buffer.byteLength(password) > accessLimits.maxPasswordBytes) {
    throw new UserAdditionError(`The password is longer than ${accessLimits.maxPasswordBytes} bytes.`);
  }
}

const keepPassword = (user: User | undefined): Pick<User, "password"> =>
  user?.password === undefined ? {} : { password: user.password };

function mergeKeys(before: readonly AuthorizedKey[], added: readonly AuthorizedKey[]): AuthorizedKey[] {
  const merged = [...before];
  for (const key of added) if (!merged.some((other) => isSameKey(other, key))) merged.push(key);
  if (merged.length > accessLimits.maxKeysPerUser) {
    throw new UserAdditionError(
      `A user can have ${accessLimits.maxKeysPerUser} keys; this would make ${merged.length}. Remove some from users.json first.`,
    );
  }
  return merged;
}

/** Keeps other processes from changing the file in between, by a lock file beside it. */
async function whileLocked<T>(path: string, change: () => T): Promise<T> {
  const lock = `${path}.lock`;
  const deadline = Date.now() + accessLimits.usersFileLockWaitMs;
  while (!tryLock(lock)) {
    if (Date.now() > deadline) throw new UserAdditionError(`${lock} is held by another process. Try again.`);
    await delay(20);
  }
  try {
    return change();
  } finally {
    rmSync(lock, { force: true });
  }
}

function tryLock(lock: string): boolean {
  const heldSince = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
  if (heldSince !== undefined && Date.now() - heldSince > accessLimits.usersFileLockStaleMs) {
    rmSync(lock, { force: true });
  }
  try {
    closeSync(openSync(lock, "wx", 0o600));
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}
