import { Daemon } from "./daemon.ts";
import { EXABGP_V4, SERVER_V4 } from "./private-network.ts";
import { scratchFile } from "./scratch.ts";

export const EXABGP_AS = 65005;

/** ExaBGP at 10.99.0.5, AS 65005: a neighbour over IPv4 that opens the connection itself and announces what it is told. */
export class ExaBgp {
  readonly #conf: string;
  #daemon: Daemon | undefined;

  /** `families`, `routes`, `flows` and `sites` of a VPLS as ExaBGP writes them. */
  constructor(
    serverAs: number,
    { families, routes, flows, sites }: Readonly<Record<"families" | "routes" | "flows" | "sites", readonly string[]>>,
  ) {
    const block = (name: string, lines: readonly string[]): string =>
      `  ${name} {\n${lines.map((line) => `    ${line}\n`).join("")}  }\n`;
    this.#conf = scratchFile(
      "exabgp.conf",
      `neighbor ${SERVER_V4} {
  router-id 10.255.0.5;
  local-address ${EXABGP_V4};
  local-as ${EXABGP_AS};
  peer-as ${serverAs};
  hold-time 9;
${block(
  "family",
  families.map((family) => `${family};`),
)}${block("capability", ["add-path send;", "extended-message enable;"])}${block(
  "static",
  routes.map((route) => `route ${route};`),
)}${block(
  "flow",
  flows.map((flow, index) => `route flow${index} { ${flow} }`),
)}${block(
  "l2vpn",
  sites.map((site, index) => `vpls site${index} { ${site} }`),
)}}
`,
    );
  }

  async start(): Promise<void> {
    const settings = ["exabgp.daemon.user=root", "exabgp.api.cli=false"];
    this.#daemon = new Daemon("exabgp", "env", [...settings, "exabgp", this.#conf]);
    await this.#daemon.ready("started", () => this.#daemon?.stdout.includes("loaded new configuration") === true);
  }
}
