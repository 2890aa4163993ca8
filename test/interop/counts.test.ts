import { afterAll, expect, test } from "vitest";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState, type SessionState, sessionState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork, FRR_V4 } from "./harness/private-network.ts";
import {
  INITIATION,
  PEER_DOWN,
  PEER_UP,
  RecordingSink,
  ROUTE_MIRRORING,
  ROUTE_MONITORING,
  STATISTICS_REPORT,
  TERMINATION,
} from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();
afterAll(cleanUp);

const TYPES = {
  "route-monitoring": ROUTE_MONITORING,
  "statistics-report": STATISTICS_REPORT,
  "peer-down": PEER_DOWN,
  "peer-up": PEER_UP,
  initiation: INITIATION,
  termination: TERMINATION,
  "route-mirroring": ROUTE_MIRRORING,
};

const action = (address: string, name: string): string =>
  `<action xmlns="urn:ietf:params:xml:ns:yang:1">${bmp(
    `<bmp-session><vpn-instance>_public_</vpn-instance><address>${address}</address><alias/><${name}/></bmp-session>`,
  )}</action>`;

async function untilState(client: NetconfClient, address: string, operState: string): Promise<SessionState> {
  return eventually(`${address} ${operState}`, async () => {
    const state = await sessionState(client, address);
    return state?.["oper-state"] === operState ? state : undefined;
  });
}

test("what the state counts is what a sink and pmbmpd have received, whatever the sessions went through", async () => {
  const frr = new Frr(SERVER_AS, ["198.51.100.0/24", "203.0.113.0/25", "2001:db8:f::/48"]);
  const [pmbmpd, sink, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    RecordingSink.listen(COLLECTOR_V6),
    ServerProcess.start(),
    frr.start(),
  ]);
  const client = await server.connect();
  const sessions = (enabled: boolean) =>
    bmp(
      "<statistics-interval>15</statistics-interval>",
      session(COLLECTOR_V4, { enabled }),
      session(COLLECTOR_V6, { enabled, "route-mirroring": "all" }),
    );
  await client.configure(bgp(neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" })) + sessions(true));
  await eventually("pmbmpd has the tables", () => pmbmpd.routes().length === 3);
  await untilState(client, COLLECTOR_V6, "up");
  const events = (type: string) => pmbmpd.events().filter(({ bmp_msg_type }) => bmp_msg_type === type);

  // The neighbour's prefixes are those the collector has.
  const families = (await neighborState(client, FRR_V4))?.["address-family"] ?? [];
  expect(families.map(({ name, prefixes }) => [name, Number(prefixes)])).toEqual([
    ["ipv4-unicast", pmbmpd.routes().filter(({ prefix }) => !prefix.includes(":")).length],
    ["ipv6-unicast", pmbmpd.routes().filter(({ prefix }) => prefix.includes(":")).length],
  ]);

  for (const prefix of ["198.18.0.0/15", "192.0.2.0/24"]) await frr.announce(prefix);
  await frr.withdraw("198.18.0.0/15");
  await eventually("pmbmpd has them", () => pmbmpd.routes().length === 4);
  await eventually("statistics", () => sink.latest.types().includes(STATISTICS_REPORT), 40);
  // A reset, a connection that breaks, and a neighbour that goes and comes.
  await client.rpc(action(COLLECTOR_V4, "reset"));
  await client.rpc(action(COLLECTOR_V6, "reset"));
  await eventually("connected again", () => sink.connections.length === 2 && events("init").length === 2);
  await untilState(client, COLLECTOR_V6, "up");
  await eventually(
    "the tables again",
    () => sink.latest.types().filter((type) => type === ROUTE_MONITORING).length > 3,
  );
  sink.latest.destroy();
  await eventually("connected once more", () => sink.connections.length === 3);
  await untilState(client, COLLECTOR_V6, "up");
  expect(await sessionState(client, COLLECTOR_V6)).toMatchObject({
    "down-reason": "connection-reset",
    flaps: "1",
    "up-transitions": "3",
  });
  await frr.stop();
  await eventually("both know", () => sink.latest.types().includes(PEER_DOWN) && events("peer_down").length === 1);

  await client.configure(sessions(false));
  const [toPmbmpd, toSink] = [
    await untilState(client, COLLECTOR_V4, "disabled"),
    await untilState(client, COLLECTOR_V6, "disabled"),
  ];
  await eventually("both have it all", () => sink.latest.ended === "end" && events("term").length === 2);
  const received = sink.connections.flatMap((connection) => connection.types());
  const counted = (type: number) => String(received.filter((one) => one === type).length);
  expect(toSink["sent-messages"]).toEqual(
    Object.fromEntries(Object.entries(TYPES).map(([name, type]) => [name, counted(type)])),
  );
  expect(Number(toSink["sent-messages"]["route-mirroring"])).toBeGreaterThan(3);
  const octets = sink.connections.flatMap((connection) => connection.messages());
  expect(toSink["sent-octets"]).toBe(String(Buffer.concat(octets).length));
  expect(toPmbmpd["sent-messages"]).toMatchObject({
    initiation: String(events("init").length),
    "peer-up": String(events("peer_up").length),
    "peer-down": String(events("peer_down").length),
    termination: String(events("term").length),
    "statistics-report": String(events("stats").filter((event) => event["counter_type"] === 7).length),
  });

  // From here on everything is counted anew, but for the sums of all sessions.
  await client.rpc(action(COLLECTOR_V6, "clear-counters"));
  const cleared = await sessionState(client, COLLECTOR_V6);
  expect(cleared).toMatchObject({ "sent-octets": "0", connections: "0" });
  const sums = await client.get(bmp("<state/>"));
  const all = [toPmbmpd, toSink].map((state) => Number(state["sent-octets"]));
  expect(sums).toContain(`<sessions>2</sessions><sessions-up>0</sessions-up>`);
  expect(sums).toContain(`<sent-octets>${all.reduce((a, b) => a + b)}</sent-octets>`);
  await Promise.all([server.stop(), pmbmpd.kill(), sink.close()]);
});
