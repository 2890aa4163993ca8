import { createPublicKey } from "node:crypto";
import ssh2 from "ssh2";
import type { KeyProof, OfferedKey } from "./authenticator.ts";
import { accessLimits } from "./limits.ts";

/** A public key that lets its user in: a line of OpenSSH's authorized_keys, without options. */
export interface AuthorizedKey {
  readonly type: string;
  /** In the format of RFC 4253 section 6.6. */
  readonly blob: Buffer;
  readonly comment: string;
}

/** The line or file is not a public key we take; the message says why and what to do. */
export class AuthorizedKeyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "AuthorizedKeyError";
  }
}

const RSA = "ssh-rsa";
const TYPES: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  RSA,
];
const LINE = /^(\S+)[ \t]+([A-Za-z0-9+/]+={0,2})(?:[ \t]+(.*))?$/;
/** Comments are shown and logged: printable, and not endless. */
const COMMENT = /^[^\p{Cc}]{0,256}$/u;

/** Whether this server takes keys of that algorithm. */
export const isKeyType = (type: string): boolean => TYPES.includes(type);

/** Such algorithms, for people. */
export const keyTypes = TYPES.join(", ");

/** The keys of a file in the format of authorized_keys; empty lines and lines with `#` are skipped. */
export function parseAuthorizedKeys(text: string): AuthorizedKey[] {
  if (text.includes("PRIVATE KEY-----")) {
    throw new AuthorizedKeyError("This is a private key. Give the public one, the file that ends in .pub.");
  }
  const lines = text.split(/\r?\n/).map((line) => line.trim());
  const keys = lines.filter((line) => line !== "" && !line.startsWith("#")).map(parseAuthorizedKey);
  if (keys.length === 0) throw new AuthorizedKeyError("There is no public key in it.");
  return keys;
}

/** One line: type, key in base64, comment. */
export function parseAuthorizedKey(line: string): AuthorizedKey {
  const [, type = "", base64 = "", comment = ""] = LINE.exec(line) ?? [];
  if (!isKeyType(type)) {
    throw new AuthorizedKeyError(`A key line begins with one of ${keyTypes}; options are not supported.`);
  }
  if (!COMMENT.test(comment)) throw new AuthorizedKeyError("The key's comment is too long or has control characters.");
  const parsed = ssh2.utils.parseKey(`${type} ${base64}`);
  const blob = Buffer.from(base64, "base64");
  if (parsed instanceof Error || !parsed.getPublicSSH().equals(blob)) throw damaged();
  if (type === RSA && rsaBits(parsed.getPublicPEM()) < accessLimits.minRsaBits) {
    throw new AuthorizedKeyError(`An RSA key needs ${accessLimits.minRsaBits} bits or more.`);
  }
  return { type, blob, comment };
}

export const formatAuthorizedKey = ({ type, blob, comment }: AuthorizedKey): string =>
  `${type} ${blob.toString("base64")} ${comment}`.trimEnd();

export const isSameKey = (a: { type: string; blob: Uint8Array }, b: { type: string; blob: Uint8Array }): boolean =>
  a.type === b.type && Buffer.compare(a.blob, b.blob) === 0;

/** RSA signatures with SHA-1 are forgeable: only those of RFC 8332 count. */
export const hasSafeHash = ({ type, rsaHash }: OfferedKey): boolean =>
  type !== RSA || rsaHash === "sha256" || rsaHash === "sha512";

/** Whether `proof` was made with the private half of `key`. */
export function isSignedBy(key: AuthorizedKey, rsaHash: string | undefined, proof: KeyProof): boolean {
  const parsed = ssh2.utils.parseKey(formatAuthorizedKey(key));
  if (parsed instanceof Error) return false;
  const result = parsed.verify(
    Buffer.from(proof.signed),
    Buffer.from(proof.signature),
    rsaHash as "sha256" | undefined,
  );
  return result === true; // an Error, for a signature of another kind, is truthy
}

function rsaBits(pem: string): number {
  try {
    return createPublicKey(pem).asymmetricKeyDetails?.modulusLength ?? 0;
  } catch {
    throw damaged();
  }
}

const damaged = () => new AuthorizedKeyError("The key is damaged: copy the whole line of the .pub file.");
