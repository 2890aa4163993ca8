import { Daemon, runToEnd } from "./daemon.ts";
import { GOBGP_V6, SERVER_V6 } from "./private-network.ts";
import { scratchFile } from "./scratch.ts";

export const GOBGP_AS = 65003;
export const GOBGP_ROUTER_ID = "10.255.0.3";
const API = "127.0.0.1";

/** GoBGP at fd00:bbbb::3, AS 65003: a neighbour over IPv6 that waits for the server's connection. */
export class GoBgp {
  readonly #conf: string;
  #daemon: Daemon | undefined;

  /** `families`: as GoBGP names them. */
  constructor(serverAs: number, families: readonly string[] = ["ipv4-unicast", "ipv6-unicast"]) {
    const family = (name: string): string =>
      `  [[neighbors.afi-safis]]\n    [neighbors.afi-safis.config]\n      afi-safi-name = "${name}"\n`;
    this.#conf = scratchFile(
      "gobgpd.toml",
      `[global.config]
  as = ${GOBGP_AS}
  router-id = "${GOBGP_ROUTER_ID}"
  port = 179
  local-address-list = ["${GOBGP_V6}"]
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${SERVER_V6}"
    peer-as = ${serverAs}
  [neighbors.transport.config]
    passive-mode = true
    local-address = "${GOBGP_V6}"
  [neighbors.timers.config]
    hold-time = 9
    keepalive-interval = 3
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 5
${families.map(family).join("")}`,
    );
  }

  async start(): Promise<void> {
    const daemon = new Daemon("gobgpd", "gobgpd", [
      "-t",
      "toml",
      "-f",
      this.#conf,
      "--api-hosts",
      `${API}:50051`,
      "-l",
      "info",
    ]);
    this.#daemon = daemon;
    await daemon.ready("answering gobgp", async () => (await this.#gobgp("neighbor", SERVER_V6)).code === 0);
  }

  async announce(prefix: string, nextHop: string, ...attributes: string[]): Promise<void> {
    await this.#change("add", prefix, "nexthop", nextHop, ...attributes);
  }

  async withdraw(prefix: string): Promise<void> {
    await this.#change("del", prefix);
  }

  /** Announces or withdraws a route of another family: `route` as GoBGP's command line has it. */
  async changeOf(family: string, how: "add" | "del", route: string): Promise<void> {
    const { code, stdout, stderr } = await this.#gobgp("global", "rib", how, "-a", family, ...route.split(" "));
    // It ends with 0 even where it has not understood.
    if (code !== 0 || stdout !== "") throw new Error(`gobgp ended with ${code}: ${stdout}${stderr}`);
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  async #change(how: "add" | "del", prefix: string, ...rest: string[]): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const { code, stdout, stderr } = await this.#gobgp("global", "rib", how, prefix, ...rest, "-a", family);
    if (code !== 0) throw new Error(`gobgp ended with ${code}: ${stdout}${stderr}`);
  }

  #gobgp(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> {
    return runToEnd("gobgp", "gobgp", ["-u", API, "-p", "50051", ...args], { withinS: 10 });
  }
}
