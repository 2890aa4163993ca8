import ssh2 from "ssh2";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { addUser } from "../../src/access/add-user.ts";
import { AllUsers } from "../../src/access/all-users.ts";
import { parseAuthorizedKeys } from "../../src/access/authorized-key.ts";
import { ConfiguredUsers } from "../../src/access/configured-users.ts";
import { generateEcdsa, generateEd25519, type KeyPair } from "../../src/access/key-pair.ts";
import { UserStore } from "../../src/access/user-store.ts";
import { cryptPassword } from "../../src/crypt/sha-crypt.ts";
import { DatastoreEngine } from "../../src/datastore/engine.ts";
import { finishJob } from "../../src/job.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { EngineFixture, edit, MemoryHistory, schemaFixture } from "../datastore/engine-fixture.ts";
import { refusalOf } from "../refusal.ts";
import { temporaryFolder } from "../transport/harness.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-system";
const ORDER = "<user-authentication-order>local-users</user-authentication-order>";
const REMOVED = ' nc:operation="delete"';

const ed25519 = generateEd25519();
const ecdsa = generateEcdsa(256);
const rsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 2048 });
const shortRsa = ssh2.utils.generateKeyPairSync("rsa", { bits: 1024 });

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture();
});

let folder: string;
let lines: string[];
let history: MemoryHistory;
let engine: EngineFixture;
let configured: ConfiguredUsers;
let users: AllUsers;
beforeEach(() => {
  folder = temporaryFolder();
  history = new MemoryHistory();
  restart();
});

/** A server that starts on what the last one left. */
function restart(): void {
  lines = [];
  const log = (level: string, message: string) => void lines.push(`${level}: ${message}`);
  configured = new ConfiguredUsers(log);
  users = new AllUsers(new UserStore(folder, () => {}), configured);
  engine = new EngineFixture(new DatastoreEngine(schema, history, new Set(configured.paths)));
  configured.adopt(engine.units());
}

const authentication = (content: string) =>
  `<system xmlns="${NAMESPACE}"><authentication>${content}</authentication></system>`;
const user = (name: string, content = "", attributes = "") =>
  `<user${attributes}><name>${name}</name>${content}</user>`;
const password = (text: string) => `<password>${text}</password>`;
const key = (name: string, algorithm: string, data: string, attributes = "") =>
  `<authorized-key${attributes}><name>${name}</name><algorithm>${algorithm}</algorithm><key-data>${data}</key-data></authorized-key>`;
function keyOf(name: string, pair: KeyPair): string {
  const [algorithm = "", data = ""] = pair.public.split(" ");
  return key(name, algorithm, data);
}

/** An edit of the candidate, and a commit: all that a server does of it, but the hashing of others' units. */
async function configure(content: string): Promise<void> {
  engine.editCandidate(edit(authentication(content)));
  try {
    const change = engine.stage({ kind: "candidate" });
    const prepared = await configured.prepare(change ?? []);
    engine.finish({ id: engine.commitId() + 1, time: "2026-11-25T10:00:00Z", username: "admin", sessionId: 1 });
    prepared.apply();
  } finally {
    engine.unstage();
    engine.discardCandidate();
  }
}

function signedBy(pair: KeyPair, hash?: "sha256" | "sha512") {
  const parsed = ssh2.utils.parseKey(pair.private);
  if (parsed instanceof Error) throw parsed;
  const offered = { type: parsed.type, blob: parsed.getPublicSSH(), rsaHash: hash };
  const signature = parsed.sign(Buffer.from("session"), hash);
  if (signature instanceof Error) throw signature;
  return [offered, { signed: Buffer.from("session"), signature }] as const;
}

const NOBODY = undefined;
const inNoGroup = (username: string) => ({ username, group: undefined });

