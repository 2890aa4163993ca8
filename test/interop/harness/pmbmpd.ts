import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Daemon } from "./daemon.ts";
import { commandIn } from "./namespace.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

/** One line of pmbmpd's message log: what it understood of one BMP message, or of one prefix of it. */
export interface PmbmpdEvent {
  readonly seq: number;
  readonly event_type: string;
  readonly bmp_msg_type: string;
  readonly peer_ip?: string;
  readonly [field: string]: unknown;
}

/** What of all that it holds is asked for. */
export interface Selection {
  /** Of the router's end of the connection. */
  readonly routerPort?: number;
  /** Adj-RIB-In after policy, or before; undefined: whichever. */
  readonly isPostPolicy?: boolean;
}

/** A route of a neighbour's Adj-RIB-In, pre-policy unless selected otherwise. */
export interface Route {
  readonly peer: string;
  readonly prefix: string;
  readonly nextHop: string;
  readonly asPath: string;
  /** i = IGP, e = EGP, u = incomplete. */
  readonly origin: string;
  readonly med?: number;
  readonly communities?: string;
}

function routeOf(peer: string, prefix: string, event: PmbmpdEvent): Route {
  const { bgp_nexthop, as_path, origin, med, comms } = event;
  return {
    peer,
    prefix,
    nextHop: String(bgp_nexthop),
    asPath: String(as_path),
    origin: String(origin),
    ...(med === undefined ? {} : { med: Number(med) }),
    ...(typeof comms === "string" ? { communities: comms } : {}),
  };
}

/** pmacct's BMP collector. */
export class Pmbmpd {
  readonly #daemon: Daemon;
  readonly #folder: string;

  private constructor(daemon: Daemon, folder: string) {
    this.#daemon = daemon;
    this.#folder = folder;
  }

  /** `namespace`: the network namespace that it runs in. */
  static async listen(address: string, port = 11019, namespace?: string): Promise<Pmbmpd> {
    const folder = scratchFolder("pmbmpd");
    const conf = scratchFile(
      "pmbmpd.conf",
      [
        "daemonize: false",
        `bmp_daemon_ip: ${address}`,
        `bmp_daemon_port: ${port}`,
        "bmp_daemon_max_peers: 16",
        `bmp_daemon_msglog_file: ${folder}/$bmp_router_$bmp_router_port.json`,
        "bmp_daemon_msglog_output: json",
        "",
      ].join("\n"),
    );
    const daemon = new Daemon("pmbmpd", ...commandIn(namespace, "pmbmpd", ["-f", conf]));
    await daemon.ready("listening", () => (daemon.stdout + daemon.stderr).includes("waiting for BMP data"));
    return new Pmbmpd(daemon, folder);
  }

  /** Everything understood so far, in order, of all connections. */
  events(): PmbmpdEvent[] {
    if (!existsSync(this.#folder)) return [];
    const lines = readdirSync(this.#folder).flatMap((name) =>
      readFileSync(join(this.#folder, name), "utf8").split("\n"),
    );
    return lines
      .flatMap((line) => (line.endsWith("}") ? [JSON.parse(line) as PmbmpdEvent] : []))
      .sort((one, other) => one.seq - other.seq);
  }

  /** The routes it holds now, in the order of their text: what the messages so far add up to. */
  routes({ routerPort, isPostPolicy }: Selection = {}): Route[] {
    const table = new Map<string, Route>();
    for (const event of this.events()) {
      if (routerPort !== undefined && Number(event["bmp_router_port"]) !== routerPort) continue;
      const peer = String(event.peer_ip);
      if (event.bmp_msg_type === "peer_down") {
        // It forgets them, and logs the Peer Down alone.
        for (const [key, route] of table) if (route.peer === peer) table.delete(key);
      }
      const prefix = event["ip_prefix"];
      if (typeof prefix !== "string") continue;
      if (isPostPolicy !== undefined && (Number(event["is_post"] ?? 0) === 1) !== isPostPolicy) continue;
      if (event["log_type"] !== "update") table.delete(`${peer} ${prefix}`);
      else table.set(`${peer} ${prefix}`, routeOf(peer, prefix, event));
    }
    return [...table.entries()].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, route]) => route);
  }

  /** Warnings and errors of its own log. */
  complaints(): string[] {
    return (this.#daemon.stdout + this.#daemon.stderr).split("\n").filter((line) => /^(WARN|ERROR)/.test(line));
  }

  /** pmbmpd takes its time over SIGINT; it has nothing to save. */
  async kill(): Promise<void> {
    await this.#daemon.stop("SIGKILL");
  }
}
