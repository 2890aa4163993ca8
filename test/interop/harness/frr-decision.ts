import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { FRR_V4 } from "./private-network.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

const VIEW = "judge";

/** What `show bgp ... json` says of a path. */
interface Path {
  readonly bestpath?: boolean;
  readonly peerId: string;
}

/**
 * FRR's bgpd at 10.99.0.2, which waits for neighbours and decides which of their IPv4 routes are best, by the rules of
 * RFC 4271 alone: not by age, and MULTI_EXIT_DISC before what comes after it. In a view every next hop counts as
 * reachable.
 */
export class FrrDecision {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async start(
    as: number,
    routerId: string,
    neighbors: readonly { readonly address: string; readonly as: number }[],
  ): Promise<FrrDecision> {
    const folder = scratchFolder("frr");
    const ofNeighbor = ({
      address,
      as: remoteAs,
    }: (typeof neighbors)[number]): string => ` neighbor ${address} remote-as ${remoteAs}
 neighbor ${address} disable-connected-check
 neighbor ${address} passive
 neighbor ${address} update-source ${FRR_V4}
`;
    const conf = scratchFile(
      "bgpd.conf",
      `frr defaults traditional
router bgp ${as} view ${VIEW}
 bgp router-id ${routerId}
 no bgp ebgp-requires-policy
 bgp deterministic-med
 bgp bestpath compare-routerid
${neighbors.map(ofNeighbor).join("")}`,
    );
    const files = ["-f", conf, "-i", join(folder, "bgpd.pid"), "-z", join(folder, "zserv.api"), "--vty_socket", folder];
    const options = `-Z -n -S -P 0 -p 179 -l ${FRR_V4} --log stdout --log-level notifications`.split(" ");
    const daemon = new Daemon("bgpd", "/usr/lib/frr/bgpd", [...files, ...options]);
    const frr = new FrrDecision(folder);
    await daemon.ready("answering vtysh", async () => (await frr.#vtysh("show version")).code === 0);
    return frr;
  }

  /** The neighbour whose route is the best one, by prefix, in the order of their text. */
  async bestPaths(): Promise<[prefix: string, neighbor: string][]> {
    const { code, stdout } = await this.#vtysh(`show bgp view ${VIEW} ipv4 unicast json`);
    if (code !== 0) throw new Error(`vtysh ended with ${code}: ${stdout}`);
    const { routes } = JSON.parse(stdout) as { routes: Record<string, readonly Path[]> };
    return Object.entries(routes)
      .flatMap(([prefix, paths]) =>
        paths.filter(({ bestpath }) => bestpath === true).map(({ peerId }): [string, string] => [prefix, peerId]),
      )
      .sort(([one], [other]) => (one < other ? -1 : 1));
  }

  /** Prefixes that it has of a neighbour and may use, in the order of their text. */
  async usableRoutes(neighbor: string): Promise<string[]> {
    const { code, stdout } = await this.#vtysh(`show bgp view ${VIEW} ipv4 unicast neighbors ${neighbor} routes json`);
    if (code !== 0) throw new Error(`vtysh ended with ${code}: ${stdout}`);
    return Object.keys((JSON.parse(stdout) as { routes: Record<string, unknown> }).routes).sort();
  }

  #vtysh(command: string): Promise<{ code: number | null; stdout: string }> {
    return runToEnd("vtysh", "vtysh", ["--vty_socket", this.#folder, "-d", "bgpd", "-c", command], { withinS: 10 });
  }
}
