import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { writeFileAtomically } from "../storage/atomic-file.ts";
import { formatAuthorizedKey, parseAuthorizedKey } from "./authorized-key.ts";
import { accessLimits } from "./limits.ts";
import { isPasswordHash } from "./password-hash.ts";
import { isGroup, isUserName, type User } from "./user.ts";

export const usersFilePath = (dataFolder: string): string => join(dataFolder, "users.json");

/** users.json is not one of ours; the message says what is wrong. */
export class UsersFileError extends Error {
  constructor(path: string, what: string) {
    super(`${path} is damaged: ${what}. Correct it, or remove it and add the users again.`);
    this.name = "UsersFileError";
  }
}

/** All users by name; none when there is no file yet. Throws `UsersFileError`, or the file system's error. */
export function readUsersFile(path: string): Map<string, User> {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  if (size === undefined) return new Map();
  if (size > accessLimits.maxUsersFileBytes) throw new UsersFileError(path, `it has ${size} bytes`);
  const users = new Map<string, User>();
  for (const entry of parseEntries(path, readFileSync(path, "utf8"))) {
    const user = parseUser(path, entry);
    if (users.has(user.name)) throw new UsersFileError(path, `user ${user.name} is in it twice`);
    users.set(user.name, user);
  }
  return users;
}

/** Replaces the file, whole or not at all; for its owner only. */
export function writeUsersFile(path: string, users: ReadonlyMap<string, User>): void {
  const entries = [...users.values()].map(({ keys, ...user }) => ({ ...user, keys: keys.map(formatAuthorizedKey) }));
  writeFileAtomically(path, Buffer.from(`${JSON.stringify({ format: 1, users: entries }, null, 2)}\n`));
}

function parseEntries(path: string, text: string): unknown[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new UsersFileError(path, "it is not JSON");
  }
  const { format, users } = (content ?? {}) as Record<string, unknown>;
  if (format !== 1 || !Array.isArray(users)) throw new UsersFileError(path, "it does not hold users");
  return users;
}

function parseUser(path: string, entry: unknown): User {
  const { name, group, password, keys } = (entry ?? {}) as Record<string, unknown>;
  const damaged = (what: string) => new UsersFileError(path, `${what} of user ${JSON.stringify(name)}`);
  if (typeof name !== "string" || !isUserName(name)) throw new UsersFileError(path, `a user has no proper name`);
  if (typeof group !== "string" || !isGroup(group)) throw damaged("the group");
  if (password !== undefined && !isPasswordHash(password)) throw damaged("the password hash");
  if (!Array.isArray(keys) || !keys.every((key) => typeof key === "string")) throw damaged("the list of keys");
  try {
    const parsed = keys.map(parseAuthorizedKey);
    return { name, group, keys: parsed, ...(password === undefined ? {} : { password }) };
  } catch {
    throw damaged("a key");
  }
}
