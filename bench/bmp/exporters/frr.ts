import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { Daemon } from "../../shared/processes/daemon.ts";
import { freePort } from "../../shared/processes/free-port.ts";
import { cpuMsOf, rssBytesOf } from "../../shared/processes/process-usage.ts";
import { scratchFolder } from "../../shared/processes/scratch.ts";
import { ROUTER_ADDRESS } from "../feed/router.ts";
import { EXPORTER_AS, type Exporter, type RunningExporter } from "./exporter.ts";

const START_MS = 30_000;
const BGPD = "/usr/lib/frr/bgpd";
const run = promisify(execFile);

/** FRR's bgpd with its BMP module. Each collector is a target of its own, as FRR wants it for several of them. */
export class Frr implements Exporter {
  readonly name = "FRR";

  async start(routerAs: number): Promise<RunningExporter> {
    const folder = scratchFolder("frr");
    const bgpPort = await freePort();
    const conf = join(folder, "bgpd.conf");
    writeFileSync(conf, configuration(routerAs));
    const files = ["-f", conf, "-i", join(folder, "bgpd.pid"), "-z", join(folder, "zserv.api"), "--vty_socket", folder];
    // No zebra (-Z, -n), no change of user (-S), no telnet port (-P 0).
    const options = ["-M", "bmp", "-Z", "-n", "-S", "-P", "0", "-p", `${bgpPort}`, "-l", "127.0.0.1"];
    const daemon = new Daemon("bgpd", BGPD, [...files, ...options, "--log", "stdout", "--log-level", "err"], folder);
    const vtysh = async (...commands: string[]): Promise<void> => {
      await run("vtysh", ["--vty_socket", folder, "-d", "bgpd", ...commands.flatMap((command) => ["-c", command])]);
    };
    await daemon.readyWhen(async () => vtysh("show version"), START_MS);
    let targets = 0;
    return {
      bgpPort,
      setCollectors: async (ports) => {
        const removed = Array.from({ length: targets }, (_, index) => `no bmp targets T${index}`);
        targets = ports.length;
        await vtysh("configure terminal", `router bgp ${EXPORTER_AS}`, ...removed, ...ports.flatMap(target));
      },
      cpuMs: () => cpuMsOf(daemon.pid),
      rssBytes: () => rssBytesOf(daemon.pid),
      stop: () => daemon.stop(),
    };
  }
}

const target = (port: number, index: number): string[] => [
  `bmp targets T${index}`,
  "bmp stats interval 60000",
  "bmp monitor ipv4 unicast pre-policy",
  `bmp connect 127.0.0.1 port ${port} min-retry 100 max-retry 200`,
  "exit",
];

/** Adj-RIB-In before policy is what soft reconfiguration keeps. */
const configuration = (routerAs: number): string => `frr defaults traditional
hostname frr
router bgp ${EXPORTER_AS}
 bgp router-id 10.255.0.1
 no bgp ebgp-requires-policy
 no bgp network import-check
 neighbor ${ROUTER_ADDRESS} remote-as ${routerAs}
 neighbor ${ROUTER_ADDRESS} disable-connected-check
 neighbor ${ROUTER_ADDRESS} passive
 neighbor ${ROUTER_ADDRESS} timers 80 240
 address-family ipv4 unicast
  neighbor ${ROUTER_ADDRESS} soft-reconfiguration inbound
 exit-address-family
`;
