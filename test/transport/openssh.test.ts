import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { addUser } from "../../src/access/add-user.ts";
import { parseAuthorizedKeys } from "../../src/access/authorized-key.ts";
import { UserStore } from "../../src/access/user-store.ts";
import { hasOpenSsh, hostKey, type RunningListener, startListener, temporaryFolder } from "./harness.ts";

const run = promisify(execFile);

/** The OpenSSH client against a listener whose users are those of a data directory. */
describe.skipIf(!hasOpenSsh)("OpenSSH", () => {
  let folder: string;
  let running: RunningListener;

  beforeEach(async () => {
    folder = temporaryFolder();
    running = await startListener({ authenticator: new UserStore(folder, () => {}) });
    writeFileSync(join(folder, "known_hosts"), `[127.0.0.1]:${running.port} ${hostKey.public}\n`);
  });

  async function createUser(...keygen: readonly string[]): Promise<void> {
    const path = join(folder, "id");
    await run("ssh-keygen", ["-q", "-N", "", "-f", path, "-C", "bob@laptop", ...keygen]);
    const { stdout } = await run("cat", [`${path}.pub`]);
    await addUser(folder, { name: "bob", keys: parseAuthorizedKeys(stdout) });
  }

  /** Runs `ssh`, sends `input`, and gives what came back and how it ended. */
  async function ssh(args: readonly string[], input: Buffer | string = "") {
    const options = ["UserKnownHostsFile=" + join(folder, "known_hosts"), "StrictHostKeyChecking=yes", "BatchMode=yes"];
    const login = ["-F", "none", "-i", join(folder, "id"), "-p", String(running.port), "-l", "bob"];
    const client = spawn("ssh", [...login, ...options.flatMap((option) => ["-o", option]), ...args]);
    const [out, err] = [client.stdout, client.stderr].map((stream) => stream.toArray());
    client.stdin.on("error", () => {});
    client.stdin.end(input);
    const [status] = (await once(client, "close")) as [number];
    return {
      status,
      out: Buffer.concat((await out) as Buffer[]),
      err: Buffer.concat((await err) as Buffer[]).toString(),
    };
  }

  test.each([
    ["ed25519", ["-t", "ed25519"]],
    ["ECDSA", ["-t", "ecdsa", "-b", "384"]],
    ["RSA", ["-t", "rsa", "-b", "2048"]],
  ])("logs in with an %s key and gets its bytes back through the netconf subsystem", async (_, keygen) => {
    await createUser(...keygen);
    const input = Buffer.alloc(3_000_000, "netconf");
    const { status, out, err } = await ssh(["-s", "127.0.0.1", "netconf"], input);
    expect({ status, err, isSame: out.equals(input) }).toEqual({ status: 0, err: "", isSame: true });
  });

  test.each([
    ["chacha20-poly1305@openssh.com", "curve25519-sha256", ""],
    ["aes128-ctr", "diffie-hellman-group14-sha256", "hmac-sha2-256"],
    ["aes256-gcm@openssh.com", "ecdh-sha2-nistp521", ""],
    ["aes192-ctr", "diffie-hellman-group16-sha512", "hmac-sha2-512-etm@openssh.com"],
  ])("works with %s, %s %s", async (cipher, kex, mac) => {
    await createUser("-t", "ed25519");
    const algorithms = ["-c", cipher, "-o", `KexAlgorithms=${kex}`, ...(mac === "" ? [] : ["-m", mac])];
    expect(await ssh([...algorithms, "-s", "127.0.0.1", "netconf"], "hello")).toMatchObject({ status: 0, err: "" });
  });

  test("exchanges keys again and again without losing a byte", async () => {
    await createUser("-t", "ed25519");
    const input = Buffer.alloc(4_000_000, "rekey");
    const { status, out } = await ssh(["-o", "RekeyLimit=200K", "-s", "127.0.0.1", "netconf"], input);
    expect({ status, isSame: out.equals(input) }).toEqual({ status: 0, isSame: true });
  });

  test("an RSA signature with SHA-1 is refused", async () => {
    await createUser("-t", "rsa", "-b", "2048");
    const { status, err } = await ssh(["-o", "PubkeyAcceptedAlgorithms=ssh-rsa", "-s", "127.0.0.1", "netconf"]);
    expect(status).toBe(255);
    expect(err).toContain("Permission denied (publickey,password,keyboard-interactive)");
  });

  test("a shell and a command are refused, at once", async () => {
    await createUser("-t", "ed25519");
    expect(await ssh(["-tt", "127.0.0.1"])).toMatchObject({ status: 255 });
    expect(await ssh(["127.0.0.1", "netconf"])).toMatchObject({ status: 255, err: expect.stringContaining("exec") });
  });
});