describe("passwords of configured users (RFC 7317 section 3.5)", () => {
  test("let in from the commit on, until another one changes or removes them", async () => {
    expect(await users.withPassword("ann", "wonder")).toBe(NOBODY);
    await configure(ORDER + user("ann", password("$0$wonder")));
    expect(await users.withPassword("ann", "wonder")).toEqual(inNoGroup("ann"));
    for (const wrong of ["", "wonde", "wonder ", "$0$wonder", "x".repeat(2_000)])
      expect(await users.withPassword("ann", wrong)).toBe(NOBODY);
    for (const name of ["", "Ann", "bob", "__proto__"]) expect(await users.withPassword(name, "wonder")).toBe(NOBODY);
    await configure(user("ann", password("$0$grace")));
    expect(await users.withPassword("ann", "wonder")).toBe(NOBODY);
    expect(await users.withPassword("ann", "grace")).toEqual(inNoGroup("ann"));
    await configure(user("ann", `<password${REMOVED}/>`));
    expect(await users.withPassword("ann", "grace")).toBe(NOBODY);
    await configure(user("ann", password("$0$grace")));
    await configure(user("ann", "", REMOVED));
    expect(await users.withPassword("ann", "grace")).toBe(NOBODY);
  });

  test("are taken where user-authentication-order has local-users; without it the log says so", async () => {
    await configure(user("ann", password("$0$wonder")));
    expect(lines).toEqual([
      "warn: passwords of configured users are not taken: user-authentication-order lacks local-users",
    ]);
    expect(await users.withPassword("ann", "wonder")).toBe(NOBODY);
    await configure(ORDER);
    expect(await users.withPassword("ann", "wonder")).toEqual(inNoGroup("ann"));
    await configure(`<user-authentication-order${REMOVED}>local-users</user-authentication-order>`);
    expect(await users.withPassword("ann", "wonder")).toBe(NOBODY);
  });

  test("may be hashed by others, with SHA-256 or SHA-512 and any salt", async () => {
    const hashes = [
      { method: "5", rounds: undefined, salt: "x" },
      { method: "6", rounds: 1_234, salt: "../zzZZ99" },
    ] as const;
    for (const settings of hashes) {
      await configure(ORDER + user("ann", password(finishJob(cryptPassword("wonder", settings)))));
      expect(await users.withPassword("ann", "wonder")).toEqual(inNoGroup("ann"));
      expect(await users.withPassword("ann", "wonde")).toBe(NOBODY);
    }
  });

  test("take as long to compare for names that are not configured, and hold up nobody", async () => {
    const slow = finishJob(cryptPassword("wonder", { method: "6", rounds: 100_000, salt: "salt" }));
    await configure(ORDER + user("ann", password(slow)));
    const durationMs = async (name: string) => {
      const start = performance.now();
      await configured.hasPassword(name, "guess");
      return performance.now() - start;
    };
    await durationMs("ann");
    let longestTurnMs = 0;
    let last = performance.now();
    const watch = setInterval(() => {
      longestTurnMs = Math.max(longestTurnMs, performance.now() - last);
      last = performance.now();
    }, 1);
    const [known, unknown] = [await durationMs("ann"), await durationMs("nobody")];
    clearInterval(watch);
    expect(unknown).toBeGreaterThan(known / 3);
    expect(unknown).toBeLessThan(known * 3);
    expect(longestTurnMs).toBeLessThan(known / 3);
  });
});

describe("keys of configured users", () => {
  test.each([
    ["ed25519", ed25519, undefined],
    ["ECDSA", ecdsa, undefined],
    ["RSA", rsa, "sha512"],
  ] as const)("%s: lets in with proof, from the commit on, until another one removes it", async (_, pair, hash) => {
    const [offered, proof] = signedBy(pair, hash);
    expect(await users.withKey("ann", offered, proof)).toBe(NOBODY);
    await configure(user("ann", keyOf("laptop", pair)));
    expect(await users.withKey("ann", offered)).toEqual(inNoGroup("ann"));
    expect(await users.withKey("ann", offered, proof)).toEqual(inNoGroup("ann"));
    expect(await users.withKey("ann", offered, { ...proof, signed: Buffer.from("other") })).toBe(NOBODY);
    expect(await users.withKey("bob", offered, proof)).toBe(NOBODY);
    await configure(user("ann", `<authorized-key${REMOVED}><name>laptop</name></authorized-key>`));
    expect(await users.withKey("ann", offered, proof)).toBe(NOBODY);
  });

  test("an RSA signature with SHA-1 is refused", async () => {
    await configure(user("ann", keyOf("laptop", rsa)));
    const [offered] = signedBy(rsa, "sha256");
    expect(await users.withKey("ann", { ...offered, rsaHash: undefined })).toBe(NOBODY);
  });

  test("go with their user, and are not there when the user comes back", async () => {
    const [offered, proof] = signedBy(ed25519);
    await configure(user("ann", keyOf("laptop", ed25519)) + user("bob", keyOf("laptop", ecdsa)));
    await configure(user("ann", "", REMOVED));
    expect(await users.withKey("ann", offered, proof)).toBe(NOBODY);
    await configure(user("ann"));
    expect(await users.withKey("ann", offered, proof)).toBe(NOBODY);
    expect(await users.withKey("bob", ...signedBy(ecdsa))).toEqual(inNoGroup("bob"));
  });
});

