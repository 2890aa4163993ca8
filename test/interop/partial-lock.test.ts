import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const BMP = "urn:bmpconfd:yang:bmp";
const PARTIAL_LOCK = "urn:ietf:params:xml:ns:netconf:partial-lock:1.0";
const pathOf = (address: string) =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='']`;
const [A, B] = [pathOf("192.0.2.11"), pathOf("192.0.2.12")];

test("ncclient locks a part of running, which its other session then cannot change (RFC 5717)", async () => {
  const server = await ServerProcess.start();
  const script = join(import.meta.dirname, "ncclient-partial-lock.py");
  const args = ["127.0.0.1", String(server.netconfPort), USER, PASSWORD];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  const seen = JSON.parse(stdout) as Record<string, unknown> & { readonly sessions: readonly [string, string] };
  const [one] = seen.sessions;
  expect(seen).toEqual({
    capability: [
      "urn:ietf:params:netconf:capability:partial-lock:1.0",
      `${PARTIAL_LOCK}?module=ietf-netconf-partial-lock&revision=2009-10-19`,
    ],
    sessions: seen.sessions,
    granted: ["1", [[A, BMP]]],
    monitored: [["1", one, A, A]],
    denied: ["lock-denied", null, "/bmp:bmp", one],
    "running denied": ["lock-denied", null, null, one],
    "in use": ["in-use", "locked", `${A}/bmp:description`, null],
    "commit in use": ["in-use", "locked", `${A}/bmp:description`, null],
    "beside it": null,
    "its own": null,
    "no matches": ["operation-failed", "no-matches", null, null],
    "no node set": ["invalid-value", "not-a-node-set", "/nc:rpc/pl:partial-lock/pl:select", null],
    "not the holder": ["invalid-value", null, "/nc:rpc/pl:partial-unlock/pl:lock-id", null],
    unlocked: true,
    "then granted": [
      "2",
      [
        [A, BMP],
        [B, BMP],
      ],
    ],
    "then in use": ["in-use", "locked", `${B}/bmp:description`, null],
    "at the end": [null, []],
  });
});
