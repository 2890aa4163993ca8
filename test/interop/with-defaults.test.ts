import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

test("ncclient reads defaults in each mode, and sends one back by its tag (RFC 6243)", async () => {
  const server = await ServerProcess.start();
  const script = join(import.meta.dirname, "ncclient-defaults.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    capability: [
      "urn:ietf:params:netconf:capability:with-defaults:1.0?basic-mode=explicit&also-supported=report-all,report-all-tagged,trim",
    ],
    explicit: [],
    trim: [],
    "report-all": [["11019", null]],
    "report-all-tagged": [["11019", "true"]],
    get: [["11019", "true"]],
    set: [["5000", null]],
    wrong: "invalid-value",
    unset: [],
    copied: [],
  });
});
