import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

test("ncclient puts entries before and after others (RFC 7950 sections 7.7.9, 7.8.6 and 15.7)", async () => {
  const model = join(import.meta.dirname, "../yang/modules/orders.yang");
  const server = await ServerProcess.start({ args: ["--yang", model] });
  const script = join(import.meta.dirname, "ncclient-insert.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    order: ["3", "2", "1", "c", "a", "b"],
    missing: ["bad-attribute", "missing-instance"],
  });
});
