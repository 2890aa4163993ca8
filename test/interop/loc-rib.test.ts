import { connect } from "node:net";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import { IPV4_UNICAST } from "../../src/bgp/address-family.ts";
import { fourOctetAs, multiprotocol } from "../../src/bgp/codec/capability.ts";
import { encodePrefixes } from "../../src/bgp/codec/prefix.ts";
import { encodeEndOfRib, encodeWithdrawal } from "../../src/bgp/codec/update.ts";
import { announcement, type RouteFacts, type TestPeer } from "../bgp/loc-rib-model.ts";
import { Router } from "../bgp/router.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, SERVER_ROUTER_ID, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { FrrDecision } from "./harness/frr-decision.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import {
  BIRD_V4,
  COLLECTOR_V4,
  COLLECTOR_V6,
  EXABGP_V4,
  enterPrivateNetwork,
  FRR_V4,
  GOBGP_V4,
  SERVER_V4,
} from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

const EBGP = { hasPathIds: false, peerType: "global" as const };
/** Two neighbours in one AS, one that has AS numbers of two octets only, one in our AS. */
const ANNOUNCERS: readonly TestPeer[] = [
  { ...EBGP, address: BIRD_V4, as: 65004, bgpId: 0x0a_ff_00_09, isFourOctetAs: true },
  { ...EBGP, address: EXABGP_V4, as: 65004, bgpId: 0x0a_ff_00_05, isFourOctetAs: true },
  { ...EBGP, address: GOBGP_V4, as: 65006, bgpId: 0x0a_ff_00_07, isFourOctetAs: false },
  { ...EBGP, address: COLLECTOR_V4, as: SERVER_AS, bgpId: 0x0a_ff_00_03, isFourOctetAs: true },
];
const PREFIXES = Array.from({ length: 250 }, (_, i) => `198.18.${i}.0/24`);
/** Longer than the test takes: nobody sends a KEEPALIVE. */
const HOLD_TIME_S = 600;

const factsOf = (peer: TestPeer): fc.Arbitrary<RouteFacts> =>
  fc.record({
    origin: fc.constantFrom(0, 0, 0, 2),
    path: fc
      .constantFrom<RouteFacts["path"]>(
        [64999],
        [70_000],
        [64999, 70_000],
        [70_000, [64999, 70_001]],
        [[64998, 64999]],
        [SERVER_AS],
      )
      // From another AS it begins with that one.
      .map((path) => (peer.as === SERVER_AS ? path : [peer.as, ...path.slice(0, 1)])),
    hasOwnNextHop: fc.constant(false),
    nextHop: fc.constant(peer.address),
    med: fc.constantFrom(undefined, 0, 10, 20),
    // To a neighbour in the same AS it must be there (RFC 4271 section 5.1.5).
    localPref: fc.constantFrom(...(peer.as === SERVER_AS ? [100, 100, 50, 200] : [undefined, 50, 200])),
    // From another AS they are not to be looked at (RFC 7606 section 7.9), but FRR does.
    originatorId: fc.constantFrom(...(peer.as === SERVER_AS ? [undefined, 0x0a_ff_00_01, 0x0a_ff_00_06] : [undefined])),
    clusterList: fc.constantFrom<readonly number[]>(...(peer.as === SERVER_AS ? [[], [1], [0x0a_ff_00_01]] : [[]])),
  });

let client: NetconfClient;
let server: ServerProcess;
let pmbmpd: Pmbmpd;
let capture: Capture;
let frr: FrrDecision;
let routers: readonly (readonly Router[])[] = [];

const speaker = (locRib: string): string =>
  bgp(
    ...ANNOUNCERS.map(({ address, as }) =>
      neighbor(address, as, { "connection-mode": "passive", "hold-time": HOLD_TIME_S }),
    ),
  ).replace("<neighbor>", `${locRib}<neighbor>`);

