import { afterAll, beforeAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { Pmbmpd, type PmbmpdEvent, type Route } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, enterPrivateNetwork, FRR_V4, GOBGP_V4, SERVER_V4 } from "./harness/private-network.ts";
import { startFrrExporter, startGoBgpExporter } from "./harness/reference-exporters.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const PORTS = { server: 11019, frr: 11020, goBgp: 11021 };

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

/** Something of every kind that all three understand. */
const ATTRIBUTES = `
  if net ~ [ 198.51.100.0/24+ ] then { bgp_community.add((65004,100)); bgp_community.add((65004,200)); bgp_med = 50; }
  if net ~ [ 203.0.113.0/24+ ] then { bgp_path.prepend(64999); bgp_path.prepend(4200000000); bgp_origin = ORIGIN_EGP; }
  if net ~ [ 2001:db8:b::/48+ ] then { bgp_large_community.add((65004,1,2)); bgp_origin = ORIGIN_INCOMPLETE; }
`;

let collectors: Readonly<Record<keyof typeof PORTS, Pmbmpd>>;
let bird: Bird;

beforeAll(async () => {
  const [server, frr, goBgp, process] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4, PORTS.server),
    Pmbmpd.listen(COLLECTOR_V4, PORTS.frr),
    Pmbmpd.listen(COLLECTOR_V4, PORTS.goBgp),
    ServerProcess.start(),
  ]);
  collectors = { server, frr, goBgp };
  const client = await process.connect();
  await client.configure(
    bgp(neighbor(BIRD_V4, BIRD_AS, { "connection-mode": "passive" })) +
      bmp(session(COLLECTOR_V4, { port: PORTS.server })),
  );
  await client.close();
  const reference = { as: SERVER_AS, neighborAs: BIRD_AS };
  await startFrrExporter({ ...reference, port: PORTS.frr });
  await startGoBgpExporter({ ...reference, port: PORTS.goBgp });
  bird = new Bird(SERVER_AS, ROUTES, { neighbors: [SERVER_V4, FRR_V4, GOBGP_V4], attributes: ATTRIBUTES });
  await bird.start();
});
afterAll(cleanUp);

const prefixes = (routes: readonly Route[]): string[] => routes.map(({ prefix }) => prefix).sort();

/** The same table at all three, as pmbmpd has understood their BMP. */
async function expectSameTables(announced: readonly string[]): Promise<void> {
  const wanted = JSON.stringify([...announced].sort());
  for (const [name, collector] of Object.entries(collectors)) {
    await eventually(
      `${name}'s collector has all routes`,
      () => JSON.stringify(prefixes(collector.routes())) === wanted,
    );
  }
  const { server, frr, goBgp } = collectors;
  expect(server.routes()).toEqual(goBgp.routes());
  // FRR 8.4 reports the path with its own AS before it.
  const ownAs = new RegExp(`^${SERVER_AS} `);
  expect(server.routes()).toEqual(frr.routes().map((route) => ({ ...route, asPath: route.asPath.replace(ownAs, "") })));
}

test("what a router announces is reported as FRR's and GoBGP's own BMP report it", async () => {
  await expectSameTables(ROUTES);
  expect(collectors.server.routes()).toContainEqual({
    peer: BIRD_V4,
    prefix: "198.51.100.0/24",
    nextHop: BIRD_V4,
    asPath: String(BIRD_AS),
    origin: "i",
    med: 50,
    communities: "65004:100 65004:200",
  });
});

test("so are changes", async () => {
  await bird.setRoutes(LATER);
  await expectSameTables(LATER);
});

test("and the end of the session", async () => {
  await bird.stop();
  const reasons: unknown[] = [];
  for (const [name, collector] of Object.entries(collectors)) {
    await eventually(`no routes of ${name}'s are left`, () => collector.routes().length === 0);
    // FRR reports a router that is down before it was up, too.
    const down = collector.events().findLast((event) => event.bmp_msg_type === "peer_down") as PmbmpdEvent;
    expect(down.peer_ip).toBe(BIRD_V4);
    reasons.push(down["reason_type"]);
    expect(collector.complaints()).toEqual([]);
  }
  // The router has sent a NOTIFICATION.
  expect(reasons).toEqual([3, 3, 3]);
});
