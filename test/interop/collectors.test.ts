import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, SERVER_ROUTER_ID, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, FRR_ROUTER_ID, Frr } from "./harness/frr.ts";
import { GOBGP_AS, GOBGP_ROUTER_ID, GoBgp } from "./harness/gobgp.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState, sessionState } from "./harness/operational-state.ts";
import { Pmbmpd, type PmbmpdEvent, type Route } from "./harness/pmbmpd.ts";
import {
  COLLECTOR_V4,
  COLLECTOR_V6,
  enterPrivateNetwork,
  FRR_V4,
  FRR_V6,
  GOBGP_V4,
  GOBGP_V6,
  SERVER_V6,
} from "./harness/private-network.ts";
import {
  INITIATION,
  PEER_DOWN,
  PEER_UP,
  RecordingSink,
  ROUTE_MONITORING,
  STATISTICS_REPORT,
  TERMINATION,
} from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const ofFrr = (prefix: string): Route => ({
  peer: FRR_V4,
  prefix,
  nextHop: prefix.includes(":") ? FRR_V6 : FRR_V4,
  asPath: String(FRR_AS),
  origin: "i",
  med: 0,
});

/** What the two neighbours announce before the server knows them, in the order Pmbmpd.routes() has. */
const ANNOUNCED: readonly Route[] = [
  ofFrr("198.51.100.0/24"),
  ofFrr("2001:db8:f::/48"),
  ofFrr("203.0.113.0/25"),
  {
    peer: GOBGP_V6,
    prefix: "192.0.2.0/24",
    nextHop: GOBGP_V4,
    asPath: String(GOBGP_AS),
    origin: "e",
    med: 7,
    communities: "65003:100 65003:200",
  },
  { peer: GOBGP_V6, prefix: "2001:db8:9::/48", nextHop: GOBGP_V6, asPath: String(GOBGP_AS), origin: "u" },
];
const LIVE = ofFrr("198.18.0.0/15");

let server: ServerProcess;
let client: NetconfClient;
let frr: Frr;
let goBgp: GoBgp;
let pmbmpd: Pmbmpd;
let sink: RecordingSink;
let capture: Capture;

const table = (): Route[] => pmbmpd.routes();
const events = (type: string): PmbmpdEvent[] => pmbmpd.events().filter((event) => event.bmp_msg_type === type);

/** The tables are compared as a whole, again and again until they are equal or the time is up. */
async function expectTable(expected: readonly Route[]): Promise<void> {
  const key = JSON.stringify(expected);
  await eventually("pmbmpd has the expected table", () => JSON.stringify(table()) === key).catch(() => {});
  expect(table()).toEqual(expected);
}

beforeAll(async () => {
  [pmbmpd, sink, capture, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    RecordingSink.listen(COLLECTOR_V6),
    Capture.start(11019),
    ServerProcess.start(),
  ]);
  frr = new Frr(SERVER_AS, ["198.51.100.0/24", "203.0.113.0/25", "2001:db8:f::/48"]);
  goBgp = new GoBgp(SERVER_AS);
  await Promise.all([frr.start(), goBgp.start()]);
  await goBgp.announce("192.0.2.0/24", GOBGP_V4, "origin", "egp", "med", "7", "community", "65003:100,65003:200");
  await goBgp.announce("2001:db8:9::/48", GOBGP_V6);

  client = await server.connect();
  await client.configure(
    bgp(
      neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" }),
      neighbor(GOBGP_V6, GOBGP_AS, { "connection-mode": "active", "local-address": SERVER_V6 }),
    ) + bmp("<statistics-interval>15</statistics-interval>", session(COLLECTOR_V4), session(COLLECTOR_V6)),
  );
});
afterAll(cleanUp);

