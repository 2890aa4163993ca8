import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { GOBGP_AS, GoBgp } from "./harness/gobgp.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { COLLECTOR_V4, enterPrivateNetwork, GOBGP_V6, SERVER_V6 } from "./harness/private-network.ts";
import { RecordingSink } from "./harness/recording-sink.ts";
import { scratchFile } from "./harness/scratch.ts";
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
    confirmed: [
      ["start", "60"],
      ["extend", "120"],
      ["complete", null],
      ["start", "60"],
      ["cancel", null],
      ["start", "1"],
      // Nobody's.
      ["timeout", null, null, null, null],
      ["start", "60"],
      // Its session has ended.
      ["cancel", null],
    ],
    xpath: ["netconf-confirmed-commit", "netconf-session-end", "replayComplete", "notificationComplete"],
    "bad-xpath": "bad-attribute",
    replay: [...Array<string>(5).fill("netconf-session-end"), "replayComplete", "notificationComplete"],
  });
});

const NOTIFICATION = "urn:ietf:params:xml:ns:netconf:notification:1.0";
const BMP = 'xmlns="urn:bmpconfd:yang:bmp"';
const BGP = 'xmlns="urn:bmpconfd:yang:bgp"';
const OURS = `<filter><bmp ${BMP}/><bgp ${BGP}/></filter>`;
const subscribe = (client: NetconfClient, parameters: string) =>
  client.rpc(`<create-subscription xmlns="${NOTIFICATION}">${parameters}</create-subscription>`);
/** All notifications that came. */
const received: string[] = [];
/** What is in the next one. */
async function nextOf(client: NetconfClient): Promise<string | undefined> {
  const message = await client.notification();
  received.push(message);
  return /<\/eventTime>(.*)<\/notification>$/.exec(message)?.[1];
}

const EVENTS = 'xmlns="urn:bmpconfd:yang:events"';
const COLLECTOR = `<vpn-instance>_public_</vpn-instance><address>${COLLECTOR_V4}</address><alias></alias>`;
const UP = `<bmp ${BMP}><bmp-session>${COLLECTOR}<session-up ${EVENTS}/></bmp-session></bmp>`;
const ROUTER = `<bgp ${BGP}><neighbor><address>${GOBGP_V6}</address>`;

const OWN_MODULES = join(import.meta.dirname, "../../yang");
const IETF_MODULES = join(import.meta.dirname, "../../libyang-wasm/modules");

/** Validates notifications, and that what they are in is configured. */
async function yanglintAgrees(notifications: readonly string[], running: string): Promise<void> {
  expect(notifications).toHaveLength(4);
  const modules = ["bmpconfd-events", "ietf-netconf-acm"].map((name) => {
    const folder = name.startsWith("ietf") ? IETF_MODULES : OWN_MODULES;
    return join(folder, readdirSync(folder).find((file) => file.startsWith(`${name}@`)) ?? "");
  });
  const paths = ["-p", OWN_MODULES, "-p", IETF_MODULES];
  for (const notification of notifications) {
    const files = ["-O", scratchFile("running.xml", running), ...modules, scratchFile("event.xml", notification)];
    const { code, stderr } = await runToEnd("yanglint", "yanglint", ["-t", "nc-notif", ...paths, ...files]);
    expect(stderr).toBe("");
    expect(code).toBe(0);
  }
}

test("BMP sessions and BGP neighbours are told of as they go up and down, and replayed after a restart", async () => {
  const begun = new Date().toISOString();
  const watcher = await server.connect();
  await subscribe(watcher, OURS);
  const client = await server.connect();

  const sink = await RecordingSink.listen(COLLECTOR_V4);
  await client.configure(bmp(session(COLLECTOR_V4)));
  expect(await nextOf(watcher)).toBe(UP);
  await sink.close();
  const down = await nextOf(watcher);
  expect(down).toContain(
    `<bmp ${BMP}><bmp-session>${COLLECTOR}<session-down ${EVENTS}><reason>connection-reset</reason>`,
  );

  const router = new GoBgp(SERVER_AS);
  await router.start();
  await client.configure(
    bgp(neighbor(GOBGP_V6, GOBGP_AS, { "connection-mode": "active", "local-address": SERVER_V6 })),
  );
  const established = `${ROUTER}<established ${EVENTS}><remote-as>${GOBGP_AS}</remote-as></established></neighbor></bgp>`;
  expect(await nextOf(watcher)).toBe(established);
  await router.stop();
  const backward = await nextOf(watcher);
  expect(backward).toContain(`${ROUTER}<backward-transition ${EVENTS}><reason>remote-`);

  const running = /<data[^>]*>(.*)<\/data>/s.exec(await client.getConfig())?.[1] ?? "";
  await yanglintAgrees(received, running);

  await server.stop();
  server = await ServerProcess.start({ dataDir: server.dataDir });
  const reader = await server.connect();
  await subscribe(reader, `${OURS}<startTime>${begun}</startTime>`);
  const replayed = [await nextOf(reader), await nextOf(reader), await nextOf(reader), await nextOf(reader)];
  expect(replayed).toEqual([UP, down, established, backward]);
  expect(await nextOf(reader)).toBe('<replayComplete xmlns="urn:ietf:params:xml:ns:netmod:notification"/>');
});
