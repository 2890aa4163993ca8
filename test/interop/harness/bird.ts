import { join } from "node:path";
import { Daemon } from "./daemon.ts";
import { BIRD_V4, SERVER_V4 } from "./private-network.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

export const BIRD_AS = 65004;
const BIRD_ROUTER_ID = "10.255.0.4";

/** BIRD at 10.99.0.4, AS 65004: a neighbour over IPv4 that opens the connection itself and starts at once. */
export class Bird {
  readonly #folder = scratchFolder("bird");
  readonly #conf: string;
  #daemon: Daemon | undefined;

  constructor(serverAs: number, routes: readonly string[]) {
    const isV6 = (prefix: string): boolean => prefix.includes(":");
    const list = (prefixes: readonly string[]): string =>
      prefixes.map((prefix) => `  route ${prefix} blackhole;\n`).join("");
    this.#conf = scratchFile(
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
protocol bgp server {
  local ${BIRD_V4} port 179 as ${BIRD_AS};
  neighbor ${SERVER_V4} as ${serverAs};
  multihop;
  strict bind;
  hold time 9;
  connect delay time 1;
  connect retry time 1;
  error wait time 1, 2;
  ipv4 { import none; export where source = RTS_STATIC; next hop self; };
  ipv6 { import none; export where source = RTS_STATIC; next hop address fd00:bbbb::4; };
}
`,
    );
  }

  async start(): Promise<void> {
    const socket = join(this.#folder, "bird.ctl");
    this.#daemon = new Daemon("bird", "bird", [
      "-f",
      "-c",
      this.#conf,
      "-s",
      socket,
      "-P",
      join(this.#folder, "bird.pid"),
    ]);
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
