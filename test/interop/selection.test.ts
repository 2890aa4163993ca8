import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { sessionState } from "./harness/operational-state.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork, FRR_V4 } from "./harness/private-network.ts";
import { RecordingSink, ROUTE_MONITORING } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const IPV4 = ["198.51.100.0/24", "203.0.113.0/25"];
const IPV6 = ["2001:db8:f::/48"];

let client: NetconfClient;
let frr: Frr;
let pmbmpd: Pmbmpd;
let sink: RecordingSink;
let capture: Capture;

const prefixes = (): string[] => pmbmpd.routes().map(({ prefix }) => prefix);
const events = (type: string): PmbmpdEvent[] => pmbmpd.events().filter((event) => event.bmp_msg_type === type);

const mode = (family: string, rib = "adj-rib-in-pre-policy"): string =>
  `<route-mode><address-family>${family}</address-family><rib>${rib}</rib></route-mode>`;

/** What the session is told from now on; nothing = everything. */
async function select(monitor: string): Promise<void> {
  const key = `<vpn-instance>_public_</vpn-instance><address>${COLLECTOR_V4}</address><alias/>`;
  const content =
    monitor === "" ? '<monitor nc:operation="delete"/>' : `<monitor nc:operation="replace">${monitor}</monitor>`;
  await client.configure(bmp(`<bmp-session>${key}${content}</bmp-session>`));
}

beforeAll(async () => {
  let server: ServerProcess;
  [pmbmpd, sink, capture, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    RecordingSink.listen(COLLECTOR_V6),
    Capture.start(11019),
    ServerProcess.start(),
  ]);
  client = await server.connect();
  await client.configure(
    bgp(neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" })) + bmp(session(COLLECTOR_V4), session(COLLECTOR_V6)),
  );
  frr = new Frr(SERVER_AS, [...IPV4, ...IPV6]);
  await frr.start();
  await eventually("all routes", () => prefixes().length === 3);
});
afterAll(cleanUp);

test("a family that is no longer reported is withdrawn, and pmbmpd has what is left", async () => {
  await select(`<public>${mode("ipv6-unicast")}</public>`);
  await eventually("IPv6 only", () => prefixes().length === 1);
  expect(prefixes()).toEqual(IPV6);
});

test("what happens meanwhile in the other family is not reported", async () => {
  await frr.announce("192.0.2.0/24");
  await frr.announce("2001:db8:e::/48");
  await eventually("the IPv6 route", () => prefixes().length === 2);
  expect(prefixes()).toEqual(["2001:db8:e::/48", ...IPV6]);
});

test("a peer that is no longer reported goes down for the collector, with reason 5 (RFC 7854 4.9)", async () => {
  await select(`<all-vpn-instances/>`);
  await eventually("Peer Down", () => events("peer_down").length === 1);
  expect(events("peer_down")).toMatchObject([{ peer_ip: FRR_V4, reason_type: 5 }]);
  expect(prefixes()).toEqual([]);
});

test("the most specific entry decides", async () => {
  await select(
    `<public>${mode("ipv6-unicast")}</public>` +
      `<peer><vpn-instance>_public_</vpn-instance><address>${FRR_V4}</address>${mode("ipv4-unicast")}</peer>`,
  );
  await eventually("IPv4", () => prefixes().length === 3);
  expect(prefixes()).toEqual(["192.0.2.0/24", ...IPV4]);
});

test("everything is reported again when the selection is removed", async () => {
  await select("");
  await eventually("everything", () => prefixes().length === 5);
});

test("all that on one connection, and other sessions have not noticed", async () => {
  expect(await sessionState(client, COLLECTOR_V4)).toMatchObject({ connections: "1", "connect-attempts": "1" });
  expect(events("peer_up")).toHaveLength(2);
  expect(events("init")).toHaveLength(1);
  expect(pmbmpd.complaints()).toEqual([]);
  // Three routes in two UPDATEs, two markers, two routes that came later.
  const types = sink.latest.types().filter((type) => type === ROUTE_MONITORING);
  expect(types.length).toBeGreaterThanOrEqual(6);
  expect(types.length).toBeLessThanOrEqual(7);
  await capture.stop();
  const objections = await capture.packets("bmp", "_ws.malformed || _ws.expert.severity == 8388608", ["bmp.type"]);
  expect(objections).toEqual([]);
});

test("what cannot be selected is refused by name", async () => {
  await expect(select(`<vpn-instance><name>red</name></vpn-instance>`)).rejects.toThrow("red");
  await expect(select(`<public>${mode("ipv5-unicast")}</public>`)).rejects.toThrow("ipv5-unicast");
});
