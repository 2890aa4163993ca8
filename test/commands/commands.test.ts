import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { loadHostKeys } from "../../src/access/host-keys.ts";
import { generateEd25519 } from "../../src/access/key-pair.ts";
import { UserStore } from "../../src/access/user-store.ts";
import { hostKeyCommand } from "../../src/commands/host-key.ts";
import { userCommand } from "../../src/commands/user.ts";
import { temporaryFolder } from "../transport/harness.ts";

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});

/** Runs a command with what a process would give it, and gathers what it does. */
async function run(command: typeof userCommand, args: readonly string[], stdin: readonly string[] = []) {
  const written = { out: "", err: "" };
  const status = await command([...args, "--data", folder], {
    stdin: (async function* () {
      yield* stdin;
    })(),
    stdout: { write: (text) => (written.out += text) },
    stderr: { write: (text) => (written.err += text) },
  });
  return { status, ...written };
}

const USAGE = "Usage: bmpconfd user add NAME [--key FILE | --password-stdin] [--group GROUP] [--data DIR]\n";

describe("bmpconfd user add", () => {
  test("with a password: the first line of stdin, however it comes", async () => {
    const out = "User bob: group admin, 0 key(s) and a password.\n";
    const pieces = ["sec", "ret\r", "\nrest\n"];
    expect(await run(userCommand, ["add", "bob", "--password-stdin"], pieces)).toEqual({ status: 0, out, err: "" });
    const store = new UserStore(folder, () => {});
    expect(await store.withPassword("bob", "secret")).toEqual({ username: "bob", group: "admin" });
  });

  test("with a key file and a group", async () => {
    const file = join(folder, "id.pub");
    writeFileSync(file, generateEd25519().public);
    const out = "User bob: group monitor, 1 key(s).\n";
    const args = ["add", "bob", "--key", file, "--group", "monitor"];
    expect(await run(userCommand, args)).toEqual({ status: 0, out, err: "" });
  });

  test.each([
    ["no action", [], `bmpconfd user: The only thing to do with users is: add.\n${USAGE}`],
    ["no name", ["add"], `bmpconfd user: Give one user name.\n${USAGE}`],
    ["two names", ["add", "a", "b"], `bmpconfd user: Give one user name.\n${USAGE}`],
    [
      "what cannot be a group",
      ["add", "a", "--group", "r*t"],
      `bmpconfd user: "r*t" cannot be a group. Give admin, monitor, recovery, or another name that access control rules use: letters, digits, ".", "_" and "-".\n${USAGE}`,
    ],
    [
      "neither key nor password",
      ["add", "a"],
      "bmpconfd user: A user needs a key or a password: give --key FILE or --password-stdin.\n",
    ],
    [
      "an empty password",
      ["add", "a", "--password-stdin"],
      "bmpconfd user: The password is empty: give it as the first line of stdin.\n",
    ],
  ])("with %s: exit code 2 and what to give", async (_, args, err) => {
    expect(await run(userCommand, args)).toEqual({ status: 2, out: "", err });
  });

  test("with an unknown option or a key file that is not there: exit code 2", async () => {
    expect(await run(userCommand, ["add", "a", "--shell", "x"])).toMatchObject({ status: 2, out: "" });
    const { status, err } = await run(userCommand, ["add", "a", "--key", "/nonexistent"]);
    expect({ status, err }).toMatchObject({ status: 2, err: expect.stringContaining("/nonexistent: ENOENT") });
  });

  test("a damaged users.json: exit code 1", async () => {
    writeFileSync(join(folder, "users.json"), "{");
    expect(await run(userCommand, ["add", "a", "--password-stdin"], ["x"])).toMatchObject({ status: 1, out: "" });
  });

  test("a data directory that cannot be: exit code 3", async () => {
    writeFileSync(join(folder, "file"), "");
    folder = join(folder, "file", "data");
    expect(await run(userCommand, ["add", "a", "--password-stdin"], ["x"])).toMatchObject({ status: 3, out: "" });
  });
});

describe("bmpconfd host-key", () => {
  test("prints fingerprints and known_hosts lines of the keys, which it makes if need be", async () => {
    const { status, out, err } = await run(hostKeyCommand, ["--host", "[2001:db8::1]:8830"]);
    const [ed25519, ecdsa] = loadHostKeys(folder);
    expect({ status, err, out }).toEqual({
      status: 0,
      err: "",
      out:
        `# ssh-ed25519 ${ed25519?.fingerprint}\n# ecdsa-sha2-nistp256 ${ecdsa?.fingerprint}\n` +
        `[2001:db8::1]:8830 ssh-ed25519 ${ed25519?.publicKey}\n` +
        `[2001:db8::1]:8830 ecdsa-sha2-nistp256 ${ecdsa?.publicKey}\n`,
    });
  });

  test("says when the data directory was not there: it may be a slip", async () => {
    const missing = `${folder}/nowhere`;
    const { status, err } = await run((args, io) => hostKeyCommand([...args.slice(0, -1), missing], io), []);
    expect({ status, err }).toEqual({
      status: 0,
      err: `bmpconfd host-key: there was no ${missing}: made it, with new keys.\n`,
    });
  });

  test("without a host it is this one, at NETCONF's port", async () => {
    expect((await run(hostKeyCommand, [])).out).toMatch(/^\[\S+\]:830 ssh-ed25519 /m);
  });

  test.each(["", "a", "a:0", "a:65536", "2001:db8::1", "a b:830"])("refuses the host %j", async (host) => {
    expect(await run(hostKeyCommand, ["--host", host])).toMatchObject({ status: 2, out: "" });
  });
});
