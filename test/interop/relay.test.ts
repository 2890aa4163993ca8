import { afterAll, beforeAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bmp, relay, SERVER_AS, session } from "./harness/configuration.ts";
import type { Daemon } from "./harness/daemon.ts";
import { eventually } from "./harness/eventually.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { type RelayRouterState, relayRouterState } from "./harness/operational-state.ts";
import { Pmbmpd, type Route } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork, FRR_V4, GOBGP_V4, ip } from "./harness/private-network.ts";
import { INITIATION, PEER_UP, RecordingSink, TERMINATION } from "./harness/recording-sink.ts";
import { startFrrExporter, startGoBgpExporter } from "./harness/reference-exporters.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const RELAY_PORT = 11_030;
/** Addresses of the relay that FRR and GoBGP reach from their own ones: neither can be told which to use. */
const [FRR_RELAY, GOBGP_RELAY] = ["10.98.1.2", "10.98.1.3"];
const PORTS = { relayed: 11_019, frr: 11_020, goBgp: 11_021, tap: 11_022, frrTap: 11_023, goBgpTap: 11_024 };
const ROUTES = [
  "192.0.2.0/24",
  "198.51.100.0/24",
  "198.51.100.128/25",
  "203.0.113.7/32",
  "198.18.0.0/15",
  "2001:db8:a::/48",
  "2001:db8:b::/64",
  "2001:db8:b::1/128",
];
const LATER = ["192.0.2.0/25", ...ROUTES.slice(2)];

interface Feeder {
  readonly address: string;
  readonly direct: Pmbmpd;
  readonly directTap: RecordingSink;
}

let client: NetconfClient;
let relayed: Pmbmpd;
let tap: RecordingSink;
let frr: Feeder;
let frrDaemon: Daemon;
let goBgp: Feeder;
let bird: Bird;
let capture: Capture;

beforeAll(async () => {
  ip("route", "add", "local", FRR_RELAY, "dev", "lo", "src", FRR_V4);
  ip("route", "add", "local", GOBGP_RELAY, "dev", "lo", "src", GOBGP_V4);
  capture = await Capture.start(PORTS.tap);
  const [server, relayedTo, ofFrr, ofGoBgp, tapped, frrTap, goBgpTap] = await Promise.all([
    ServerProcess.start(),
    Pmbmpd.listen(COLLECTOR_V4, PORTS.relayed),
    Pmbmpd.listen(COLLECTOR_V4, PORTS.frr),
    Pmbmpd.listen(COLLECTOR_V4, PORTS.goBgp),
    RecordingSink.listen(COLLECTOR_V4, PORTS.tap),
    RecordingSink.listen(COLLECTOR_V4, PORTS.frrTap),
    RecordingSink.listen(COLLECTOR_V4, PORTS.goBgpTap),
  ]);
  relayed = relayedTo;
  tap = tapped;
  frr = { address: FRR_V4, direct: ofFrr, directTap: frrTap };
  goBgp = { address: GOBGP_V4, direct: ofGoBgp, directTap: goBgpTap };
  client = await server.connect();
  await client.configure(
    relay(RELAY_PORT, FRR_V4, GOBGP_V4) +
      bmp(session(COLLECTOR_V4, { port: PORTS.relayed }), session(COLLECTOR_V4, { alias: "tap", port: PORTS.tap })),
  );
  const reference = { as: SERVER_AS, neighborAs: BIRD_AS, hasPostPolicy: true };
  const othersOf = (relayAddress: string, tapPort: number) => [
    { address: relayAddress, port: RELAY_PORT },
    { address: COLLECTOR_V4, port: tapPort },
  ];
  frrDaemon = await startFrrExporter({ ...reference, port: PORTS.frr, others: othersOf(FRR_RELAY, PORTS.frrTap) });
  await startGoBgpExporter({ ...reference, port: PORTS.goBgp, others: othersOf(GOBGP_RELAY, PORTS.goBgpTap) });
  bird = new Bird(SERVER_AS, ROUTES, { neighbors: [FRR_V4, GOBGP_V4] });
  await bird.start();
});
afterAll(cleanUp);

async function stateOf({ address }: Feeder): Promise<RelayRouterState> {
  return (await relayRouterState(client, address)) as RelayRouterState;
}