async function routerTo(host: string, { address, as, bgpId, isFourOctetAs }: TestPeer): Promise<Router> {
  const router = new Router(connect({ port: 179, host, localAddress: address }));
  const capabilities = [multiprotocol(IPV4_UNICAST), ...(isFourOctetAs ? [fourOctetAs(as)] : [])];
  await router.establish({ as, bgpId, holdTimeS: HOLD_TIME_S, capabilities });
  return router;
}

/** The same to FRR and to the server. */
function say(announcer: number, pdu: Uint8Array): void {
  for (const router of routers[announcer] ?? []) router.send(pdu);
}

const isOfLocRib = ({ peer_ip, bmp_msg_type }: PmbmpdEvent): boolean =>
  peer_ip === "0.0.0.0" && bmp_msg_type === "route_monitor";

/** Prefix and next hop, which is the neighbour, of what pmbmpd has of the Loc-RIB. */
function locRib(): [string, string][] {
  const table = new Map<string, string>();
  for (const event of pmbmpd.events()) {
    if (event.bmp_msg_type === "peer_down" && event.peer_ip === "0.0.0.0") table.clear();
    const prefix = event["ip_prefix"];
    if (!isOfLocRib(event) || typeof prefix !== "string") continue;
    if (event["log_type"] === "update") table.set(prefix, String(event["bgp_nexthop"]));
    else table.delete(prefix);
  }
  return [...table].sort(([one], [other]) => (one < other ? -1 : 1));
}

async function expectSameDecision(): Promise<[string, string][]> {
  // FRR has taken all in when it says the same twice.
  let expected = await frr.bestPaths();
  await eventually("FRR has decided", async () => {
    const before = JSON.stringify(expected);
    await new Promise((resolve) => setTimeout(resolve, 500));
    expected = await frr.bestPaths();
    return expected.length > 0 && JSON.stringify(expected) === before;
  });
  await eventually("the same best paths", () => JSON.stringify(locRib()) === JSON.stringify(expected), 10).catch(
    () => {},
  );
  expect(locRib()).toEqual(expected);
  return expected;
}

function announceSome(seed: number, share: number): void {
  for (const [index, peer] of ANNOUNCERS.entries()) {
    const facts = fc.sample(factsOf(peer), { seed: seed + index, numRuns: PREFIXES.length });
    const chance = fc.sample(fc.double({ min: 0, max: 1, noNaN: true }), {
      seed: seed - index,
      numRuns: PREFIXES.length,
    });
    for (const [at, prefix] of PREFIXES.entries()) {
      const nlri = encodePrefixes(IPV4_UNICAST, [prefix]);
      if ((chance[at] as number) < share) say(index, announcement(IPV4_UNICAST, peer, facts[at] as RouteFacts, [nlri]));
      else if ((chance[at] as number) > 0.85) say(index, encodeWithdrawal(IPV4_UNICAST, nlri));
    }
  }
}

beforeAll(async () => {
  [pmbmpd, capture, server, frr] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    Capture.start(11019),
    ServerProcess.start(),
    FrrDecision.start(SERVER_AS, SERVER_ROUTER_ID, ANNOUNCERS),
  ]);
  client = await server.connect();
  await client.configure(speaker("<loc-rib/>") + bmp(session(COLLECTOR_V4)));
  routers = await Promise.all(
    ANNOUNCERS.map((peer) => Promise.all([FRR_V4, SERVER_V4].map((host) => routerTo(host, peer)))),
  );
});
afterAll(cleanUp);

test("of the same routes FRR selects the same", async () => {
  announceSome(1, 0.8);
  for (const index of ANNOUNCERS.keys()) say(index, encodeEndOfRib(IPV4_UNICAST));
  const best = await expectSameDecision();
  expect(best.length).toBeGreaterThan(200);
  // Each of them has won somewhere.
  expect(new Set(best.map(([, neighborAddress]) => neighborAddress))).toEqual(
    new Set(ANNOUNCERS.map(({ address }) => address)),
  );
});

