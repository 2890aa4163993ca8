import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

test("ncclient copies running to a file of the server, and back; nothing outside of the folder can be had", async () => {
  const server = await ServerProcess.start({ args: ["--url", "file"] });
  const script = join(import.meta.dirname, "ncclient-urls.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    url: ["urn:ietf:params:netconf:capability:url:1.0?scheme=file"],
    candidate: ["kept"],
    running: ["kept"],
    "deleted-twice": "data-missing",
    elsewhere: "invalid-value",
  });
  expect(readdirSync(join(server.dataDir, "files"))).toEqual([]);
});
