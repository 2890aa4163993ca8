import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { Daemon, runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork, ip } from "./harness/private-network.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const ROOT = join(import.meta.dirname, "../..");

/** The code blocks of a guide in one language, in their order. */
function blocks(guide: string, language: string): string[] {
  const text = readFileSync(join(ROOT, "docs/guides", guide), "utf8");
  return [...text.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, "gms"))].map(([, code]) => code as string);
}

/** Runs a command of a guide as it is written, in the package's folder. */
function paste(command: string) {
  const home = scratchFolder("home");
  const settings = [
    `ANSIBLE_HOME=${home}`,
    `ANSIBLE_LOCAL_TEMP=${join(home, "tmp")}`,
    `ANSIBLE_PERSISTENT_CONTROL_PATH_DIR=${join(home, "pc")}`,
    "PATH=/usr/sbin:/usr/bin:/sbin:/bin",
  ];
  return runToEnd("shell", "env", [...settings, "sh", "-c", command], { cwd: ROOT });
}

test("first session: each block works as it is written, one after the other", async () => {
  const [start, present, absent] = blocks("first-session.md", "sh");
  expect(start).toBe("bmpconfd --lab\n");
  const data = join(scratchFolder("data"), "data");
  const lab = new Daemon("lab", process.execPath, [join(ROOT, "dist/main.js"), "--lab", "--data", data]);
  await lab.ready("instructions", () => lab.stdout.includes("2. With ncclient"));

  const [script = ""] = blocks("first-session.md", "python");
  const ncclient = await runToEnd("python3", "/usr/bin/python3", ["-c", script]);
  expect(ncclient).toMatchObject({ code: 0, stderr: "" });
  expect(ncclient.stdout).toMatch(/(^|\n)up\n$/);
  await eventually("the collector's words", () =>
    [/BMP Initiation/, /BMP Peer Up/, /BMP Route Monitoring/].every((one) => one.test(lab.stdout)),
  );

  for (const changed of [1, 0]) {
    const { stdout } = await paste(present ?? "");
    expect(stdout).toMatch(new RegExp(`ok=3 +changed=${changed} +unreachable=0 +failed=0`));
  }
  const removed = await paste(absent ?? "");
  expect(removed.stdout).toMatch(/ok=1 +changed=1 +unreachable=0 +failed=0/);
  await eventually("Termination", () => lab.stdout.includes("BMP Termination"));
  expect(await lab.stop()).toEqual({ code: 0, signal: null });
  // Ansible takes several seconds for a playbook, thrice.
}, 180_000);

test("collectors: pmbmpd with the guide's configuration gets what the guide's session sends", async () => {
  ip("addr", "add", "192.0.2.9/24", "dev", "lo");
  const [conf = ""] = blocks("collectors.md", "conf");
  expect(blocks("collectors.md", "sh")).toEqual(["pmbmpd -f pmbmpd.conf\n"]);
  const folder = join(scratchFolder("pmbmpd"), "log");
  mkdirSync(folder);
  expect(conf).toContain("/var/log/pmbmpd/");
  const file = scratchFile("pmbmpd.conf", conf.replace("/var/log/pmbmpd", folder));
  const pmbmpd = new Daemon("pmbmpd", "pmbmpd", ["-f", file]);
  await pmbmpd.ready("listening", () => (pmbmpd.stdout + pmbmpd.stderr).includes("waiting for BMP data"));

  const server = await ServerProcess.start();
  const client = await server.connect();
  await client.configure(blocks("collectors.md", "xml")[0] ?? "");
  await eventually("init in the log", async () => {
    const { stdout } = await runToEnd("grep", "grep", ["-rh", '"bmp_msg_type": "init"', folder]);
    return stdout !== "";
  });
  await client.close();
  await server.stop();
  await pmbmpd.stop("SIGKILL");
});

test.each(["collectors.md", "migration.md"])("%s: every piece of configuration is taken", async (guide) => {
  const server = await ServerProcess.start();
  const client = await server.connect();
  if (guide === "migration.md") ip("link", "add", "eth1", "type", "veth", "peer", "name", "eth1-peer");
  const pieces = blocks(guide, "xml");
  expect(pieces.length).toBeGreaterThan(3);
  for (const piece of pieces) await client.configure(piece);
  const running = await client.getConfig();
  for (const piece of pieces) {
    for (const [address] of piece.matchAll(/<address>.*?<\/address>/g)) expect(running).toContain(address);
  }
  await client.close();
  await server.stop();
});
