import { cryptLimits } from "../crypt/limits.ts";
import { type CryptHash, parseCryptHash } from "../crypt/sha-crypt.ts";
import type { UnitChange } from "../datastore/subscriber.ts";
import { quoted } from "../errors/quoted.ts";
import type { ErrorPath, RpcErrorEntry } from "../errors/rpc-error.ts";
import { type AuthorizedKey, AuthorizedKeyError, isKeyType, keyTypes, parseAuthorizedKey } from "./authorized-key.ts";
import { accessLimits } from "./limits.ts";
import { isUserName, USER_NAME_RULE } from "./user.ts";

/** A user of /system/authentication (RFC 7317 section 3.5). */
export interface ConfiguredUser {
  readonly password: CryptHash | undefined;
}

/** The keys of such a user, by their names in the configuration. */
export type UserKeys = ReadonlyMap<string, AuthorizedKey>;

/** Takes note of what cannot be used. */
export type Refuse = (entry: RpcErrorEntry) => void;

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-system";

/** What a unit says of the user's password; undefined where there is none, or it was refused. */
export function readPassword({ keys: [name = ""], after = {} }: UnitChange, refuse: Refuse): CryptHash | undefined {
  const { password } = after;
  if (typeof password !== "string") return undefined;
  const hash = parseCryptHash(password);
  const problem =
    hash === undefined
      ? "This server knows hashes of crypt(3) by SHA-256 ($5$) and SHA-512 ($6$). Give one, or $0$ and the password."
      : (hash.rounds ?? 0) > cryptLimits.maxRounds
        ? `The hash takes ${hash.rounds} rounds; this server does ${cryptLimits.maxRounds} at most.`
        : undefined;
  if (problem === undefined) return hash;
  refuse(invalid(pathOf(name, "sys:password"), problem));
  return undefined;
}

export function checkName(name: string, refuse: Refuse): void {
  if (isUserName(name)) return;
  refuse(invalid(pathOf(name, "sys:name"), `${JSON.stringify(name)} cannot be a user name. ${USER_NAME_RULE}`));
}

export function checkKeyCount(name: string, keys: UserKeys, refuse: Refuse): void {
  if (keys.size <= accessLimits.maxKeysPerUser) return;
  refuse({
    type: "application",
    tag: "operation-failed",
    appTag: "too-many-elements",
    path: pathOf(name, "sys:authorized-key"),
    message: `A user can have ${accessLimits.maxKeysPerUser} keys; this would make ${keys.size}.`,
  });
}

/** The key of a unit; undefined where it was refused. */
export function readKey(
  { keys: [user = "", name = ""], after = {} }: UnitChange,
  refuse: Refuse,
): AuthorizedKey | undefined {
  const algorithm = after["algorithm"] as string;
  const path = (leaf: string) => pathOf(user, `sys:authorized-key[sys:name=${quoted(name)}]/sys:${leaf}`);
  if (!isKeyType(algorithm)) {
    refuse(invalid(path("algorithm"), `This server takes keys of ${keyTypes}, not of ${JSON.stringify(algorithm)}.`));
    return undefined;
  }
  try {
    return parseAuthorizedKey(`${algorithm} ${(after["key-data"] as string).replace(/\s/g, "")}`);
  } catch (error) {
    if (!(error instanceof AuthorizedKeyError)) throw error;
    refuse(invalid(path("key-data"), `This is no ${algorithm} key that can be used. ${error.message}`));
    return undefined;
  }
}

const invalid = (path: ErrorPath, message: string): RpcErrorEntry => ({
  type: "application",
  tag: "invalid-value",
  path,
  message,
});

const pathOf = (user: string, rest: string): ErrorPath => ({
  text: `/sys:system/sys:authentication/sys:user[sys:name=${quoted(user)}]/${rest}`,
  namespaces: { sys: NAMESPACE },
});
