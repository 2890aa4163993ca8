import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

test("ncclient reads configuration and state by XPath (RFC 6241 section 8.9)", async () => {
  const server = await ServerProcess.start();
  const script = join(import.meta.dirname, "ncclient-xpath.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const keys = (address: string) => [
    ["vpn-instance", "_public_"],
    ["address", address],
  ];
  expect(JSON.parse(stdout)).toEqual({
    capability: ["urn:ietf:params:netconf:capability:xpath:1.0"],
    "get-config": [...keys("2001:db8::2"), ["port", "5002"]],
    get: [...keys("2001:db8::1"), ["connections", "0"], ...keys("2001:db8::2"), ["connections", "0"]],
    number: "invalid-value",
    syntax: "bad-attribute",
    costly: "resource-denied",
    afterwards: 2,
  });
});
