import { readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { beforeEach, describe, expect, test } from "vitest";
import { addUser } from "../../src/access/add-user.ts";
import { parseAuthorizedKey, parseAuthorizedKeys } from "../../src/access/authorized-key.ts";
import { generateEd25519, usableKeyPair } from "../../src/access/key-pair.ts";
import { readUsersFile, usersFilePath } from "../../src/access/users-file.ts";
import { temporaryFolder } from "../transport/harness.ts";

const newKey = (comment: string) =>
  parseAuthorizedKey(usableKeyPair(() => ssh2.utils.generateKeyPairSync("ed25519", { comment })).public);
const laptop = newKey("bob@laptop");
const desktop = newKey("bob@desktop");

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

describe("addUser", () => {
  test("makes the data directory and the file, for their owner only", async () => {
    const data = join(folder, "a", "b");
    await addUser(data, { name: "bob", keys: [laptop] });
    expect(statSync(data).mode & 0o777).toBe(0o700);
    expect(statSync(usersFilePath(data)).mode & 0o777).toBe(0o600);
  });

  test("a new user is in group admin unless it is said otherwise", async () => {
    expect(await addUser(folder, { name: "bob", keys: [laptop] })).toEqual({
      name: "bob",
      group: "admin",
      keys: [laptop],
    });
    expect((await addUser(folder, { name: "eve", keys: [laptop], group: "monitor" })).group).toBe("monitor");
  });

  test("keys are added, each once; a password replaces; the group stays", async () => {
    await addUser(folder, { name: "bob", keys: [laptop], group: "monitor" });
    await addUser(folder, { name: "bob", keys: [laptop, desktop] });
    const first = await addUser(folder, { name: "bob", password: "one" });
    expect(first).toMatchObject({ group: "monitor", keys: [laptop, desktop], password: { scheme: "scrypt" } });
    const second = await addUser(folder, { name: "bob", password: "two", group: "admin" });
    expect(second.password).not.toEqual(first.password);
    expect([...readUsersFile(usersFilePath(folder)).values()]).toEqual([second]);
  });

  test("keeps the comments of keys, and no password in the clear", async () => {
    await addUser(folder, { name: "bob", keys: [laptop], password: "pa55word" });
    const text = readFileSync(usersFilePath(folder), "utf8");
    expect(text).toContain("bob@laptop");
    expect(text).not.toContain("pa55word");
  });

  test("additions at the same time are all kept", async () => {
    const names = ["a", "b", "c", "d", "e"];
    await Promise.all(names.map((name) => addUser(folder, { name, keys: [laptop] })));
    expect([...readUsersFile(usersFilePath(folder)).keys()].sort()).toEqual(names);
  });

  test("the lock of a process that crashed does not stay", async () => {
    const lock = `${usersFilePath(folder)}.lock`;
    writeFileSync(lock, "");
    utimesSync(lock, new Date(0), new Date(0));
    await addUser(folder, { name: "bob", keys: [laptop] });
    expect(statSync(lock, { throwIfNoEntry: false })).toBeUndefined();
  });

  test.each(["", "a b", "a/b", ".hidden", "-rf", "ä", "a\n", "x".repeat(33)])("refuses the name %j", async (name) => {
    await expect(addUser(folder, { name, keys: [laptop] })).rejects.toThrow("cannot be a user name");
  });

  test.each(["a", "_bmp", "noc-1.example", "x".repeat(32)])("takes the name %j", async (name) => {
    expect((await addUser(folder, { name, keys: [laptop] })).name).toBe(name);
  });

  test("refuses a user that could not log in, an empty password and one too long", async () => {
    const adding = (password?: string) =>
      addUser(folder, { name: "bob", ...(password === undefined ? {} : { password }) });
    await expect(adding()).rejects.toThrow("A user needs a key or a password: give --key FILE or --password-stdin.");
    await expect(adding("")).rejects.toThrow("The password is empty");
    await expect(adding("x".repeat(1025))).rejects.toThrow("longer than 1024 bytes");
    await expect(addUser(folder, { name: "bob", keys: Array.from({ length: 65 }, () => newKey("")) })).rejects.toThrow(
      "A user can have 64 keys; this would make 65. Remove some from users.json first.",
    );
  });

  test("leaves a damaged file as it is", async () => {
    writeFileSync(usersFilePath(folder), "{");
    await expect(addUser(folder, { name: "bob", keys: [laptop] })).rejects.toThrow(
      "users.json is damaged: it is not JSON",
    );
    expect(readFileSync(usersFilePath(folder), "utf8")).toBe("{");
  });
});

describe("authorized keys", () => {
  const line = generateEd25519().public.trim();

  test("several lines, with comments and blank lines between", () => {
    const keys = parseAuthorizedKeys(`# mine\r\n\n${line} bob at home, №1\n  ${line}\t\n`);
    expect(keys.map((key) => key.comment)).toEqual(["bob at home, №1", ""]);
  });

  test.each([
    ["a private key", generateEd25519().private, "This is a private key."],
    ["nothing", "# only a comment\n", "There is no public key in it."],
    ["options", `no-pty ${line}`, "options are not supported"],
    ["DSA", "ssh-dss AAAAB3NzaC1kc3M=", "A key line begins with one of ssh-ed25519,"],
    ["a certificate", "ssh-ed25519-cert-v01@openssh.com AAAA", "A key line begins with one of"],
    ["a key cut short", line.slice(0, -8), "The key is damaged"],
    ["a key of another type than it says", line.replace("ssh-ed25519", "ssh-rsa"), "The key is damaged"],
    [
      "a short RSA key",
      ssh2.utils.generateKeyPairSync("rsa", { bits: 1024 }).public,
      "An RSA key needs 2048 bits or more.",
    ],
    ["control characters", `${line} \u0007`, "control characters"],
  ])("refuses %s", (_, text, message) => {
    expect(() => parseAuthorizedKeys(text)).toThrow(message);
  });
});
