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
const run = promisify(execFile);

/** gobgpd. */
export class GoBgp implements Exporter {
  readonly name = "GoBGP";

  async start(routerAs: number): Promise<RunningExporter> {
    const folder = scratchFolder("gobgp");
    const bgpPort = await freePort();
    const apiPort = await freePort();
    const conf = join(folder, "gobgpd.toml");
    writeFileSync(conf, configuration(routerAs, bgpPort));
    const api = `127.0.0.1:${apiPort}`;
    const daemon = new Daemon("gobgpd", "gobgpd", ["-t", "toml", "-f", conf, "--api-hosts", api, "-l", "warn"], folder);
    const gobgp = async (...words: string[]): Promise<void> => {
      await run("gobgp", ["-u", "127.0.0.1", "-p", `${apiPort}`, ...words]);
    };
    await daemon.readyWhen(() => gobgp("neighbor", ROUTER_ADDRESS), START_MS);
    let present: readonly number[] = [];
    return {
      bgpPort,
      setCollectors: async (ports) => {
        for (const port of present) await gobgp("bmp", "delete", `127.0.0.1:${port}`);
        present = ports;
        await Promise.all(ports.map((port) => gobgp("bmp", "add", `127.0.0.1:${port}`, "pre")));
      },
      cpuMs: () => cpuMsOf(daemon.pid),
      rssBytes: () => rssBytesOf(daemon.pid),
      stop: () => daemon.stop(),
    };
  }
}

const configuration = (routerAs: number, port: number): string => `[global.config]
  as = ${EXPORTER_AS}
  router-id = "10.255.0.1"
  port = ${port}
  local-address-list = ["127.0.0.1"]
[[neighbors]]
  [neighbors.config]
    neighbor-address = "${ROUTER_ADDRESS}"
    peer-as = ${routerAs}
  [neighbors.transport.config]
    passive-mode = true
  [neighbors.timers.config]
    hold-time = 240
    keepalive-interval = 80
  [neighbors.ebgp-multihop.config]
    enabled = true
    multihop-ttl = 5
  [[neighbors.afi-safis]]
    [neighbors.afi-safis.config]
      afi-safi-name = "ipv4-unicast"
`;