/** What pmbmpd has understood of the router's connection through the relay. */
async function throughRelay(feeder: Feeder, isPostPolicy: boolean): Promise<Route[]> {
  const connection = (await stateOf(feeder))["bmp-session"]?.find(({ alias }) => alias === "");
  return relayed.routes({ routerPort: Number(connection?.["local-port"]), isPostPolicy });
}

const prefixesOf = (routes: readonly Route[]): string[] => routes.map(({ prefix }) => prefix).sort();
const text = (prefixes: readonly string[]): string => JSON.stringify([...prefixes].sort());

async function expectSame(feeder: Feeder, isPostPolicy: boolean, wanted: readonly string[]): Promise<void> {
  await eventually("the collector has all routes of the router itself", () => {
    return text(prefixesOf(feeder.direct.routes({ isPostPolicy }))) === text(wanted);
  });
  await eventually("and through the relay", async () => {
    return text(prefixesOf(await throughRelay(feeder, isPostPolicy))) === text(wanted);
  });
  expect(await throughRelay(feeder, isPostPolicy)).toEqual(feeder.direct.routes({ isPostPolicy }));
}

test("a collector gets the same routes of FRR and of GoBGP through the relay as from themselves", async () => {
  await expectSame(frr, false, ROUTES);
  await expectSame(frr, true, ROUTES);
  await expectSame(goBgp, false, ROUTES);
  await expectSame(goBgp, true, ROUTES);
  expect((await throughRelay(frr, true)).every(({ med }) => med === 77)).toBe(true);
});

test("the relay says what it keeps of whom", async () => {
  for (const feeder of [frr, goBgp]) {
    const state = await stateOf(feeder);
    expect(state).toMatchObject({
      "oper-state": "connected",
      peers: "1",
      routes: String(2 * ROUTES.length),
      problems: { "malformed-messages": "0", "treat-as-withdraw-updates": "0", "unusable-updates": "0" },
    });
    const [peer] = state.peer ?? [];
    expect(peer?.address).toBe(BIRD_V4);
    expect(new Map(peer?.rib?.map(({ name, routes }) => [name, Number(routes)]))).toEqual(
      new Map([
        ["adj-rib-in-pre", ROUTES.length],
        ["adj-rib-in-post", ROUTES.length],
      ]),
    );
  }
});

test("routes of a Loc-RIB that GoBGP has not announced by a Peer Up are counted and left out", async () => {
  expect(Number((await stateOf(goBgp)).problems["unknown-peer-messages"])).toBeGreaterThanOrEqual(ROUTES.length);
});

test("each router's connection begins with its own Initiation, and has its own Peer Up", async () => {
  const relayedFirst = tap.connections.map((connection) => connection.messages());
  for (const feeder of [frr, goBgp]) {
    const direct = feeder.directTap.latest.messages();
    const [initiation] = direct;
    expect(initiation?.[5]).toBe(INITIATION);
    const throughUs = relayedFirst.find(([first]) => first !== undefined && initiation?.equals(first));
    // Behind the per-peer header, whose time is not the same on all connections: endpoints, both OPENs, and TLVs.
    const peerUps = (messages: readonly Buffer[] = []) =>
      messages.filter((message) => message[5] === PEER_UP).map((message) => message.toString("hex", 48));
    expect(peerUps(direct)).toHaveLength(1);
    expect(peerUps(throughUs)).toEqual(peerUps(direct));
  }
});

test("changes come through", async () => {
  await bird.setRoutes(LATER);
  await expectSame(frr, false, LATER);
  await expectSame(frr, true, LATER);
  await expectSame(goBgp, false, LATER);
});

test("a router that ends is gone, and only that", async () => {
  await frrDaemon.stop("SIGKILL");
  await eventually("the relay has noticed", async () => (await stateOf(frr))["oper-state"] === "waiting");
  const ended = () => tap.connections.filter((connection) => connection.ended !== undefined);
  await eventually("the collector's connection closed", () => ended().length > 0);
  expect(ended().map((connection) => connection.types().includes(TERMINATION))).toEqual([true]);
  await expectSame(goBgp, false, LATER);
  expect(relayed.complaints()).toEqual([]);
  await capture.stop();
  expect(await capture.objections("bmp")).toEqual([]);
});
