import { hash, randomBytes, timingSafeEqual } from "node:crypto";
import type { Job } from "../job.ts";

/**
 * Passwords hashed by crypt(3) with SHA-256 ("$5$") and SHA-512 ("$6$"), as "Unix crypt using SHA-256 and SHA-512"
 * (U. Drepper) defines them. The work is a job, since it takes thousands of rounds: the packages that do the same do it
 * all at once, and would hold up the thread.
 */

/** How a password is, or was, hashed. */
export interface CryptSettings {
  readonly method: "5" | "6";
  /** Undefined = the 5000 of the specification, which are then not written. */
  readonly rounds: number | undefined;
  /** 1 to 16 characters of `./0-9A-Za-z`. */
  readonly salt: string;
}

/** A hash that was stored. */
export interface CryptHash extends CryptSettings {
  /** What follows the salt. */
  readonly digest: string;
}

const DEFAULT_ROUNDS = 5_000;
/** Fewer are taken for these. */
const LEAST_ROUNDS = 1_000;
const SALT_CHARACTERS = 16;
/** Rounds done before others get their turn: about a millisecond's. */
const ROUNDS_IN_A_SLICE = 256;
const ALPHABET = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const STORED = /^\$([56])\$(?:rounds=(\d{1,9})\$)?([./0-9A-Za-z]{1,16})\$([./0-9A-Za-z]+)$/;
const DIGEST_CHARACTERS = { "5": 43, "6": 86 } as const;
const ALGORITHMS = { "5": "sha256", "6": "sha512" } as const;

/** Undefined when the text is no hash of these methods. */
export function parseCryptHash(text: string): CryptHash | undefined {
  const [, method, rounds, salt = "", digest = ""] = STORED.exec(text) ?? [];
  if ((method !== "5" && method !== "6") || digest.length !== DIGEST_CHARACTERS[method]) return undefined;
  return { method, rounds: rounds === undefined ? undefined : Number(rounds), salt, digest };
}

/** How a new password is hashed: SHA-512, and a salt of 96 random bits. */
export function newCryptSettings(): CryptSettings {
  const salt = [...randomBytes(SALT_CHARACTERS)].map((byte) => ALPHABET[byte & 63]).join("");
  return { method: "6", rounds: undefined, salt };
}

/** The text to be stored, such as `$6$<salt>$<digest>`. */
export function* cryptPassword(password: string, settings: CryptSettings): Job<string> {
  const { method, salt } = settings;
  const rounds = settings.rounds === undefined ? "" : `rounds=${Math.max(settings.rounds, LEAST_ROUNDS)}$`;
  return `$${method}$${rounds}${salt}$${yield* digestOf(password, settings)}`;
}

/** Whether `password` is the one that was hashed. */
export function* matchesCryptHash(password: string, stored: CryptHash): Job<boolean> {
  const actual = yield* digestOf(password, stored);
  return timingSafeEqual(Buffer.from(actual), Buffer.from(stored.digest));
}

function* digestOf(password: string, { method, rounds = DEFAULT_ROUNDS, salt: saltText }: CryptSettings): Job<string> {
  const key = Buffer.from(password);
  const salt = Buffer.from(saltText);
  const sum = (...parts: readonly Uint8Array[]) => hash(ALGORITHMS[method], Buffer.concat(parts), "buffer");
  const first = firstSum(key, salt, sum);
  const p = repeated(sum(Buffer.alloc(key.length ** 2, key)), key.length);
  const s = repeated(sum(Buffer.alloc(salt.length * (16 + (first[0] ?? 0)), salt)), salt.length);
  let last = first;
  for (let round = 0; round < Math.max(rounds, LEAST_ROUNDS); round++) {
    const isOdd = round % 2 === 1;
    const parts = [isOdd ? p : last];
    if (round % 3 !== 0) parts.push(s);
    if (round % 7 !== 0) parts.push(p);
    parts.push(isOdd ? last : p);
    last = sum(...parts);
    if (round % ROUNDS_IN_A_SLICE === ROUNDS_IN_A_SLICE - 1) yield;
  }
  return method === "5" ? encodeSha256(last) : encodeSha512(last);
}

type Sum = (...parts: readonly Uint8Array[]) => Buffer;

function firstSum(key: Buffer, salt: Buffer, sum: Sum): Buffer {
  const alternate = sum(key, salt, key);
  const parts: Buffer[] = [key, salt, repeated(alternate, key.length)];
  for (let bits = key.length; bits > 0; bits >>= 1) parts.push(bits % 2 === 1 ? alternate : key);
  return sum(...parts);
}

/** As many bytes, over and over again. */
const repeated = (bytes: Buffer, length: number): Buffer => Buffer.alloc(length, bytes);

/** The specification's order of the bytes: every third of the sum, the three turned by one place in each row. */
function encodeSha512(sum: Buffer): string {
  let text = "";
  for (let row = 0; row < 21; row++) {
    const bytes = [sum[row], sum[row + 21], sum[row + 42]] as number[];
    text += encode([...bytes.slice(row % 3), ...bytes.slice(0, row % 3)], 4);
  }
  return text + encode([0, 0, sum[63] as number], 2);
}

function encodeSha256(sum: Buffer): string {
  let text = "";
  for (let row = 0; row < 10; row++) {
    const bytes = [sum[row], sum[row + 10], sum[row + 20]] as number[];
    const turn = (3 - (row % 3)) % 3;
    text += encode([...bytes.slice(turn), ...bytes.slice(0, turn)], 4);
  }
  return text + encode([0, sum[31] as number, sum[30] as number], 3);
}

/** 24 bits, the lowest six first. */
function encode([high = 0, middle = 0, low = 0]: readonly number[], characters: number): string {
  const bits = (high << 16) | (middle << 8) | low;
  return Array.from({ length: characters }, (_, at) => ALPHABET[(bits >> (6 * at)) & 63]).join("");
}