describe("two neighbours and two collectors", () => {
  test("pmbmpd's table is what FRR and GoBGP announced", () => expectTable(ANNOUNCED));

  test("the state of the neighbours is true", async () => {
    await eventually("End-of-RIB of FRR", async () => {
      const families = (await neighborState(client, FRR_V4))?.["address-family"];
      return families?.every((family) => family["end-of-rib"] === "true");
    });
    expect(await neighborState(client, FRR_V4)).toMatchObject({
      "fsm-state": "established",
      "established-transitions": "1",
      "remote-router-id": FRR_ROUTER_ID,
      "negotiated-hold-time": "9",
      "address-family": [
        { name: "ipv4-unicast", prefixes: "2", "end-of-rib": "true" },
        { name: "ipv6-unicast", prefixes: "1", "end-of-rib": "true" },
      ],
    });
    expect(await neighborState(client, GOBGP_V6)).toMatchObject({ "fsm-state": "established" });
  });

  test("the state of the sessions is true", async () => {
    for (const address of [COLLECTOR_V4, COLLECTOR_V6]) {
      await eventually(`${address} up`, async () => (await sessionState(client, address))?.["oper-state"] === "up");
    }
    const state = await eventually("all octets counted", async () => {
      const found = await sessionState(client, COLLECTOR_V6);
      return Number(found?.["sent-octets"]) === Buffer.concat(sink.latest.messages()).length ? found : undefined;
    });
    const count = (type: number): string => String(sink.latest.types().filter((each) => each === type).length);
    expect(state["sent-messages"]).toMatchObject({
      initiation: "1",
      "peer-up": count(PEER_UP),
      "route-monitoring": count(ROUTE_MONITORING),
      "peer-down": "0",
      termination: "0",
    });
  });

  test("pmbmpd sees the Peer Up of each neighbour, with its AS and identifier", async () => {
    const ups = await eventually("two Peer Ups", () => (events("peer_up").length >= 2 ? events("peer_up") : undefined));
    const seen = ups.map((event) => [event["peer_ip"], event["peer_asn"], event["bgp_id"]]);
    expect(seen).toHaveLength(2);
    expect(seen).toEqual(
      expect.arrayContaining([
        [FRR_V4, FRR_AS, FRR_ROUTER_ID],
        [GOBGP_V6, GOBGP_AS, GOBGP_ROUTER_ID],
      ]),
    );
    expect(pmbmpd.complaints()).toEqual([]);
  });

  test("a route announced later and then withdrawn reaches the collectors as it happens", async () => {
    await frr.announce(LIVE.prefix);
    await expectTable([LIVE, ...ANNOUNCED]);
    await frr.withdraw(LIVE.prefix);
    await expectTable(ANNOUNCED);
    await goBgp.withdraw("2001:db8:9::/48");
    await expectTable(ANNOUNCED.slice(0, -1));
    await goBgp.announce("2001:db8:9::/48", GOBGP_V6);
    await expectTable(ANNOUNCED);
  });

  test("statistics reports come every 15 s and count the routes of the Adj-RIB-In (RFC 7854 4.8)", async () => {
    const counted = (peer: string): PmbmpdEvent | undefined =>
      events("stats").find((event) => event["peer_ip"] === peer && event["counter_type"] === 7);
    await eventually(
      "a report for each neighbour",
      () => counted(FRR_V4) !== undefined && counted(GOBGP_V6) !== undefined,
      40,
    );
    expect(counted(FRR_V4)).toMatchObject({ counter_value: 3 });
    expect(counted(GOBGP_V6)).toMatchObject({ counter_value: 2 });
    expect(sink.latest.types()).toContain(STATISTICS_REPORT);
  });

  test("a neighbour that is switched off is reported down with its Cease (RFC 7854 4.9), its routes go", async () => {
    await goBgp.stop();
    await expectTable(ANNOUNCED.filter((route) => route.peer !== GOBGP_V6));
    // Reason 3: the neighbour sent a NOTIFICATION, which follows.
    expect(events("peer_down")).toMatchObject([{ peer_ip: GOBGP_V6, reason_type: 3 }]);
    await eventually(
      "state says so",
      async () => (await neighborState(client, GOBGP_V6))?.["fsm-state"] !== "established",
    );
  });

  test("both collectors were sent the same, in the order RFC 7854 wants, and tshark objects to none of it", async () => {
    await server.stop();
    await eventually("both sessions closed", () => sink.latest.ended);
    await capture.stop();

    const types = sink.latest.types();
    expect(types[0]).toBe(INITIATION);
    expect(types.indexOf(PEER_UP)).toBeLessThan(types.indexOf(ROUTE_MONITORING));
    // One for GoBGP; that the server stops is told by Termination alone.
    expect(types.filter((type) => type === PEER_DOWN)).toHaveLength(1);
    expect(types.at(-1)).toBe(TERMINATION);
    expect(sink.connections).toHaveLength(1);

    expect(await capture.objections("bmp")).toEqual([]);
    // The OPEN sent, then the OPEN received (RFC 7854 section 4.10).
    const opens = await capture.packets("bmp", `bmp.type == 3 && ipv6.dst == ${COLLECTOR_V6}`, ["bgp.open.identifier"]);
    const identifiers = opens.flatMap((packet) => packet["bgp.open.identifier"]);
    expect(identifiers.filter((_, index) => index % 2 === 0)).toEqual([SERVER_ROUTER_ID, SERVER_ROUTER_ID]);
    expect(new Set(identifiers)).toEqual(new Set([SERVER_ROUTER_ID, FRR_ROUTER_ID, GOBGP_ROUTER_ID]));
    const prefixes = ["bgp.nlri_prefix", "bgp.mp_reach_nlri_ipv6_prefix"] as const;
    const seen = async (collector: string): Promise<Set<string>> => {
      const packets = await capture.packets("bmp", `bmp && ${collector}`, prefixes);
      return new Set(packets.flatMap((packet) => prefixes.flatMap((field) => packet[field])));
    };
    const expected = new Set([LIVE, ...ANNOUNCED].map((route) => route.prefix.split("/")[0]));
    expect(await seen(`ip.dst == ${COLLECTOR_V4}`)).toEqual(expected);
    expect(await seen(`ipv6.dst == ${COLLECTOR_V6}`)).toEqual(expected);
  });
});
