import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { runToEnd } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import { sessionState } from "./harness/operational-state.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork } from "./harness/private-network.ts";
import { bmpconfd, PASSWORD, ServerProcess, USER } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const WATCHER = ["watcher", "opera glass"] as const;
const atSession = (address: string) =>
  `/bmp:bmp/bmp:bmp-session[bmp:vpn-instance='_public_'][bmp:address='${address}'][bmp:alias='']`;
const RESET_SESSION = `${atSession(COLLECTOR_V4)}/bmp:reset`;
const RESET_NEIGHBOUR = `/bgp:bgp/bgp:neighbor[bgp:address='${BIRD_V4}']/bgp:reset`;

test("ncclient resets a session with pmbmpd and one with BIRD; both come back with all routes", async () => {
  const dataDir = await ServerProcess.newDataDir();
  const [name, password] = WATCHER;
  const add = ["user", "add", name, "--password-stdin", "--group", "monitor", "--data", dataDir];
  expect(await bmpconfd(add, password)).toMatchObject({ code: 0 });
  const bird = new Bird(SERVER_AS, ["198.51.100.0/24", "2001:db8:b::/48"]);
  const [pmbmpd, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    ServerProcess.start({ dataDir }),
    bird.start(),
  ]);
  const client = await server.connect();
  const disabled = session(COLLECTOR_V6, { enabled: false });
  await client.configure(bgp(neighbor(BIRD_V4, BIRD_AS)) + bmp(session(COLLECTOR_V4), disabled));
  await eventually("the collector has the routes", async () => {
    return pmbmpd.routes().length === 2 && (await sessionState(client, COLLECTOR_V4))?.["oper-state"] === "up";
  });
  const routes = pmbmpd.routes();

  const script = join(import.meta.dirname, "ncclient-reset.py");
  const users = [USER, PASSWORD, ...WATCHER];
  const args = ["127.0.0.1", String(server.netconfPort), ...users, COLLECTOR_V4, COLLECTOR_V6, BIRD_V4];
  const { code, stdout, stderr } = await runToEnd("ncclient", "/usr/bin/python3", [script, ...args]);
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toEqual({
    monitor: [
      ["access-denied", null, RESET_SESSION],
      ["access-denied", null, RESET_NEIGHBOUR],
      ["access-denied", null, `${atSession(COLLECTOR_V4)}/bmp:clear-counters`],
    ],
    session: ["{urn:bmpconfd:yang:bmp}reset-at"],
    "session-again": ["resource-denied", "too-soon", RESET_SESSION],
    cleared: ["{urn:bmpconfd:yang:bmp}cleared-at"],
    "is-discontinuity": true,
    counted: ["0", "0", "0"],
    "session-is-later": true,
    neighbour: ["{urn:bmpconfd:yang:bgp}reset-at"],
    "neighbour-again": ["resource-denied", "too-soon", RESET_NEIGHBOUR],
    "neighbour-is-later": true,
    unknown: ["data-missing", null, atSession("2001:db8::77")],
    disabled: ["operation-failed", "disabled", `${atSession(COLLECTOR_V6)}/bmp:reset`],
  });

  await eventually("BIRD announces its routes again", () => {
    const sinceDown = pmbmpd.events().slice(pmbmpd.events().findIndex(isPeerDown));
    return sinceDown.filter(isRoute).length === 2;
  });
  expect(pmbmpd.routes()).toEqual(routes);
  const kinds = pmbmpd.events().flatMap(({ bmp_msg_type }) => bmp_msg_type ?? []);
  const once = ["init", "peer_up", "route_monitor", "route_monitor"];
  expect(kinds).toEqual([...once, "term", ...once, "peer_down", ...once.slice(1)]);
  expect(pmbmpd.events().find(({ bmp_msg_type }) => bmp_msg_type === "term")).toMatchObject({
    bmp_term_info_reason: "Session administratively closed",
    bmp_term_info_string: "session reset: tables out of step",
  });
  expect(pmbmpd.events().find(isPeerDown)).toMatchObject({ reason_str: "The local system closed the session" });
  expect(bird.log).toContain('server0: Received: Administrative reset: "tables out of step"');
  expect(pmbmpd.complaints()).toEqual([]);
  await Promise.all([server.stop(), bird.stop(), pmbmpd.kill()]);
});

const isPeerDown = ({ bmp_msg_type }: PmbmpdEvent): boolean => bmp_msg_type === "peer_down";
const isRoute = ({ bmp_msg_type }: PmbmpdEvent): boolean => bmp_msg_type === "route_monitor";
