import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { runToEnd } from "./harness/daemon.ts";
import { enterPrivateNetwork } from "./harness/private-network.ts";
import { PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

/** Runs a script with Debian's python3, whose module ncclient is, against a new server; returns what it prints. */
async function run(script: string, ...more: string[]): Promise<unknown> {
  const server = await ServerProcess.start({ bgp: ["127.0.0.1:0"] });
  const args = [join(import.meta.dirname, script), "127.0.0.1", String(server.netconfPort), USER, PASSWORD, ...more];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", args);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return JSON.parse(stdout);
}

const A = "192.0.2.11";
const B = "192.0.2.12";
const C = "2001:db8::13";
const pathOf = (address: string) =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='']`;
const WRONG_PORT = `invalid-value application error ${pathOf(A)}/bmp:port Invalid non-number-encoded uint16 value "no".`;

const EVERY_OPERATION = {
  "not announced": [],
  edited: [A, B, C],
  "edited port": ["1790"],
  removed: [A, B],
  "tested only": [],
  "created twice": `data-exists ${pathOf(A)}`,
  replaced: [B],
  discarded: [],
  "locked by another": [["lock-denied", "error", "protocol"], true],
  "edit past the lock": "in-use",
  "locked twice": "lock-denied",
  "unlocked twice": "operation-failed",
  committed: [A, C],
  filters: {
    pair: [A],
    "pair with an element": [A],
    list: [A, C],
    "list of nothing": [],
    element: [A],
    "text with a prefix": [A],
    "text without a namespace": [A],
    "text without a type": [A],
    elsewhere: [],
    "a leaf of all": ["one"],
    state: ["disabled"],
  },
  data_ele: [A],
  data_xml: ["{urn:ietf:params:xml:ns:netconf:base:1.0}data", true, null, []],
  "startup at first": [],
  startup: [A, C],
  "copied inline": [B],
  "copied without a namespace": [B],
  "running from startup": [B],
  invalid: `operation-failed must-violation ${pathOf(A)}/bmp:source-address`,
  deleted: [],
  "running cannot be deleted": "unknown-element",
  "dispatch by name": true,
  "dispatch of an element": [B],
  "dispatch with parameters": [B],
  "dispatch of an unknown one": "operation-not-supported protocol",
  "rpc by name": true,
  "rpc with a config": true,
  "a method of no name": "operation-not-supported protocol",
  "RaiseMode.NONE": [false, "invalid-value", "error", 1],
  "RaiseMode.ERRORS": WRONG_PORT,
  "RaiseMode.ALL": WRONG_PORT,
  several: [
    `operation-failed must-violation ${pathOf(A)}/bmp:source-address`,
    `operation-failed must-violation ${pathOf(B)}/bmp:connect-retry`,
  ],
  "several at once":
    "error: The source address must be of the same family as the server's address.\n" +
    "error: The maximum time between attempts must not be below the initial one.",
  asynchronous: [20, 1, "data-exists", true],
  killed: "TransportError",
  "killed nobody": "invalid-value /nc:rpc/nc:kill-session/nc:session-id",
  "killed itself": "invalid-value",
  closed: true,
  connected: false,
};

/** What the handler for Huawei's older devices has beside NETCONF: refused, and the session goes on. */
const EXECUTE =
  'unknown-namespace This server knows no operation in namespace "http://www.huawei.com/netconf/capability/base/1.0".';

// At once: ncclient waits for most of the time.
test.concurrent.each([
  ["default", {}],
  ["huawei", { cli: EXECUTE, action: EXECUTE }],
  ["huaweiyang", {}],
])("every operation of ncclient's manager, device handler %s", async (device, more) => {
  expect(await run("ncclient-operations.py", device)).toEqual({ ...EVERY_OPERATION, ...more });
});

test("ncclient's device handlers edit and read one running configuration at the same time", async () => {
  const devices = "default huawei huaweiyang junos h3c hpcomware alu sros nexus iosxe iosxr csr ericsson".split(" ");
  const seen = { found: [true, true], "created twice": "data-exists", "found after its deletion": false };
  expect(await run("ncclient-handlers.py", ...devices)).toEqual(
    Object.fromEntries(devices.map((device) => [device, seen])),
  );
});
