import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { BIRD_AS, Bird } from "./harness/bird.ts";
import { cleanUp } from "./harness/clean-up.ts";
import { bgp, bmp, neighbor, SERVER_AS, session } from "./harness/configuration.ts";
import { eventually } from "./harness/eventually.ts";
import { EXABGP_AS, ExaBgp } from "./harness/exabgp.ts";
import { FRR_AS, Frr } from "./harness/frr.ts";
import { GOBGP_AS, GoBgp } from "./harness/gobgp.ts";
import type { NetconfClient } from "./harness/netconf-client.ts";
import { neighborState } from "./harness/operational-state.ts";
import { Pmbmpd, type PmbmpdEvent } from "./harness/pmbmpd.ts";
import {
  BIRD_V4,
  COLLECTOR_V4,
  COLLECTOR_V6,
  EXABGP_V4,
  enterPrivateNetwork,
  FRR_V4,
  GOBGP_V6,
  SERVER_V6,
} from "./harness/private-network.ts";
import { ServerProcess } from "./harness/server-process.ts";
import { Capture } from "./harness/tshark.ts";

enterPrivateNetwork();

let server: ServerProcess;
let client: NetconfClient;
let pmbmpd: Pmbmpd;
let capture: Capture;
let goBgp: GoBgp;

const of = (name: string, families: readonly string[]): string =>
  families.map((family) => `<${name}>${family}</${name}>`).join("");

const withFamilies = (entry: string, families: readonly string[], withPaths: readonly string[] = []): string =>
  entry.replace("</neighbor>", `${of("address-family", families)}${of("add-path-receive", withPaths)}</neighbor>`);

async function prefixesOf(address: string): Promise<Record<string, string>> {
  const families = (await neighborState(client, address))?.["address-family"];
  return Object.fromEntries((families ?? []).map(({ name, prefixes }) => [name, prefixes]));
}

async function expectPrefixes(address: string, expected: Record<string, string>): Promise<void> {
  const text = JSON.stringify(expected);
  await eventually(address, async () => JSON.stringify(await prefixesOf(address)) === text, 30).catch(() => {});
  expect(await prefixesOf(address)).toEqual(expected);
}

/** More communities than 4096 octets have room for: ExaBGP announces the route in an extended message. */
const COMMUNITIES = Array.from({ length: 1100 }, (_, i) => `65005:${i}`).join(" ");

/**
 * What pmbmpd makes of the routes of all families that it knows: peer, AFI/SAFI, Route Distinguisher, label, prefix and
 * Path Identifier, in the order of their text.
 */
const ROUTES: readonly string[] = [
  `${FRR_V4} 1/1 - - 198.51.100.0/24 -`,
  `${FRR_V4} 1/128 0:65002:1 300 10.2.0.0/16 -`,
  `${FRR_V4} 1/128 0:65002:2 301 10.2.0.0/16 -`,
  `${BIRD_V4} 1/1 - - 203.0.113.0/24 2`,
  `${BIRD_V4} 1/1 - - 203.0.113.0/24 4`,
  `${EXABGP_V4} 1/1 - - 100.64.0.0/10 1`,
  `${EXABGP_V4} 1/1 - - 198.18.0.0/15 1`,
  `${EXABGP_V4} 1/1 - - 198.18.0.0/15 2`,
  `${EXABGP_V4} 1/128 0:65005:1 200 10.1.0.0/16 0`,
  `${EXABGP_V4} 1/4 - 100 203.0.113.0/24 0`,
  `${EXABGP_V4} 2/128 0:65005:1 202 2001:db8:6::/48 0`,
  `${GOBGP_V6} 1/128 0:65003:1 401 10.3.0.0/16 -`,
  `${GOBGP_V6} 1/4 - 400 10.3.0.0/16 -`,
  `${GOBGP_V6} 2/128 0:65003:1 402 2001:db8:9::/48 -`,
];

/** What this version of tshark does not know: UPDATEs of more than 4096 octets, Path Identifiers of VPN routes. */
const UNKNOWN_TO_TSHARK = [
  /^Length is invalid 4\d{3}$/,
  /^MP Reach NLRI Labeled VPN IPv[46] prefix length 0 invalid$/,
  /^Graceful Restart Capability supported in Helper mode only$/,
];

function routesOf(collector: Pmbmpd): string[] {
  const table = new Set<string>();
  for (const event of collector.events()) {
    const { peer_ip, afi, safi, rd = "-", label = "-", ip_prefix, as_path_id = "-", log_type } = event;
    if (typeof ip_prefix !== "string") continue;
    const route = `${peer_ip} ${String(afi)}/${String(safi)} ${String(rd)} ${String(label)} ${ip_prefix} ${String(as_path_id)}`;
    if (log_type === "update") table.add(route);
    else table.delete(route);
  }
  return [...table].sort();
}

