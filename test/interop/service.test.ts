import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { Daemon, runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { scratchFile, scratchFolder } from "./harness/scratch.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const ROOT = join(import.meta.dirname, "../..");
const SYSTEMD = join(ROOT, "examples/systemd");
/** systemd-analyze's exposure, times ten: below 2 of 10 is "OK", a service without any hardening has 9.6. */
const EXPOSURE_LIMIT = "20";

/** The unit as it is, but for the program, which is where it is installed. */
function unitFile(): string {
  const unit = readFileSync(join(SYSTEMD, "bmpconfd.service"), "utf8");
  expect(unit).toContain("\nExecStart=/usr/local/bin/bmpconfd\n");
  return scratchFile("bmpconfd.service", unit.replace("/usr/local/bin/bmpconfd", join(ROOT, "dist/main.js")));
}

test("systemd finds no fault with the unit, and little that it leaves open", async () => {
  const unit = unitFile();
  expect(await runToEnd("verify", "systemd-analyze", ["verify", "--man=no", unit])).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  const arguments_ = ["security", "--offline=true", `--threshold=${EXPOSURE_LIMIT}`, "--no-pager", unit];
  const { code, stdout } = await runToEnd("security", "systemd-analyze", arguments_);
  expect({ code, stdout }).toEqual({ code: 0, stdout: expect.stringContaining("Overall exposure level") });
});

test("the user that the unit runs as is made by its file", async () => {
  const root = scratchFolder("root");
  mkdirSync(join(root, "etc"));
  const file = join(SYSTEMD, "bmpconfd.sysusers");
  const { code } = await runToEnd("systemd-sysusers", "systemd-sysusers", [`--root=${root}`, file]);
  expect(code).toBe(0);
  const user = /^User=(.*)$/m.exec(readFileSync(unitFile(), "utf8"))?.[1];
  expect(readFileSync(join(root, "etc/passwd"), "utf8")).toMatch(new RegExp(`^${user}:.*:/var/lib/bmpconfd:`, "m"));
});

/** Prints each message that comes to the socket, as systemd would get it. */
const RECEIVER = `
import socket, sys
receiver = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
receiver.bind(sys.argv[1])
print("listening", flush=True)
while True:
    # systemd-notify waits until the descriptor that it sends last is closed: without room for it, it is at once.
    print(receiver.recv(4096).decode(), flush=True)
`;

test("systemd is told when the server is ready, not before, and when it stops", async () => {
  const socket = join(scratchFolder("notify"), "socket");
  const receiver = new Daemon("receiver", "/usr/bin/python3", ["-c", RECEIVER, socket]);
  await receiver.ready("listening", () => receiver.stdout.includes("listening"));
  const listen = ["--listen", "127.0.0.1:0", "--bgp-listen", "127.0.0.1:0"];
  const dataDir = await ServerProcess.newDataDir();
  const main = join(ROOT, "dist/main.js");
  const server = new Daemon("bmpconfd", "env", [`NOTIFY_SOCKET=${socket}`, main, "--data", dataDir, ...listen]);
  await server.ready("told", () => receiver.stdout.includes("READY=1"));
  expect(server.stdout).toMatch(/^\{"ready":true/);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
  await eventually("told of the end", () => receiver.stdout.includes("STOPPING=1"));
  expect(server.stderr).not.toContain("systemd");
});

test("where systemd-notify is missing, the log says what to do, and the server serves", async () => {
  const dataDir = await ServerProcess.newDataDir();
  const listen = ["--listen", "127.0.0.1:0", "--bgp-listen", "127.0.0.1:0"];
  const settings = ["NOTIFY_SOCKET=/nowhere", "PATH=/nowhere", process.execPath, join(ROOT, "dist/main.js")];
  const server = new Daemon("bmpconfd", "/usr/bin/env", [...settings, "--data", dataDir, ...listen]);
  await server.ready("complaint", () => server.stderr.includes("Install systemd-notify, or make the unit Type=exec"));
  expect(server.stdout).toMatch(/^\{"ready":true/);
  expect(await server.stop()).toEqual({ code: 0, signal: null });
});

test("mandoc has no warning about the manual page", async () => {
  const lint = await runToEnd("mandoc", "mandoc", ["-Tlint", "-Wwarning", join(ROOT, "docs/bmpconfd.8")]);
  expect(lint).toEqual({ code: 0, stdout: "", stderr: "" });
  const { stdout } = await runToEnd("mandoc", "mandoc", ["-Tutf8", join(ROOT, "docs/bmpconfd.8")]);
  expect(stdout).toContain("NETCONF-managed BMP exporter");
});

test("the Dockerfile copies and names only what there is", () => {
  const dockerfile = readFileSync(join(ROOT, "examples/docker/Dockerfile"), "utf8");
  const { engines, bin } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  const images = [...dockerfile.matchAll(/^FROM node:(\d+)/gm)].map(([, major]) => Number(major));
  expect(images).toEqual([20, 20]);
  expect(engines.node).toBe(">=20.19");
  expect(Object.keys(bin)).toEqual([/^ENTRYPOINT \["(.*)"\]$/m.exec(dockerfile)?.[1]]);
});