test("after a restart the same users may log in", async () => {
  await configure(ORDER + user("ann", password("$0$wonder") + keyOf("laptop", ed25519)));
  restart();
  expect(lines).toEqual([]);
  expect(await users.withPassword("ann", "wonder")).toEqual(inNoGroup("ann"));
  expect(await users.withKey("ann", ...signedBy(ed25519))).toEqual(inNoGroup("ann"));
});

test("users are adopted in parts of any size, in which a user and the keys may be apart", async () => {
  await configure(ORDER + user("ann", password("$0$wonder") + keyOf("laptop", ed25519) + keyOf("desk", ecdsa)));
  configured = new ConfiguredUsers(() => {});
  users = new AllUsers(new UserStore(folder, () => {}), configured);
  const units = engine.units();
  expect(units.map(({ keys }) => keys)).toEqual([[], ["ann"], ["ann", "desk"], ["ann", "laptop"]]);
  for (const unit of units.toReversed()) configured.adopt([unit]);
  expect(await users.withPassword("ann", "wonder")).toEqual(inNoGroup("ann"));
  for (const pair of [ed25519, ecdsa]) expect(await users.withKey("ann", ...signedBy(pair))).toEqual(inNoGroup("ann"));
});

test("what is stored and cannot be used is left out and logged, and keeps nobody else from logging in", () => {
  configured.adopt([
    { path: "/ietf-system:system/authentication/user", keys: ["old"], after: { name: "old", password: "$1$a$b" } },
  ]);
  expect(lines).toEqual(["error: configured user: not used"]);
});

test("a name that is both in the data directory and configured: either password and key, the group of the former", async () => {
  await addUser(folder, {
    name: "ann",
    group: "admin",
    password: "mercy",
    keys: parseAuthorizedKeys(ecdsa.public),
  });
  await configure(ORDER + user("ann", password("$0$wonder") + keyOf("laptop", ed25519)));
  const login = { username: "ann", group: "admin" };
  for (const text of ["mercy", "wonder"]) expect(await users.withPassword("ann", text)).toEqual(login);
  expect(await users.withPassword("ann", "grace")).toBe(NOBODY);
  for (const pair of [ecdsa, ed25519]) expect(await users.withKey("ann", ...signedBy(pair))).toEqual(login);
});

test("a recovery session is for the passwords and keys of the data directory only (RFC 8341 section 3.3)", async () => {
  const keys = parseAuthorizedKeys(ecdsa.public);
  await addUser(folder, { name: "root", group: "recovery", password: "mercy", keys });
  await configure(ORDER + user("root", password("$0$wonder") + keyOf("laptop", ed25519)));
  const recovery = { username: "root", group: "recovery" };
  expect(await users.withPassword("root", "mercy")).toEqual(recovery);
  expect(await users.withKey("root", ...signedBy(ecdsa))).toEqual(recovery);
  expect(await users.withPassword("root", "wonder")).toEqual(inNoGroup("root"));
  expect(await users.withKey("root", ...signedBy(ed25519))).toEqual(inNoGroup("root"));
});

const invalid = (rest: string, message: string) => ({
  type: "application",
  tag: "invalid-value",
  path: { text: `/sys:system/sys:authentication/sys:user[sys:name=${rest}`, namespaces: { sys: NAMESPACE } },
  message,
});
const TYPES = "ssh-ed25519, ecdsa-sha2-nistp256, ecdsa-sha2-nistp384, ecdsa-sha2-nistp521, ssh-rsa";
const MD5 = "$1$saltsalt$0123456789012345678901";
const KEY = "'ann']/sys:authorized-key[sys:name='laptop']";