test("the state has as many", async () => {
  const filter = '<bgp xmlns="urn:bmpconfd:yang:bgp"><loc-rib><state/></loc-rib></bgp>';
  const count = (await frr.bestPaths()).length;
  expect(await client.get(filter)).toContain(
    `<address-family><name>ipv4-unicast</name><routes>${count}</routes></address-family>`,
  );
});

test("after policy a neighbour has the routes that FRR may use of it (RFC 7854 2)", async () => {
  const later = await Pmbmpd.listen(COLLECTOR_V6);
  const mode = "<route-mode><address-family>any</address-family><rib>adj-rib-in-post-policy</rib></route-mode>";
  await client.configure(
    bmp(session(COLLECTOR_V6).replace("</bmp-session>", `<monitor><public>${mode}</public></monitor></bmp-session>`)),
  );
  const prefixesOf = (address: string): string[] =>
    later.routes().flatMap(({ peer, prefix }) => (peer === address ? [prefix] : []));
  for (const { address } of ANNOUNCERS) {
    const usable = await frr.usableRoutes(address);
    await eventually(address, () => prefixesOf(address).length === usable.length, 10).catch(() => {});
    expect(prefixesOf(address)).toEqual(usable);
  }
  const routes = later.events().filter((event) => event.bmp_msg_type === "route_monitor");
  expect(new Set(routes.map((event) => event["is_post"]))).toEqual(new Set([1]));
  expect(later.complaints()).toEqual([]);
});

test("so it does after changes, in whatever order", async () => {
  for (const seed of [100, 200, 300]) {
    announceSome(seed, 0.4);
    await expectSameDecision();
  }
});

test("and when a neighbour is gone", async () => {
  for (const router of routers[0] ?? []) router.socket.destroy();
  const best = await expectSameDecision();
  expect(best.map(([, address]) => address)).not.toContain(BIRD_V4);
});

test("a Loc-RIB that is made at a commit has the same; at the next one it is down (RFC 9069 5.3)", async () => {
  const remove = '<bgp xmlns="urn:bmpconfd:yang:bgp"><loc-rib nc:operation="remove"/></bgp>';
  await client.configure(remove);
  await eventually("Peer Down", () => locRib().length === 0);
  await client.configure('<bgp xmlns="urn:bmpconfd:yang:bgp"><loc-rib><table-name>blue</table-name></loc-rib></bgp>');
  await expectSameDecision();
  await client.configure(remove);
  await eventually("Peer Down", () => locRib().length === 0);
  const ofLocRib = pmbmpd.events().filter(({ peer_ip }) => peer_ip === "0.0.0.0");
  expect(ofLocRib.filter((event) => event.bmp_msg_type === "peer_up")).toMatchObject([{}, {}]);
  expect(ofLocRib.filter((event) => event.bmp_msg_type === "peer_down")).toMatchObject([
    { reason_type: 6 },
    { reason_type: 6 },
  ]);
  // The sessions of the neighbours that are left have not noticed.
  const downs = pmbmpd.events().filter((event) => event.bmp_msg_type === "peer_down" && event.peer_ip !== "0.0.0.0");
  expect(downs.map(({ peer_ip }) => peer_ip)).toEqual([BIRD_V4]);
  expect(pmbmpd.complaints()).toEqual([]);
});

test("tshark objects to nothing but the TLV of Peer Up, which it does not know", async () => {
  await server.stop();
  await capture.stop();
  const objections = await capture.packets("bmp", "_ws.malformed || _ws.expert.severity == 8388608", [
    "bmp.type",
    "bmp.peer.type",
  ]);
  expect(objections.length).toBe(2);
  for (const { "bmp.type": types, "bmp.peer.type": peers } of objections) {
    expect(types).toContain("3");
    expect(peers).toContain("3");
  }
});
