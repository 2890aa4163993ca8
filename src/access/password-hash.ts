import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from "node:crypto";

/** A password as it is stored: scrypt (RFC 7914) with its parameters; salt and hash in base64. */
export interface PasswordHash {
  readonly scheme: "scrypt";
  readonly n: number;
  readonly r: number;
  readonly p: number;
  readonly salt: string;
  readonly hash: string;
}

const HASH_BYTES = 32;
const SALT_BYTES = 16;
/** 128 * n * r = 32 MiB and about a tenth of a second. */
const PARAMETERS = { n: 2 ** 15, r: 8, p: 1 } as const;
/** What a stored hash may ask for; more would let a bad file stop logins, or the machine. */
const MOST = { n: 2 ** 17, r: 16, p: 4 } as const;

export async function hashPassword(password: string): Promise<PasswordHash> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, PARAMETERS);
  return { scheme: "scrypt", ...PARAMETERS, salt: salt.toString("base64"), hash: hash.toString("base64") };
}

/**
 * Whether `password` is the one that was hashed. Without a stored hash, for a user that does not exist or has no
 * password, it works as long and says no: the time tells nothing.
 */
export async function matchesPassword(password: string, stored: PasswordHash | undefined): Promise<boolean> {
  const { n, r, p, salt, hash } = stored ?? NOBODY;
  const expected = Buffer.from(hash, "base64");
  const actual = await derive(password, Buffer.from(salt, "base64"), { n, r, p });
  return timingSafeEqual(actual, expected) && stored !== undefined;
}

/** Whether `value`, read from a file, is a hash that `matchesPassword` can work with. */
export function isPasswordHash(value: unknown): value is PasswordHash {
  if (typeof value !== "object" || value === null) return false;
  const { scheme, n, r, p, salt, hash } = value as Record<string, unknown>;
  return (
    scheme === "scrypt" &&
    isCount(n, MOST.n) &&
    n > 1 &&
    Number.isInteger(Math.log2(n)) &&
    isCount(r, MOST.r) &&
    isCount(p, MOST.p) &&
    isBase64(salt, SALT_BYTES) &&
    isBase64(hash, HASH_BYTES)
  );
}

const NOBODY: PasswordHash = {
  scheme: "scrypt",
  ...PARAMETERS,
  salt: Buffer.alloc(SALT_BYTES).toString("base64"),
  hash: Buffer.alloc(HASH_BYTES).toString("base64"),
};

const isCount = (value: unknown, most: number): value is number =>
  typeof value === "number" && Number.isInteger(value) && value >= 1 && value <= most;

const isBase64 = (value: unknown, bytes: number): boolean =>
  typeof value === "string" && Buffer.from(value, "base64").length === bytes;

function derive(password: string, salt: Buffer, { n, r, p }: { n: number; r: number; p: number }): Promise<Buffer> {
  const options: ScryptOptions = { N: n, r, p, maxmem: 2 * 128 * n * r };
  return new Promise((resolve, reject) => {
    scrypt(password, salt, HASH_BYTES, options, (error, key) => (error ? reject(error) : resolve(key)));
  });
}
