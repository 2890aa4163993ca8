import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { commandIn } from "./namespace.ts";
import { BIRD_V4, SERVER_V4 } from "./private-network.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

export const BIRD_AS = 65004;
const BIRD_ROUTER_ID = "10.255.0.4";

export interface BirdOptions {
  /** The network namespace that it runs in. */
  readonly namespace?: string;
  /** Whom it announces its routes to. */
  readonly neighbors?: readonly string[];
  /** What its export filter does with attributes. */
  readonly attributes?: string;
  /** Prefixes of IPv4 with a second path, where several may be sent. */
  readonly paths?: readonly string[];
  /** Flow specifications, as BIRD writes them. */
  readonly flows?: readonly string[];
}

/** BIRD at 10.99.0.4, AS 65004: a neighbour over IPv4 that opens the connection itself and starts at once. */
export class Bird {
  readonly #folder = scratchFolder("bird");
  readonly #socket = join(this.#folder, "bird.ctl");
  readonly #neighborAs: number;
  readonly #options: BirdOptions;
  readonly #conf: string;
  #daemon: Daemon | undefined;

  constructor(neighborAs: number, routes: readonly string[], options: BirdOptions = {}) {
    this.#neighborAs = neighborAs;
    this.#options = options;
    this.#conf = this.#configuration(routes);
  }

  /** Announces these routes and no others from now on. */
  async setRoutes(routes: readonly string[]): Promise<void> {
    const { code, stdout } = await runToEnd("birdc", "birdc", [
      "-s",
      this.#socket,
      "configure",
      `"${this.#configuration(routes)}"`,
    ]);
    if (code !== 0 || !stdout.includes("Reconfigur")) throw new Error(`birdc ended with ${code}: ${stdout}`);
  }

  #configuration(routes: readonly string[]): string {
    const { neighbors = [SERVER_V4], attributes = "", paths = [], flows = [] } = this.#options;
    const isV6 = (prefix: string): boolean => prefix.includes(":");
    const list = (prefixes: readonly string[]): string =>
      prefixes.map((prefix) => `  route ${prefix} blackhole;\n`).join("");
    return scratchFile(
      "bird.conf",
      `log stderr all;
router id ${BIRD_ROUTER_ID};
protocol device {}
protocol static static4 {
  ipv4;
${list(routes.filter((prefix) => !isV6(prefix)))}}
protocol static static6 {
  ipv6;
${list(routes.filter(isV6))}}
protocol static second4 {
  ipv4 { preference 100; };
${paths.map((prefix) => `  route ${prefix} blackhole { bgp_med = 7; };\n`).join("")}}
flow4 table flowtab4;
protocol static flows {
  flow4;
${flows.map((flow) => `  route flow4 { ${flow} };\n`).join("")}}
filter announced {
  if source != RTS_STATIC then reject;
  ${attributes}
  accept;
}
${neighbors.map((address, index) => this.#bgp(address, index)).join("")}`,
    );
  }

  #bgp(address: string, index: number): string {
    const { paths = [], flows = [] } = this.#options;
    return `protocol bgp server${index} {
  local ${BIRD_V4} port 179 as ${BIRD_AS};
  neighbor ${address} as ${this.#neighborAs};
  multihop;
  strict bind;
  hold time 9;
  connect delay time 1;
  connect retry time 1;
  error wait time 1, 2;
  ipv4 { import none; export filter announced; next hop self;${paths.length > 0 ? " add paths tx;" : ""} };
  ipv6 { import none; export filter announced; next hop address fd00:bbbb::4; };
${flows.length > 0 ? "  flow4 { import none; export all; };\n" : ""}}
`;
  }

  async start(): Promise<void> {
    const args = ["-f", "-c", this.#conf, "-s", this.#socket, "-P", join(this.#folder, "bird.pid")];
    this.#daemon = new Daemon("bird", ...commandIn(this.#options.namespace, "bird", args));
    await this.#daemon.ready("started", () => this.#daemon?.stderr.includes("Started") === true);
  }

  /** What it has logged. */
  get log(): string {
    return this.#daemon?.stderr ?? "";
  }

  /** In order: the session ends with Cease. */
  async stop(): Promise<void> {
    await this.#daemon?.stop("SIGTERM");
  }

  /** Without a word: the kernel closes the connection. */
  async kill(): Promise<void> {
    await this.#daemon?.stop("SIGKILL");
  }
}
