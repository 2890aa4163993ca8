import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { IPV4_UNICAST, IPV6_UNICAST } from "../../src/bgp/address-family.ts";
import { encodeKeepalive } from "../../src/bgp/codec/keepalive.ts";
import { encodeEndOfRib } from "../../src/bgp/codec/update.ts";
import { decodeMessage } from "../../src/bmp/codec/message.ts";
import { update } from "../bgp/codec/octets.ts";
import { Router } from "../bgp/router.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, noSession, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState, sessionState } from "./harness/operational-state.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import {
  BIRD_V4,
  COLLECTOR_V4,
  COLLECTOR_V6,
  enterPrivateNetwork,
  FRR_V4,
  SERVER_V4,
} from "./harness/private-network.ts";
import { RecordingSink } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const ROUTER_AS = 65004;
/** Where the type of a BGP message is in its hex. */
const TYPE = 36;
const NEXT_HOP = "400304 0a630004";
/** AS 65004, then the server's 65001. */
const LOOP = update({ attributes: `400101 00 40020a 0202 0000fdec 0000fde9 ${NEXT_HOP}`, nlri: "18 c00002" });
/** ORIGIN 9, and two prefixes. */
const MALFORMED = update({ attributes: `400101 09 400206 0201 0000fdec ${NEXT_HOP}`, nlri: "18 c00002 18 c63364" });
const ANNOUNCED = update({ attributes: `400101 00 400206 0201 0000fdec ${NEXT_HOP}`, nlri: "18 c00002" });

let server: ServerProcess;
let client: NetconfClient;
let frr: Frr;
let router: Router;
let pmbmpd: Pmbmpd;
let sink: RecordingSink;
let capture: Capture;

const events = (type: string): PmbmpdEvent[] => pmbmpd.events().filter((event) => event.bmp_msg_type === type);
const messages = () => sink.latest.messages().map((bytes) => decodeMessage(Uint8Array.from(bytes)));

/** Octets of the BGP messages of `address` that were mirrored, or monitored, in hex. */
function pdus(kind: "route-mirroring" | "route-monitoring", address: string): string[] {
  return messages().flatMap((message) => {
    if (message.kind !== kind || message.peer.address !== address) return [];
    const pdu = message.kind === "route-mirroring" ? message.message : message.update;
    return pdu === undefined ? [] : [Buffer.from(pdu).toString("hex")];
  });
}

/** What the collector was told of the router, in order. */
function ofRouter(): unknown[] {
  return messages().flatMap((message): unknown[] => {
    if (!("peer" in message) || message.peer.address !== BIRD_V4) return [];
    if (message.kind === "route-mirroring") return [[message.kind, message.information, message.message]];
    return message.kind === "route-monitoring" ? [[message.kind, message.update]] : [[message.kind]];
  });
}

beforeAll(async () => {
  [pmbmpd, sink, capture, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    RecordingSink.listen(COLLECTOR_V6),
    Capture.start(11019),
    ServerProcess.start(),
  ]);
  client = await server.connect();
  await client.configure(
    bgp(
      neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" }),
      neighbor(BIRD_V4, ROUTER_AS, {
        "connection-mode": "passive",
        "hold-time": 90,
        description: "Büro",
        "admin-label": "lab",
      }),
    ) +
      bmp(
        "<statistics-interval>15</statistics-interval><initiation-message>call 555</initiation-message>",
        session(COLLECTOR_V4),
        session(COLLECTOR_V6, { "route-mirroring": "all" }),
      ),
  );
  for (const address of [COLLECTOR_V4, COLLECTOR_V6]) {
    await eventually(`${address} up`, async () => (await sessionState(client, address))?.["oper-state"] === "up");
  }
  frr = new Frr(SERVER_AS, ["198.51.100.0/24", "203.0.113.0/25", "2001:db8:f::/48"]);
  await frr.start();
  const socket = connect({ host: SERVER_V4, port: 179, localAddress: BIRD_V4 });
  await once(socket, "connect");
  router = new Router(socket);
  await router.establish({ as: ROUTER_AS, bgpId: 4 });
  router.send(ANNOUNCED, ANNOUNCED, LOOP, MALFORMED, encodeKeepalive());
});
afterAll(cleanUp);

