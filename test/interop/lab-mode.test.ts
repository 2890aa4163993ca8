import { chmodSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { Daemon, runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import type { ReadyLine } from "./harness/server-process.ts";

enterPrivateNetwork();

let npm: Daemon;
let ready: ReadyLine;

beforeAll(async () => {
  npm = new Daemon("npm start", "npm", ["start", "--", "--data", join(scratchFolder("data"), "data")], {
    cwd: join(import.meta.dirname, "../.."),
  });
  ready = await npm.ready("instructions", () => {
    const line = npm.stdout.split("\n").find((text) => text.startsWith('{"ready"'));
    return line !== undefined && npm.stdout.includes("3. On the command line")
      ? (JSON.parse(line) as ReadyLine)
      : undefined;
  });
});
afterAll(cleanUp);

/** A command that the instructions print, from its first line to the here-document's end. */
function printed(firstWord: string): string {
  const lines = npm.stdout.split("\n");
  const from = lines.findIndex((line) => line.startsWith(firstWord));
  return `${lines.slice(from, lines.indexOf("EOF", from) + 1).join("\n")}\n`;
}

/** Runs what a user would paste; the password is typed by SSH_ASKPASS. */
async function paste(command: string): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const askpass = scratchFile("askpass", "#!/bin/sh\necho admin\n");
  chmodSync(askpass, 0o700);
  const settings = [`SSH_ASKPASS=${askpass}`, "SSH_ASKPASS_REQUIRE=force", "PATH=/usr/sbin:/usr/bin:/sbin:/bin"];
  return await runToEnd("shell", "env", [...settings, "sh", "-c", command]);
}

test("npm start listens where the README says and warns of the known password", () => {
  expect(ready.netconf).toEqual(["127.0.0.1:8830"]);
  expect(ready.bgp).toEqual(["127.0.0.1:1790"]);
  expect(npm.stderr).toMatch(/"Lab mode: user admin may log in with password admin\. Not for production\."/);
});

test("the ssh command that it prints opens a BMP session, and the collector prints what it gets", async () => {
  const { code, stdout, stderr } = await paste(printed("ssh "));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout.match(/<ok\/>/g)).toHaveLength(3);
  await eventually("Initiation, Peer Up and routes", () =>
    [/initiation/i, /peer up/i, /route monitoring/i].every((pattern) => pattern.test(npm.stdout)),
  );
});

test("so does the command of the command line", async () => {
  const command = npm.stdout.split("\n").findLast((line) => line.startsWith("ssh "));
  const { code, stdout, stderr } = await paste(command ?? "");
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toMatch(/^ ::1 +- +\w+ +\S+ +_public_$/m);
});

test("the ncclient script that it prints works as well and shows the session's state", async () => {
  const { code, stdout, stderr } = await paste(printed("python3 "));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(stdout).toContain("<oper-state>up</oper-state>");
});

test("the server ends in order on SIGTERM, and npm with it", async () => {
  process.kill(ready.pid, "SIGTERM");
  expect(await npm.exited).toEqual({ code: 0, signal: null });
  expect(npm.stdout).toMatch(/termination/i);
});
