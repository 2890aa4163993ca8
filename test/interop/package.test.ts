import { mkdirSync, readdirSync, readFileSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { Daemon, runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFolder } from "./harness/scratch.ts";
import type { ReadyLine } from "./harness/server-process.ts";
import { connectWithLibrary } from "./harness/ssh-library.ts";

// A network of its own as well: no registry is in reach.
enterPrivateNetwork();
afterAll(cleanUp);

const ROOT = join(import.meta.dirname, "../..");
/** Debian's nobody and nogroup. */
const NOBODY = "65534";

/** Where everything happens: the user's own, empty at first. */
let home: string;
let installed: string;
/** `setpriv …`: what the user's commands begin with. */
let asUser: readonly string[];

/** What the user's PATH has: Node, npm and a shell. No compiler, no Python, no apt. */
function onlyNode(): string {
  const folder = join(scratchFolder("path"), "bin");
  mkdirSync(folder);
  for (const [name, file] of Object.entries({
    node: process.execPath,
    npm: join(dirname(process.execPath), "npm"),
    sh: "/bin/sh",
    env: "/usr/bin/env",
  })) {
    symlinkSync(file, join(folder, name));
  }
  return folder;
}

async function succeed(what: string, command: readonly string[], options: { cwd?: string; input?: string } = {}) {
  const [program = "", ...args] = command;
  const { code, stdout, stderr } = await runToEnd(what, program, args, { ...options, withinS: 120 });
  if (code !== 0) throw new Error(`${what} ended with ${code}: ${stdout}${stderr}`);
  return stdout;
}

beforeAll(async () => {
  const packed = scratchFolder("packed");
  await succeed("npm pack", ["npm", "pack", "--pack-destination", packed], { cwd: ROOT });
  const path = onlyNode();
  home = scratchFolder("home");
  const [tarball = ""] = readdirSync(packed);
  await succeed("hand over", ["chown", "-R", `${NOBODY}:${NOBODY}`, home, packed, dirname(path)]);
  const privileges = [
    "--reuid",
    NOBODY,
    "--regid",
    NOBODY,
    "--clear-groups",
    "--no-new-privs",
    "--bounding-set",
    "-all",
  ];
  asUser = ["setpriv", ...privileges, "--", "env", "-i", `PATH=${path}`, `HOME=${home}`];
  const install = ["npm", "install", "--offline", "--no-audit", "--no-fund", join(packed, tarball)];
  await succeed("npm install", [...asUser, ...install], { cwd: home });
  installed = join(home, "node_modules/.bin/bmpconfd");
}, 240_000);

const bmpconfd = (args: readonly string[], input = "") =>
  succeed(`bmpconfd ${args[0]}`, [...asUser, installed, ...args], { cwd: home, input });

test("the package is installed without registry, compiler and root, and serves a session with a commit", async () => {
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8")) as { version: string };
  expect(await bmpconfd(["--version"])).toBe(`bmpconfd ${version}\n`);
  const data = ["--data", join(home, "data")];
  await bmpconfd(["user", "add", "carol", "--password-stdin", ...data], "correct horse");

  const listen = ["--listen", "127.0.0.1:0", "--bgp-listen", "127.0.0.1:0"];
  const server = new Daemon("bmpconfd", "setpriv", [...asUser.slice(1), installed, ...data, ...listen], { cwd: home });
  const ready = await server.ready("ready line", () =>
    server.stdout.includes("\n") ? (JSON.parse(server.stdout) as ReadyLine) : undefined,
  );
  const port = Number(ready.netconf[0]?.split(":").at(-1));
  const client = await connectWithLibrary(port, "carol", { password: "correct horse" });
  await client.configure(bmp(session("192.0.2.7", { enabled: false })));
  expect(await client.getConfig()).toContain("<address>192.0.2.7</address>");
  await client.close();
  expect(await server.stop()).toEqual({ code: 0, signal: null });

  expect(await bmpconfd(["--check", ...data])).toBe("The stored configuration is valid (commit 1).\n");
});

test("a user who may not read the data directory is told the file and what to do", async () => {
  const data = join(home, "of-root");
  mkdirSync(join(data, "history"), { recursive: true, mode: 0o700 });
  const args = [...asUser.slice(1), installed, "--check", "--data", data];
  const { code, stdout, stderr } = await runToEnd("bmpconfd --check", "setpriv", args, { cwd: home });
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toBe(
    `bmpconfd: EACCES: permission denied, scandir '${data}/history'. Run this as the user that the files belong to, ` +
      "or give the files to this user (chown -R).\n",
  );
});

test("the package has the licences of what is inside, and nothing that is to be compiled", () => {
  const folder = join(home, "node_modules/bmpconfd");
  const modules = readdirSync(join(folder, "node_modules"));
  expect(modules).toEqual(expect.arrayContaining(["libyang-wasm", "koffi"]));
  for (const name of ["cpu-features", "nan", "buildcheck"]) expect(modules).not.toContain(name);
  const dist = join(folder, "node_modules/libyang-wasm/dist");
  const manifest = JSON.parse(readFileSync(join(dist, "manifest.json"), "utf8")) as {
    readonly components: readonly { readonly licenceFiles: readonly string[] }[];
  };
  const texts = manifest.components.flatMap(({ licenceFiles }) => licenceFiles);
  expect(texts.length).toBeGreaterThan(0);
  for (const text of texts) expect(readFileSync(join(dist, text), "utf8")).not.toBe("");
});
