import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();

let server: ServerProcess;

beforeAll(async () => {
  server = await ServerProcess.start();
});
afterAll(cleanUp);

test("ncclient is told of events as they happen, and replays them", async () => {
  const script = join(import.meta.dirname, "ncclient-notifications.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  // Debian's own python3: the module is one of its packages.
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);

  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    live: ["netconf-session-start", "netconf-config-change", "netconf-session-end"],
    edits: [["/bmp:bmp", "create"]],
    "changed-by": true,
    "same-session": true,
    user: USER,
    host: "127.0.0.1",
    reason: "closed",
    streams: ["NETCONF"],
    "replay-support": ["true"],
    second: "operation-failed",
    replay: ["netconf-session-end", "netconf-session-end", "replayComplete", "notificationComplete"],
  });
});
