import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { gobgpdConf, startGobgpd } from "./gobgp.ts";
import { BIRD_V4, COLLECTOR_V4, FRR_V4, GOBGP_V4 } from "./private-network.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

interface Reference {
  /** Its own AS, and that of the neighbour, which is BIRD. */
  readonly as: number;
  readonly neighborAs: number;
  /** Of the collector. */
  readonly port: number;
  /** Further collectors. */
  readonly others?: readonly { readonly address: string; readonly port: number }[];
  /** Routes after policy, too: FRR's gives them a MED of 77. GoBGP then reports its Loc-RIB as well. */
  readonly hasPostPolicy?: boolean;
}

const POST_POLICY_MED = 77;

/** FRR at 10.99.0.2 as an exporter: BIRD's Adj-RIB-In before policy by its own BMP. */
export async function startFrrExporter(reference: Reference): Promise<Daemon> {
  const { as, neighborAs, port, others = [], hasPostPolicy = false } = reference;
  const families = ["ipv4", "ipv6"];
  const monitored = hasPostPolicy ? ["pre-policy", "post-policy"] : ["pre-policy"];
  const policy = hasPostPolicy ? `  neighbor ${BIRD_V4} route-map POLICY in\n` : "";
  const folder = scratchFolder("frr");
  const conf = scratchFile(
    "bgpd.conf",
    `frr defaults traditional
router bgp ${as}
 bgp router-id 10.255.0.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${BIRD_V4} remote-as ${neighborAs}
 neighbor ${BIRD_V4} disable-connected-check
 neighbor ${BIRD_V4} passive
 neighbor ${BIRD_V4} timers 3 9
 neighbor ${BIRD_V4} update-source ${FRR_V4}
 address-family ipv4 unicast
  neighbor ${BIRD_V4} soft-reconfiguration inbound
${policy} exit-address-family
 address-family ipv6 unicast
  neighbor ${BIRD_V4} activate
  neighbor ${BIRD_V4} soft-reconfiguration inbound
${policy} exit-address-family
 bmp targets COLLECTOR
${families.flatMap((family) => monitored.map((rib) => `  bmp monitor ${family} unicast ${rib}\n`)).join("")}\
${[{ address: COLLECTOR_V4, port }, ...others]
  .map((collector) => `  bmp connect ${collector.address} port ${collector.port} min-retry 100 max-retry 500\n`)
  .join("")}\
${hasPostPolicy ? FRR_POLICY : ""}`,
  );
  const files = ["-f", conf, "-i", join(folder, "bgpd.pid"), "-z", join(folder, "zserv.api"), "--vty_socket", folder];
  const options = `-M bmp -Z -n -S -P 0 -p 179 -l ${FRR_V4} --log stdout --log-level notifications`.split(" ");
  const daemon = new Daemon("bgpd", "/usr/lib/frr/bgpd", [...files, ...options]);
  const version = ["--vty_socket", folder, "-d", "bgpd", "-c", "show version"];
  await daemon.ready("answering vtysh", async () => (await runToEnd("vtysh", "vtysh", version)).code === 0);
  return daemon;
}

const FRR_POLICY = `route-map POLICY permit 10
 set metric ${POST_POLICY_MED}
`;

/** GoBGP at 10.99.0.3 as an exporter, the same. */
export async function startGoBgpExporter(reference: Reference): Promise<void> {
  const { as, neighborAs, port, others = [], hasPostPolicy = false } = reference;
  const more = [{ address: COLLECTOR_V4, port }, ...others]
    .map(
      (collector) => `[[bmp-servers]]
  [bmp-servers.config]
    address = "${collector.address}"
    port = ${collector.port}
    route-monitoring-policy = "${hasPostPolicy ? "all" : "pre-policy"}"
`,
    )
    .join("");
  const local = { as, routerId: "10.255.0.1", address: GOBGP_V4 };
  await startGobgpd(gobgpdConf({ local, neighbor: { as: neighborAs, address: BIRD_V4 }, more }), BIRD_V4);
}
