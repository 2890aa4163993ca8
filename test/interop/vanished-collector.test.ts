import { execFileSync } from "node:child_process";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, session } from "./harness/configuration.ts";
import { Daemon } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { enterPrivateNetwork, ip } from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const COLLECTOR = "192.0.2.2";
/** A collector that reads and says nothing, in a network namespace of its own at the other end of a cable. */
const SCRIPT = `
  echo unshared
  while ! ip link set far up 2>/dev/null; do sleep 0.1; done
  ip addr add ${COLLECTOR}/24 dev far
  exec ${process.execPath} -e 'net.createServer((s) => s.resume()).listen(11019, () => console.log("ready"))'
`;

let client: NetconfClient;
let collector: Daemon;

beforeAll(async () => {
  client = await (await ServerProcess.start()).connect();
  collector = new Daemon("collector", "unshare", ["--net", "sh", "-c", SCRIPT]);
  await collector.ready("unshared", () => collector.stdout.includes("unshared"));
  ip("link", "add", "near", "type", "veth", "peer", "name", "far", "netns", String(collector.pid));
  ip("addr", "add", "192.0.2.1/24", "dev", "near");
  ip("link", "set", "near", "up");
  await collector.ready("ready", () => collector.stdout.includes("ready"));
});
afterAll(cleanUp);

/** Nobody is told: neither end closes the connection. */
const cable = (state: "up" | "down") =>
  execFileSync("nsenter", ["--target", String(collector.pid), "--net", "ip", "link", "set", "far", state]);

const operState = async () => (await sessionState(client, COLLECTOR))?.["oper-state"];

async function configure(tcp: string, systemName = "before"): Promise<void> {
  const withTcp = session(COLLECTOR, { "connect-timeout": 1 }).replace("<connect-retry>", `${tcp}<connect-retry>`);
  await client.configure(bmp(`<system-name>${systemName}</system-name>`, withTcp));
}

const KEEPALIVE = "<tcp><keepalive><idle>1</idle><interval>1</interval><count>2</count></keepalive></tcp>";
const USER_TIMEOUT = "<tcp><keepalive><idle>7200</idle></keepalive><user-timeout>2</user-timeout></tcp>";

test.each([
  ["keepalives, while nothing is sent", KEEPALIVE, undefined],
  ["the user timeout, while something is", USER_TIMEOUT, "after"],
])("a collector that vanishes is noticed by %s, and reached when it is back", async (_by, tcp, sent) => {
  await configure(tcp);
  await eventually("up", async () => (await operState()) === "up");
  cable("down");
  const sinceMs = performance.now();
  // A new name is an Initiation message, which is never acknowledged.
  if (sent !== undefined) await configure(tcp, sent);
  await eventually("noticed", async () => (await operState()) !== "up");
  expect(performance.now() - sinceMs).toBeLessThan(10_000);
  expect((await sessionState(client, COLLECTOR))?.["last-error"]).toMatch(/ETIMEDOUT|EHOSTUNREACH|no connection/);
  cable("up");
  await eventually("up again", async () => (await operState()) === "up");
});