describe("what BMP can say beside routes", () => {
  test("pmbmpd reads the String of the Initiation (RFC 7854 4.4)", async () => {
    await eventually("Initiation", () => events("init").length > 0);
    expect(events("init")).toMatchObject([{ bmp_init_info_string: "call 555" }]);
  });

  test("pmbmpd reads what the operator says of a neighbour in its Peer Up (RFC 9736 3.3)", async () => {
    await eventually("two Peer Ups", () => events("peer_up").length === 2);
    const ups = new Map(events("peer_up").map((event) => [event.peer_ip, event]));
    // It shows labels in hex: "lab".
    expect(ups.get(BIRD_V4)).toMatchObject({ bmp_peer_up_info_string: "Büro", bmp_peer_up_info_4: "6C-61-62" });
    expect(Object.keys(ups.get(FRR_V4) ?? {}).filter((name) => name.startsWith("bmp_peer_up"))).toEqual([]);
  });

  test("messages of FRR are mirrored octet by octet (RFC 7854 4.7)", async () => {
    const keepalive = Buffer.from(encodeKeepalive()).toString("hex");
    await eventually("a KEEPALIVE of FRR", () => pdus("route-mirroring", FRR_V4).includes(keepalive));
    // Routes of two families, and two End-of-RIB markers, in whatever order.
    const count = () => pdus("route-monitoring", FRR_V4).length;
    await eventually("the tables of FRR", () => sink.latest.endOfRibs().length === 4 && count() >= 4);
    const updates = pdus("route-mirroring", FRR_V4).filter((pdu) => pdu.slice(TYPE, TYPE + 2) === "02");
    expect(updates).toEqual(pdus("route-monitoring", FRR_V4));
  });

  test("each mirrored message comes before what it says, an erroneous one with its code", async () => {
    await eventually("the KEEPALIVE", () => pdus("route-mirroring", BIRD_V4).length >= 5);
    const withdrawal = update({ withdrawn: "18 c00002 18 c63364" });
    expect(ofRouter()).toEqual([
      ["peer-up"],
      ...[ANNOUNCED, ANNOUNCED, LOOP].flatMap((pdu) => [
        ["route-mirroring", [], pdu] as const,
        ["route-monitoring", pdu] as const,
      ]),
      ["route-mirroring", [0], MALFORMED],
      ["route-monitoring", withdrawal],
      ["route-mirroring", [], encodeKeepalive()],
      // Which has marked the end of both tables.
      ["route-monitoring", encodeEndOfRib(IPV4_UNICAST)],
      ["route-monitoring", encodeEndOfRib(IPV6_UNICAST)],
    ]);
  });

  test("pmbmpd reads the statistics, and the state of the neighbour has the same (RFC 7854 4.8)", async () => {
    const counted = (type: number) =>
      events("stats").find((event) => event.peer_ip === BIRD_V4 && event["counter_type"] === type)?.["counter_value"];
    await eventually("a report", () => counted(13) !== undefined, 40);
    const statistics = {
      "duplicate-prefixes": 1,
      "duplicate-withdraws": 0,
      "as-path-loop-updates": 1,
      "originator-id-updates": 0,
      "cluster-list-updates": 0,
      "treat-as-withdraw-updates": 1,
      "treat-as-withdraw-prefixes": 2,
      "duplicate-updates": 1,
    };
    expect([1, 2, 4, 5, 3, 11, 12, 13].map(counted)).toEqual(Object.values(statistics));
    expect((await neighborState(client, BIRD_V4))?.statistics).toEqual(
      Object.fromEntries(Object.entries(statistics).map(([name, count]) => [name, String(count)])),
    );
  });

  test("what was sent is counted by type", async () => {
    const state = await sessionState(client, COLLECTOR_V6);
    expect(state?.["lost-mirrored-messages"]).toBe("0");
    expect(Number(state?.["sent-messages"]["route-mirroring"])).toBeGreaterThanOrEqual(10);
    expect((await sessionState(client, COLLECTOR_V4))?.["sent-messages"]["route-mirroring"]).toBe("0");
  });

  test("Termination says what ends: a session for good, another with the server (RFC 7854 4.5)", async () => {
    await client.configure(noSession(COLLECTOR_V4));
    await eventually("Termination", () => events("term").length > 0);
    expect(events("term")).toMatchObject([
      {
        bmp_term_info_reason: "Session permanently administratively closed",
        bmp_term_info_string: "session removed",
      },
    ]);
    expect(pmbmpd.complaints()).toEqual([]);
    await server.stop();
    await eventually("the other session closed", () => sink.latest.ended);
    expect(messages().at(-1)).toEqual({ kind: "termination", reason: 0, strings: ["server shutting down"] });
  });

  test("tshark finds the same messages, and objects to none", async () => {
    await capture.stop();
    // It does not know TLVs of Peer Up: all that it calls malformed are these two, one for each collector.
    const objections = await capture.packets("bmp", "_ws.malformed || _ws.expert.severity == 8388608", ["bmp.type"]);
    expect(objections).toEqual([{ "bmp.type": ["3"] }, { "bmp.type": ["3"] }]);

    const toSink = await capture.packets("bmp", `bmp && ipv6.dst == ${COLLECTOR_V6}`, ["bmp.type"]);
    const types = toSink.flatMap((packet) => packet["bmp.type"]);
    expect(types.filter((type) => type === "6")).toHaveLength(
      messages().filter(({ kind }) => kind === "route-mirroring").length,
    );
    const toPmbmpd = await capture.packets("bmp", `bmp && ip.dst == ${COLLECTOR_V4}`, ["bmp.type", "bmp.term.reason"]);
    expect(toPmbmpd.flatMap((packet) => packet["bmp.type"])).not.toContain("6");
    expect(toPmbmpd.flatMap((packet) => packet["bmp.term.reason"])).toEqual(["4"]);
  });
});
