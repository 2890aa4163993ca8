import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2, { type ParsedKey } from "ssh2";
import { beforeEach, describe, expect, test } from "vitest";
import { addUser } from "../../src/access/add-user.ts";
import type { OfferedKey } from "../../src/access/authenticator.ts";
import { parseAuthorizedKeys } from "../../src/access/authorized-key.ts";
import { generateEcdsa, generateEd25519 } from "../../src/access/key-pair.ts";
import { UserStore } from "../../src/access/user-store.ts";
import { temporaryFolder } from "../transport/harness.ts";

const ed25519 = generateEd25519();
const other = generateEd25519();
const ecdsa = generateEcdsa(521);
const rsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });

const privateHalf = (pair: { private: string }): ParsedKey => {
  const key = ssh2.utils.parseKey(pair.private);
  if (key instanceof Error) throw key;
  return key;
};
const offer = (pair: { private: string }, rsaHash?: string): OfferedKey => {
  const key = privateHalf(pair);
  return { type: key.type, blob: key.getPublicSSH(), rsaHash };
};
const proof = (pair: { private: string }, text = "session", hash?: string) => {
  const signature = privateHalf(pair).sign(Buffer.from(text), hash as "sha256" | undefined);
  if (signature instanceof Error) throw signature;
  return { signed: Buffer.from("session"), signature };
};

let folder: string;
let store: UserStore;
let lines: string[];

beforeEach(() => {
  folder = temporaryFolder();
  lines = [];
  store = new UserStore(folder, (level, message) => lines.push(`${level}: ${message}`));
});

describe("passwords", () => {
  test("the right one lets the user in, with its group; anything else does not", async () => {
    await addUser(folder, { name: "bob", password: "s3cret ü", group: "monitor" });
    expect(await store.withPassword("bob", "s3cret ü")).toEqual({ username: "bob", group: "monitor" });
    for (const wrong of ["", "s3cret", "s3cret ü ", "x".repeat(2000)]) {
      expect(await store.withPassword("bob", wrong)).toBeUndefined();
    }
    expect(await store.withPassword("Bob", "s3cret ü")).toBeUndefined();
    expect(await store.withPassword("__proto__", "s3cret ü")).toBeUndefined();
  });

  test("a user without a password cannot log in with one, not even an empty one", async () => {
    await addUser(folder, { name: "bob", keys: parseAuthorizedKeys(ed25519.public) });
    expect(await store.withPassword("bob", "")).toBeUndefined();
  });

  test("many logins at once are all answered", async () => {
    await addUser(folder, { name: "bob", password: "secret" });
    const answers = await Promise.all(
      ["secret", "x", "secret", "y", "secret"].map((p) => store.withPassword("bob", p)),
    );
    expect(answers.map((answer) => answer !== undefined)).toEqual([true, false, true, false, true]);
  });
});

describe("keys", () => {
  beforeEach(async () => {
    const keys = parseAuthorizedKeys([ed25519, ecdsa, rsa].map((pair) => pair.public).join("\n"));
    await addUser(folder, { name: "bob", keys });
  });

  test.each([
    ["ed25519", ed25519, undefined],
    ["ECDSA", ecdsa, undefined],
    ["RSA with SHA-256", rsa, "sha256"],
    ["RSA with SHA-512", rsa, "sha512"],
  ])("%s: the offer is welcome, and a valid signature lets the user in", async (_, pair, hash) => {
    const login = { username: "bob", group: "admin" };
    expect(await store.withKey("bob", offer(pair, hash))).toEqual(login);
    expect(await store.withKey("bob", offer(pair, hash), proof(pair, "session", hash))).toEqual(login);
    expect(await store.withKey("bob", offer(pair, hash), proof(pair, "another session", hash))).toBeUndefined();
    expect(await store.withKey("eve", offer(pair, hash), proof(pair, "session", hash))).toBeUndefined();
  });

  test("another key is not welcome, and cannot sign for one that is", async () => {
    expect(await store.withKey("bob", offer(other))).toBeUndefined();
    expect(await store.withKey("bob", offer(other), proof(other))).toBeUndefined();
    expect(await store.withKey("bob", offer(ed25519), proof(other))).toBeUndefined();
    expect(await store.withKey("bob", offer(ed25519), proof(ecdsa))).toBeUndefined();
    const nonsense = { signed: Buffer.from("session"), signature: Buffer.alloc(3) };
    expect(await store.withKey("bob", offer(ecdsa), nonsense)).toBeUndefined();
  });

  test("RSA with SHA-1 is refused, already when it is offered (RFC 8332)", async () => {
    expect(await store.withKey("bob", offer(rsa))).toBeUndefined();
    expect(await store.withKey("bob", offer(rsa, "sha1"))).toBeUndefined();
    expect(await store.withKey("bob", offer(rsa), proof(rsa, "session", "sha1"))).toBeUndefined();
  });

  test("a key under the name of another type is refused", async () => {
    expect(await store.withKey("bob", { ...offer(rsa), type: "ssh-ed25519" })).toBeUndefined();
  });
});