async function expectRoutes(collector: Pmbmpd): Promise<void> {
  const text = JSON.stringify(ROUTES);
  await eventually("the collector has all routes", () => JSON.stringify(routesOf(collector)) === text).catch(() => {});
  expect(routesOf(collector)).toEqual(ROUTES);
}

beforeAll(async () => {
  [pmbmpd, capture, server] = await Promise.all([
    Pmbmpd.listen(COLLECTOR_V4),
    Capture.start(11019),
    ServerProcess.start(),
  ]);
  const frr = new Frr(SERVER_AS, ["198.51.100.0/24"], {
    vpnNetworks: ["10.2.0.0/16 rd 65002:1 label 300", "10.2.0.0/16 rd 65002:2 label 301"],
    multicastNetworks: ["192.88.99.0/24"],
  });
  goBgp = new GoBgp(SERVER_AS, [
    "ipv4-unicast",
    "ipv4-labelled-unicast",
    "l3vpn-ipv4-unicast",
    "l3vpn-ipv6-unicast",
    "l2vpn-evpn",
    "ipv4-flowspec",
    "l3vpn-ipv4-flowspec",
    "ls",
  ]);
  const bird = new Bird(SERVER_AS, ["203.0.113.0/24"], {
    paths: ["203.0.113.0/24"],
    flows: ["dst 192.0.2.0/24; proto = 6;", "dst 192.0.2.0/25; dport = 80;"],
  });
  const exaBgp = new ExaBgp(SERVER_AS, {
    families: [
      "ipv4 unicast",
      "ipv4 nlri-mpls",
      "ipv4 mpls-vpn",
      "ipv6 mpls-vpn",
      "ipv4 flow",
      "ipv4 flow-vpn",
      "l2vpn vpls",
    ],
    routes: [
      `198.18.0.0/15 next-hop ${EXABGP_V4} path-information 0.0.0.1`,
      `198.18.0.0/15 next-hop ${EXABGP_V4} med 7 path-information 0.0.0.2`,
      `100.64.0.0/10 next-hop ${EXABGP_V4} path-information 0.0.0.1 community [ ${COMMUNITIES} ]`,
      `203.0.113.0/24 next-hop ${EXABGP_V4} label 100`,
      `10.1.0.0/16 rd 65005:1 label 200 next-hop ${EXABGP_V4}`,
      `2001:db8:6::/48 rd 65005:1 label 202 next-hop 2001:db8::5`,
    ],
    flows: [
      "match { destination 192.0.2.0/24; protocol tcp; destination-port =80; } then { discard; }",
      "rd 65005:1; match { destination 192.0.2.0/25; } then { rate-limit 9600; }",
    ],
    sites: [`endpoint 3; base 10702; offset 1; size 8; rd 65005:1; next-hop ${EXABGP_V4};`],
  });
  await Promise.all([frr.start(), goBgp.start(), bird.start(), exaBgp.start()]);
  client = await server.connect();
  await client.configure(
    bgp(
      withFamilies(neighbor(FRR_V4, FRR_AS, { "connection-mode": "passive" }), [
        "ipv4-unicast",
        "l3vpn-ipv4-unicast",
        "ipv4-multicast",
      ]),
      withFamilies(neighbor(GOBGP_V6, GOBGP_AS, { "connection-mode": "active", "local-address": SERVER_V6 }), [
        "ipv4-unicast",
        "ipv4-labeled-unicast",
        "l3vpn-ipv4-unicast",
        "l3vpn-ipv6-unicast",
        "l2vpn-evpn",
        "ipv4-flowspec",
        "l3vpn-ipv4-flowspec",
        "link-state",
      ]),
      withFamilies(
        neighbor(BIRD_V4, BIRD_AS, { "connection-mode": "passive" }),
        ["ipv4-unicast", "ipv4-flowspec"],
        ["ipv4-unicast"],
      ),
      withFamilies(
        neighbor(EXABGP_V4, EXABGP_AS, { "connection-mode": "passive" }),
        [
          "ipv4-unicast",
          "ipv4-labeled-unicast",
          "l3vpn-ipv4-unicast",
          "l3vpn-ipv6-unicast",
          "ipv4-flowspec",
          "l3vpn-ipv4-flowspec",
          "l2vpn-vpls",
        ],
        ["ipv4-unicast", "ipv4-labeled-unicast", "l3vpn-ipv4-unicast", "l3vpn-ipv6-unicast"],
      ),
    ) + bmp(session(COLLECTOR_V4)),
  );
  await eventually(
    "GoBGP established",
    async () => (await neighborState(client, GOBGP_V6))?.["fsm-state"] === "established",
  );
  await goBgp.changeOf("ipv4-mpls", "add", "10.3.0.0/16 400 nexthop 10.99.0.3");
  await goBgp.changeOf("vpnv4", "add", "10.3.0.0/16 label 401 rd 65003:1 rt 65003:1 nexthop 10.99.0.3");
  await goBgp.changeOf("vpnv6", "add", "2001:db8:9::/48 label 402 rd 65003:1 rt 65003:1 nexthop 2001:db8::3");
  await goBgp.changeOf(
    "evpn",
    "add",
    "macadv aa:bb:cc:dd:ee:04 10.3.0.1 etag 1000 label 403 rd 65003:1 rt 65003:1 encap vxlan nexthop 10.99.0.3",
  );
  await goBgp.changeOf("evpn", "add", "multicast 10.3.0.2 etag 100 rd 65003:1 rt 65003:1 nexthop 10.99.0.3");
  await goBgp.changeOf("evpn", "add", "prefix 10.3.1.0/24 etag 10 label 404 rd 65003:1 rt 65003:1 nexthop 10.99.0.3");
  await goBgp.changeOf("ipv4-flowspec", "add", "match destination 192.0.2.0/24 protocol tcp then discard");
}, 120_000);
afterAll(cleanUp);

