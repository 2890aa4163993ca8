import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { FRR_V4, FRR_V6, SERVER_V4 } from "./private-network.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

export const FRR_AS = 65002;
export const FRR_ROUTER_ID = "10.255.0.2";

/** FRR's bgpd at 10.99.0.2, AS 65002: a neighbour over IPv4 that announces IPv4 and IPv6 routes. */
export class Frr {
  readonly #folder = scratchFolder("frr");
  readonly #conf: string;
  #daemon: Daemon | undefined;

  /**
   * `networks`: prefixes that it announces from the start; `vpnNetworks`: the same of IPv4 VPNs, as FRR writes them;
   * `multicastNetworks`: of IPv4 multicast;
   * `password`: its key for TCP MD5 signatures.
   */
  constructor(
    serverAs: number,
    networks: readonly string[],
    {
      vpnNetworks = [],
      multicastNetworks = [],
      password,
    }: {
      readonly vpnNetworks?: readonly string[];
      readonly multicastNetworks?: readonly string[];
      readonly password?: string;
    } = {},
  ) {
    const of = (isV6: boolean): string[] =>
      networks.filter((prefix) => prefix.includes(":") === isV6).map((prefix) => `  network ${prefix}`);
    this.#conf = scratchFile(
      "bgpd.conf",
      [
        "frr defaults traditional",
        `router bgp ${FRR_AS}`,
        ` bgp router-id ${FRR_ROUTER_ID}`,
        " no bgp ebgp-requires-policy",
        " no bgp network import-check",
        ` neighbor ${SERVER_V4} remote-as ${serverAs}`,
        ` neighbor ${SERVER_V4} disable-connected-check`,
        ` neighbor ${SERVER_V4} timers 3 9`,
        ` neighbor ${SERVER_V4} timers connect 1`,
        ` neighbor ${SERVER_V4} update-source ${FRR_V4}`,
        ...(password === undefined ? [] : [` neighbor ${SERVER_V4} password ${password}`]),
        " address-family ipv4 unicast",
        ...of(false),
        " exit-address-family",
        " address-family ipv6 unicast",
        `  neighbor ${SERVER_V4} activate`,
        `  neighbor ${SERVER_V4} route-map NEXT-HOP out`,
        ...of(true),
        " exit-address-family",
        ...(vpnNetworks.length === 0 ? [] : [" address-family ipv4 vpn", `  neighbor ${SERVER_V4} activate`]),
        ...vpnNetworks.map((network) => `  network ${network}`),
        ...(vpnNetworks.length === 0 ? [] : [" exit-address-family"]),
        ...(multicastNetworks.length === 0
          ? []
          : [
              " address-family ipv4 multicast",
              `  neighbor ${SERVER_V4} activate`,
              ...multicastNetworks.map((network) => `  network ${network}`),
              " exit-address-family",
            ]),
        "route-map NEXT-HOP permit 10",
        ` set ipv6 next-hop global ${FRR_V6}`,
        "",
      ].join("\n"),
    );
  }

  async start(): Promise<void> {
    const folder = this.#folder;
    const files = [
      "-f",
      this.#conf,
      "-i",
      join(folder, "bgpd.pid"),
      "-z",
      join(folder, "zserv.api"),
      "--vty_socket",
      folder,
    ];
    // No zebra (-Z, -n), no change of user (-S), no telnet port (-P 0).
    const options = `-Z -n -S -P 0 -p 179 -l ${FRR_V4} --log stdout --log-level notifications`.split(" ");
    const daemon = new Daemon("bgpd", "/usr/lib/frr/bgpd", [...files, ...options]);
    this.#daemon = daemon;
    await daemon.ready("answering vtysh", async () => (await this.#vtysh("show version")).code === 0);
  }

  /** Announces a prefix more. */
  announce(prefix: string): Promise<void> {
    return this.#configure(prefix, `network ${prefix}`);
  }

  withdraw(prefix: string): Promise<void> {
    return this.#configure(prefix, `no network ${prefix}`);
  }

  /** Has what it receives, or its tables, written to an MRT file. */
  async dump(what: "all" | "routes-mrt", file: string): Promise<void> {
    const { code, stdout } = await this.#vtysh("configure terminal", `dump bgp ${what} ${file}`);
    if (code !== 0) throw new Error(`vtysh ended with ${code}: ${stdout}`);
  }

  /** What `show WHAT` prints. */
  async show(what: string): Promise<string> {
    return (await this.#vtysh(`show ${what}`)).stdout;
  }

  /** Ends the sessions with Cease, as a router that is switched off does. */
  async stop(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  async #configure(prefix: string, line: string): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const { code, stdout } = await this.#vtysh(
      "configure terminal",
      `router bgp ${FRR_AS}`,
      `address-family ${family} unicast`,
      line,
    );
    if (code !== 0) throw new Error(`vtysh ended with ${code}: ${stdout}`);
  }

  #vtysh(...commands: string[]): Promise<{ code: number | null; stdout: string }> {
    const args = commands.flatMap((command) => ["-c", command]);
    return runToEnd("vtysh", "vtysh", ["--vty_socket", this.#folder, "-d", "bgpd", ...args], { withinS: 10 });
  }
}