describe("users.json", () => {
  const path = () => join(folder, "users.json");

  test("a user added while the server runs can log in, and one removed cannot", async () => {
    expect(await store.withPassword("bob", "secret")).toBeUndefined();
    await addUser(folder, { name: "bob", password: "secret" });
    expect(await store.withPassword("bob", "secret")).toBeDefined();
    await addUser(folder, { name: "bob", password: "changed" });
    expect(await store.withPassword("bob", "secret")).toBeUndefined();
    expect(await store.withPassword("bob", "changed")).toBeDefined();
    writeFileSync(path(), '{"format":1,"users":[]}');
    expect(await store.withPassword("bob", "changed")).toBeUndefined();
  });

  test.each([
    ["not JSON", "{"],
    ["empty", ""],
    ["not ours", "[]"],
    ["null", "null"],
    ["of a later format", '{"format":2,"users":[]}'],
    ["with a user that is none", '{"format":1,"users":[null]}'],
    ["with a bad name", '{"format":1,"users":[{"name":"a/b","group":"admin","keys":[]}]}'],
    ["with a bad group", '{"format":1,"users":[{"name":"a","group":"r*t","keys":[]}]}'],
    ["with a bad key", '{"format":1,"users":[{"name":"a","group":"admin","keys":["ssh-ed25519 AAAA"]}]}'],
    ["with bad keys", '{"format":1,"users":[{"name":"a","group":"admin","keys":{}}]}'],
    ["with a plain password", '{"format":1,"users":[{"name":"a","group":"admin","keys":[],"password":"a"}]}'],
    [
      "with a user twice",
      '{"format":1,"users":[{"name":"a","group":"admin","keys":[]},{"name":"a","group":"monitor","keys":[]}]}',
    ],
  ])("a file %s lets nobody in, is reported once, and counts again once it is right", async (_, text) => {
    await addUser(folder, { name: "bob", keys: parseAuthorizedKeys(ed25519.public) });
    const good = readFileSync(path());
    expect(await store.withKey("bob", offer(ed25519))).toBeDefined();
    writeFileSync(path(), text);
    expect(await store.withKey("bob", offer(ed25519))).toBeUndefined();
    writeFileSync(path(), good);
    expect(await store.withKey("bob", offer(ed25519))).toBeDefined();
    expect(lines).toEqual([
      "info: users read",
      "error: users.json cannot be used: none of its users can log in until it is corrected",
      "info: users read",
    ]);
  });

  test.each([
    { n: 2 ** 18, r: 8, p: 1 },
    { n: 1000, r: 8, p: 1 },
    { n: 2 ** 15, r: 1e6, p: 1 },
    { n: 2 ** 15, r: 8, p: 0 },
    { n: 1, r: 8, p: 1 },
    { n: "32768", r: 8, p: 1 },
  ])("a hash that asks for $n $r $p is damaged, not work to do", async (parameters) => {
    const password = {
      scheme: "scrypt",
      ...parameters,
      salt: Buffer.alloc(16).toString("base64"),
      hash: Buffer.alloc(32).toString("base64"),
    };
    writeFileSync(path(), JSON.stringify({ format: 1, users: [{ name: "bob", group: "admin", keys: [], password }] }));
    expect(await store.withPassword("bob", "secret")).toBeUndefined();
    expect(lines).toHaveLength(1);
  });
});
