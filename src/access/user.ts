import type { AuthorizedKey } from "./authorized-key.ts";
import type { PasswordHash } from "./password-hash.ts";

/** What a user may do: `admin` everything, `monitor` read. */
export const groups = ["admin", "monitor"] as const;
export type Group = (typeof groups)[number];

export const isGroup = (text: string): text is Group => (groups as readonly string[]).includes(text);

/** Somebody who may log in: with any of the keys, or with the password when there is one. */
export interface User {
  readonly name: string;
  readonly group: Group;
  readonly password?: PasswordHash;
  readonly keys: readonly AuthorizedKey[];
}

/** 1 to 32 characters that mean nothing special to a shell, a path or XML. */
export const isUserName = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/.test(text);
