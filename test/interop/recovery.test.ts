import { afterAll, beforeAll, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState, sessionState } from "./harness/operational-state.ts";
import { Pmbmpd } from "./harness/pmbmpd.ts";
import { BIRD_V4, COLLECTOR_V4, COLLECTOR_V6, enterPrivateNetwork, FRR_V4 } from "./harness/private-network.ts";
import { INITIATION, RecordingSink } from "./harness/recording-sink.ts";
import { ServerProcess } from "./harness/server-process.ts";

enterPrivateNetwork();

const BIRD_ROUTES = ["198.51.100.0/24", "2001:db8:4::/48"];
const FRR_ROUTES = ["192.0.2.0/24", "2001:db8:2::/48"];

let server: ServerProcess;
let client: NetconfClient;
let bird: Bird;
let frr: Frr;
let pmbmpd: Pmbmpd;
let sink: RecordingSink;

const prefixesOf = (peer: string): string[] =>
  pmbmpd
    .routes()
    .filter((route) => route.peer === peer)
    .map((route) => route.prefix);

const hasAll = (): boolean =>
  BIRD_ROUTES.every((prefix) => prefixesOf(BIRD_V4).includes(prefix)) &&
  FRR_ROUTES.every((prefix) => prefixesOf(FRR_V4).includes(prefix));

beforeAll(async () => {
  [pmbmpd, sink, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    RecordingSink.listen(COLLECTOR_V6),
    ServerProcess.start(),
  ]);
  bird = new Bird(SERVER_AS, BIRD_ROUTES);
  frr = new Frr(SERVER_AS, FRR_ROUTES);
  await Promise.all([bird.start(), frr.start()]);
  client = await server.connect();
  await client.configure(
    bgp(
      neighbor(BIRD_V4, BIRD_AS, { "connection-mode": "both" }),
      neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" }),
    ) + bmp(session(COLLECTOR_V4), session(COLLECTOR_V6)),
  );
  await eventually("all routes at the collector", hasAll);
  await eventually(
    "the other collector is up",
    async () => (await sessionState(client, COLLECTOR_V6))?.["oper-state"] === "up",
  );
});
afterAll(cleanUp);

test("a collector that is killed and comes back is sent everything anew; the other one is not disturbed", async () => {
  await pmbmpd.kill();
  await eventually("state says so", async () => (await sessionState(client, COLLECTOR_V4))?.["oper-state"] !== "up");
  pmbmpd = await Pmbmpd.listen(COLLECTOR_V4);
  await eventually("all routes at the new collector", hasAll);
  expect(pmbmpd.complaints()).toEqual([]);
  expect(await sessionState(client, COLLECTOR_V4)).toMatchObject({ connections: "2" });
  expect(sink.connections).toHaveLength(1);
});

test("a collector that resets its connection is dialled again and sent both tables to their End-of-RIB", async () => {
  const before = sink.connections.length;
  sink.latest.destroy();
  await eventually("a new connection with its Initiation", () => {
    const latest = sink.connections.length > before ? sink.latest.types() : [];
    return latest[0] === INITIATION && latest.length > 1;
  });
  const families = ["ipv4-unicast", "ipv4-unicast", "ipv6-unicast", "ipv6-unicast"];
  await eventually(
    "End-of-RIB of two neighbours and two families",
    () => sink.latest.endOfRibs().length >= families.length,
  );
  expect(sink.latest.endOfRibs()).toEqual(families);
  expect(prefixesOf(BIRD_V4)).toEqual(BIRD_ROUTES);
});

test("a neighbour that is killed is reported down, and up again with its routes when it is back", async () => {
  await bird.kill();
  await eventually("its routes are gone", () => prefixesOf(BIRD_V4).length === 0);
  const downs = pmbmpd.events().filter((event) => event.bmp_msg_type === "peer_down");
  // Reason 4: the neighbour closed without a NOTIFICATION.
  expect(downs).toMatchObject([{ peer_ip: BIRD_V4, reason_type: 4 }]);
  expect(prefixesOf(FRR_V4)).toEqual(FRR_ROUTES);

  await bird.start();
  await eventually("its routes are back", hasAll, 40);
  expect(await neighborState(client, BIRD_V4)).toMatchObject({
    "fsm-state": "established",
    "established-transitions": "2",
  });
});

// Each round is killed after another number of commits.
test.each([1, 20, 100])(
  "kill -9 of the server during traffic and after %i commits loses none of them; its restart brings everything back",
  async (enough) => {
    const connectionsBefore = sink.connections.length;
    // Routes come and go, and commits are made, until the very moment.
    const churn = (async () => {
      for (let round = 0; server.daemon.isRunning; round++) {
        await frr.announce(`198.18.${round % 200}.0/24`);
        await frr.withdraw(`198.18.${round % 200}.0/24`);
      }
    })();
    let acknowledged = "";
    const commits = (async () => {
      for (let round = 1; ; round++) {
        await client.configure(bmp(`<system-name>round-${round}</system-name>`));
        acknowledged = `round-${round}`;
      }
    })().catch(() => {});
    await eventually("some commits", () => acknowledged !== "" && Number(acknowledged.split("-")[1]) >= enough);
    await server.stop("SIGKILL");
    await Promise.all([churn, commits]);

    server = await ServerProcess.start({ dataDir: server.dataDir });
    client = await server.connect();
    // The commit under way may have made it to disk without its <ok/>.
    const next = `round-${Number(acknowledged.split("-")[1]) + 1}`;
    const found = /<system-name>(.*)<\/system-name>/.exec(await client.getConfig())?.[1];
    expect([acknowledged, next]).toContain(found);

    await eventually("the collectors are dialled again", () => sink.connections.length > connectionsBefore);
    await eventually(
      "the neighbours are back",
      async () => {
        const states = await Promise.all([BIRD_V4, FRR_V4].map((address) => neighborState(client, address)));
        return states.every((state) => state?.["fsm-state"] === "established");
      },
      40,
    );
    const last = FRR_ROUTES.concat(BIRD_ROUTES);
    await eventually(
      "the routes are back at the collector",
      () => {
        const events = pmbmpd.events();
        const restart = events.findLastIndex((event) => event.bmp_msg_type === "init");
        const since = new Set(events.slice(restart).map((event) => event["ip_prefix"]));
        return restart > 0 && last.every((prefix) => since.has(prefix));
      },
      40,
    );
    expect(sink.latest.types()[0]).toBe(INITIATION);
  },
);
