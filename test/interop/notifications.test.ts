import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { GOBGP_AS, GoBgp } from "./harness/gobgp.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { COLLECTOR_V4, enterPrivateNetwork, GOBGP_V6, SERVER_V6 } from "./harness/private-network.ts";
import { RecordingSink } from "./harness/recording-sink.ts";
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
const OURS = `<filter>${["bmp-session-up", "bmp-session-down", "bgp-established", "bgp-backward-transition"]
  .map((name) => `<${name} xmlns="urn:bmpconfd:yang:events"/>`)
  .join("")}</filter>`;
const subscribe = (client: NetconfClient, parameters: string) =>
  client.rpc(`<create-subscription xmlns="${NOTIFICATION}">${parameters}</create-subscription>`);
/** What is in the next notification. */
const nextOf = async (client: NetconfClient) =>
  /<\/eventTime>(.*)<\/notification>$/.exec(await client.notification())?.[1];

const COLLECTOR = `<vpn-instance>_public_</vpn-instance><address>${COLLECTOR_V4}</address><alias></alias>`;
const EVENTS = 'xmlns="urn:bmpconfd:yang:events"';

test("BMP sessions and BGP neighbours are told of as they go up and down, and replayed after a restart", async () => {
  const begun = new Date().toISOString();
  const watcher = await server.connect();
  await subscribe(watcher, OURS);
  const client = await server.connect();

  const sink = await RecordingSink.listen(COLLECTOR_V4);
  await client.configure(bmp(session(COLLECTOR_V4)));
  expect(await nextOf(watcher)).toBe(`<bmp-session-up ${EVENTS}>${COLLECTOR}</bmp-session-up>`);
  await sink.close();
  const down = await nextOf(watcher);
  expect(down).toContain(`<bmp-session-down ${EVENTS}>${COLLECTOR}<reason>`);

  const router = new GoBgp(SERVER_AS);
  await router.start();
  await client.configure(
    bgp(neighbor(GOBGP_V6, GOBGP_AS, { "connection-mode": "active", "local-address": SERVER_V6 })),
  );
  const established = `<bgp-established ${EVENTS}><address>${GOBGP_V6}</address><remote-as>${GOBGP_AS}</remote-as></bgp-established>`;
  expect(await nextOf(watcher)).toBe(established);
  await router.stop();
  const backward = await nextOf(watcher);
  expect(backward).toContain(`<bgp-backward-transition ${EVENTS}><address>${GOBGP_V6}</address><reason>remote-`);

  await server.stop();
  server = await ServerProcess.start({ dataDir: server.dataDir });
  const reader = await server.connect();
  await subscribe(reader, `${OURS}<startTime>${begun}</startTime>`);
  const replayed = [await nextOf(reader), await nextOf(reader), await nextOf(reader), await nextOf(reader)];
  expect(replayed).toEqual([`<bmp-session-up ${EVENTS}>${COLLECTOR}</bmp-session-up>`, down, established, backward]);
  expect(await nextOf(reader)).toBe('<replayComplete xmlns="urn:ietf:params:xml:ns:netmod:notification"/>');
});
