import type { AuthorizedKey } from "./authorized-key.ts";
import type { PasswordHash } from "./password-hash.ts";

/**
 * A group of access control (RFC 8341). Where no rule says anything else, `admin` may do everything and `monitor` look;
 * `recovery` may do everything whatever the rules say; what any other may do is up to the rules.
 */
export type Group = string;

/** The group of those whose sessions are recovery sessions (RFC 8341 section 3.3.3). */
export const RECOVERY = "recovery";

/** 1 to 64 characters, as user names have them. */
export const isGroup = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,63}$/.test(text);

/** Somebody who may log in: with any of the keys, or with the password when there is one. */
export interface User {
  readonly name: string;
  readonly group: Group;
  readonly password?: PasswordHash;
  readonly keys: readonly AuthorizedKey[];
}

/** What `isUserName` wants, for people. */
export const USER_NAME_RULE = 'Use 1 to 32 letters, digits, ".", "_" and "-", the first a letter, digit or "_".';

/** 1 to 32 characters that mean nothing special to a shell, a path or XML. */
export const isUserName = (text: string): boolean => /^[A-Za-z0-9_][A-Za-z0-9._-]{0,31}$/.test(text);
