import { Daemon, runToEnd } from "./daemon.ts";
import { GOBGP_V6, SERVER_V6 } from "./private-network.ts";
import { scratchFile } from "./scratch.ts";

export const GOBGP_AS = 65003;
export const GOBGP_ROUTER_ID = "10.255.0.3";
const API = "127.0.0.1";
const UNICAST: readonly string[] = ["ipv4-unicast", "ipv6-unicast"];

interface GobgpdOptions {
  readonly local: { readonly as: number; readonly routerId: string; readonly address: string };
  /** Whose connection it waits for. */
  readonly neighbor: { readonly as: number; readonly address: string };
  readonly families?: readonly string[];
  /** Further sections. */
  readonly more?: string;
}

/** Writes a configuration of gobgpd with one neighbour; returns the file. */
export function gobgpdConf({ local, neighbor, families = UNICAST, more = "" }: GobgpdOptions): string {
  const family = (name: string): string =>
    `  [[neighbors.afi-safis]]\n    [neighbors.afi-safis.config]\n      afi-safi-name = "${name}"\n`;
  return scratchFile(
    "gobgpd.toml",
    `[global.config]
  as = ${local.as}
  router-id = "${local.routerId}"
  port = 179
  local-address-list = ["${local.address}"]
${more}[[neighbors]]
  [neighbors.config]
    neighbor-address = "${neighbor.address}"
    peer-as = ${neighbor.as}
  [neighbors.transport.config]
    passive-mode = true
    local-address = "${local.address}"
  [neighbors.timers.config]
    hold-time = 9
    keepalive-interval = 3
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 5
${families.map(family).join("")}`,
  );
}

/** Resolves when the `gobgp` command knows the neighbour. */
export async function startGobgpd(conf: string, neighbor: string): Promise<Daemon> {
  const daemon = new Daemon("gobgpd", "gobgpd", [
    "-t",
    "toml",
    "-f",
    conf,
    "--api-hosts",
    `${API}:50051`,
    "-l",
    "info",
  ]);
  await daemon.ready("answering gobgp", async () => (await gobgp("neighbor", neighbor)).code === 0);
  return daemon;
}

/** Runs the `gobgp` command. */
export const gobgp = (...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }> =>
  runToEnd("gobgp", "gobgp", ["-u", API, "-p", "50051", ...args], { withinS: 10 });

/** GoBGP at fd00:bbbb::3, AS 65003: a neighbour over IPv6 that waits for the server's connection. */
export class GoBgp {
  readonly #conf: string;
  #daemon: Daemon | undefined;

  /** `families`: as GoBGP names them. */
  constructor(serverAs: number, families = UNICAST) {
    this.#conf = gobgpdConf({
      local: { as: GOBGP_AS, routerId: GOBGP_ROUTER_ID, address: GOBGP_V6 },
      neighbor: { as: serverAs, address: SERVER_V6 },
      families,
    });
  }

  async start(): Promise<void> {
    this.#daemon = await startGobgpd(this.#conf, SERVER_V6);
  }

  async announce(prefix: string, nextHop: string, ...attributes: string[]): Promise<void> {
    await this.#change("add", prefix, "nexthop", nextHop, ...attributes);
  }

  async withdraw(prefix: string): Promise<void> {
    await this.#change("del", prefix);
  }

  /** Announces or withdraws a route of another family: `route` as GoBGP's command line has it. */
  async changeOf(family: string, how: "add" | "del", route: string): Promise<void> {
    const { code, stdout, stderr } = await gobgp("global", "rib", how, "-a", family, ...route.split(" "));
    // It ends with 0 even where it has not understood.
    if (code !== 0 || stdout !== "") throw new Error(`gobgp ended with ${code}: ${stdout}${stderr}`);
  }

  async stop(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  async #change(how: "add" | "del", prefix: string, ...rest: string[]): Promise<void> {
    const family = prefix.includes(":") ? "ipv6" : "ipv4";
    const { code, stdout, stderr } = await gobgp("global", "rib", how, prefix, ...rest, "-a", family);
    if (code !== 0) throw new Error(`gobgp ended with ${code}: ${stdout}${stderr}`);
  }
}