describe("neighbours that announce more than unicast", () => {
  test("FRR: IPv4 VPN, multicast", () =>
    expectPrefixes(FRR_V4, { "ipv4-unicast": "1", "l3vpn-ipv4-unicast": "2", "ipv4-multicast": "1" }));
  test("GoBGP", () =>
    expectPrefixes(GOBGP_V6, {
      "ipv4-unicast": "0",
      "ipv4-labeled-unicast": "1",
      "l3vpn-ipv4-unicast": "1",
      "l3vpn-ipv6-unicast": "1",
      "l2vpn-evpn": "3",
      "ipv4-flowspec": "1",
      "l3vpn-ipv4-flowspec": "0",
      "link-state": "0",
    }));
  test("BIRD: two paths, flow specifications", () =>
    expectPrefixes(BIRD_V4, { "ipv4-unicast": "2", "ipv4-flowspec": "2" }));
  test("ExaBGP", () =>
    expectPrefixes(EXABGP_V4, {
      "ipv4-unicast": "3",
      "ipv4-labeled-unicast": "1",
      "l3vpn-ipv4-unicast": "1",
      "l3vpn-ipv6-unicast": "1",
      "ipv4-flowspec": "1",
      "l3vpn-ipv4-flowspec": "1",
      "l2vpn-vpls": "1",
    }));

  test("pmbmpd has each path, with its label and Route Distinguisher, in the OPENs' own terms", () =>
    expectRoutes(pmbmpd));

  test("a collector that connects later gets the same from the tables", async () => {
    const late = await Pmbmpd.listen(COLLECTOR_V6);
    await client.configure(bmp(session(COLLECTOR_V6)));
    await expectRoutes(late);
    expect([...pmbmpd.complaints(), ...late.complaints()]).toEqual([]);
  });

  test("a route is withdrawn whatever label the withdrawal has (RFC 8277 2.4)", async () => {
    const route = "10.3.0.0/16 label 401 rd 65003:1 rt 65003:1 nexthop 10.99.0.3";
    const count = async (): Promise<string | undefined> => (await prefixesOf(GOBGP_V6))["l3vpn-ipv4-unicast"];
    await goBgp.changeOf("vpnv4", "del", route);
    await eventually("the route is gone", async () => (await count()) === "0");
    await goBgp.changeOf("vpnv4", "add", route.replace("401", "409"));
    await eventually("the route is back", async () => (await count()) === "1");
    await goBgp.changeOf("vpnv4", "add", route.replace("401", "410"));
    const relabelled = (event: PmbmpdEvent): boolean => event.peer_ip === GOBGP_V6 && event["label"] === "410";
    await eventually("the new label is told", () => pmbmpd.events().some(relabelled));
    expect(await count()).toBe("1");
  });

  test("tshark objects to nothing, and has seen all families", async () => {
    await server.stop();
    await capture.stop();
    const objections = await capture.packets("bmp", "_ws.malformed || _ws.expert.severity == 8388608", [
      "_ws.expert.message",
    ]);
    const messages = objections.flatMap((packet) => packet["_ws.expert.message"]);
    expect(messages.filter((text) => !UNKNOWN_TO_TSHARK.some((known) => known.test(text)))).toEqual([]);
    const safi = "bgp.update.path_attribute.mp_reach_nlri.safi";
    const seen = async (collector: string): Promise<string[]> => {
      const packets = await capture.packets("bmp", `bmp.type == 0 && ${collector}`, [safi]);
      return [...new Set(packets.flatMap((packet) => packet[safi]))].sort((one, other) => Number(one) - Number(other));
    };
    for (const collector of [`ip.dst == ${COLLECTOR_V4}`, `ipv6.dst == ${COLLECTOR_V6}`])
      expect(await seen(collector)).toEqual(["2", "4", "65", "70", "128", "133", "134"]);
    const evpn = await capture.packets("bmp", `ipv6.dst == ${COLLECTOR_V6} && bgp.evpn.nlri`, ["bgp.evpn.nlri.rt"]);
    expect(new Set(evpn.flatMap((packet) => packet["bgp.evpn.nlri.rt"]))).toEqual(new Set(["2", "3", "5"]));
  });
});