describe("refused by the commit, which changes nothing", () => {
  test.each([
    [
      "a name that no client could give",
      user("ann b"),
      invalid(
        "'ann b']/sys:name",
        '"ann b" cannot be a user name. Use 1 to 32 letters, digits, ".", "_" and "-", the first a letter, digit or "_".',
      ),
    ],
    [
      "a hash of a kind that the server does not know",
      user("ann", password(MD5)),
      invalid(
        "'ann']/sys:password",
        "This server knows hashes of crypt(3) by SHA-256 ($5$) and SHA-512 ($6$). Give one, or $0$ and the password.",
      ),
    ],
    [
      "a hash of more rounds than `maxRounds`",
      user("ann", password(`$6$rounds=1000001$salt$${"a".repeat(86)}`)),
      invalid("'ann']/sys:password", "The hash takes 1000001 rounds; this server does 1000000 at most."),
    ],
    [
      "an algorithm that the server does not take",
      user("ann", key("laptop", "ssh-dss", "AAAA")),
      invalid(`${KEY}/sys:algorithm`, `This server takes keys of ${TYPES}, not of "ssh-dss".`),
    ],
    [
      "key-data that is no key",
      user("ann", key("laptop", "ssh-ed25519", "AAAA")),
      invalid(
        `${KEY}/sys:key-data`,
        "This is no ssh-ed25519 key that can be used. The key is damaged: copy the whole line of the .pub file.",
      ),
    ],
    [
      "key-data of another algorithm",
      user("ann", key("laptop", "ssh-rsa", ed25519.public.split(" ")[1] as string)),
      invalid(
        `${KEY}/sys:key-data`,
        "This is no ssh-rsa key that can be used. The key is damaged: copy the whole line of the .pub file.",
      ),
    ],
    [
      "an RSA key of less than `minRsaBits`",
      user("ann", keyOf("laptop", shortRsa)),
      invalid(`${KEY}/sys:key-data`, "This is no ssh-rsa key that can be used. An RSA key needs 2048 bits or more."),
    ],
  ])("%s", async (_, content, expected) => {
    expect(await refusalOf(configure(ORDER + content + user("bob", password("$0$wonder"))))).toEqual([expected]);
    expect(engine.getConfig("running")).toBe("");
    expect(await users.withPassword("bob", "wonder")).toBe(NOBODY);
  });

  test("more keys than `maxKeysPerUser`, those that were there before included", async () => {
    const keys = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, at) => keyOf(`key-${from + at}`, ed25519)).join("");
    await configure(user("ann", keys(0, 64)));
    expect(await refusalOf(configure(user("ann", keys(64, 65))))).toEqual([
      {
        type: "application",
        tag: "operation-failed",
        appTag: "too-many-elements",
        path: {
          text: "/sys:system/sys:authentication/sys:user[sys:name='ann']/sys:authorized-key",
          namespaces: { sys: NAMESPACE },
        },
        message: "A user can have 64 keys; this would make 65.",
      },
    ]);
    await configure(user("ann", `<authorized-key${REMOVED}><name>key-0</name></authorized-key>${keys(64, 65)}`));
  });

  test("`errorsReported` at most are told at a time", async () => {
    const many = Array.from({ length: 70 }, (_, at) => user(`user-${at}`, password(MD5))).join("");
    expect(await refusalOf(configure(many))).toHaveLength(64);
  });

  test("a RADIUS server that is not configured (RFC 7317)", async () => {
    expect(await refusalOf(configure("<user-authentication-order>radius</user-authentication-order>"))).toEqual([
      {
        type: "application",
        tag: "operation-failed",
        appTag: "must-violation",
        path: {
          text: "/sys:system/sys:authentication/sys:user-authentication-order[.='ietf-system:radius']",
          namespaces: { sys: NAMESPACE },
        },
        message: "When 'radius' is used, a RADIUS server must be configured.",
      },
    ]);
  });
});
