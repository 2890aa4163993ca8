import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { Daemon } from "../../shared/processes/daemon.ts";
import { freePort } from "../../shared/processes/free-port.ts";
import { createKeyFile } from "../../shared/processes/key-file.ts";
import { cpuMsOf, processTree, rssBytesOf } from "../../shared/processes/process-usage.ts";
import { scratchFolder } from "../../shared/processes/scratch.ts";
import type { ListModel } from "../load/list-model.ts";
import type { RunningServer, Server } from "./server.ts";
import { startSshd } from "./sshd.ts";

const NETCONFD = "/usr/sbin/netconfd";
const SUBSYSTEM = "/usr/sbin/netconf-subsystem";
const NO_CONFIGURATION =
  '<?xml version="1.0" encoding="UTF-8"?>\n<config xmlns="urn:ietf:params:xml:ns:netconf:base:1.0"/>\n';

/**
 * The peer: yuma123's netconfd, which OpenSSH reaches through `netconf-subsystem` and a Unix socket. Each commit writes
 * the whole configuration to the startup file.
 */
export class Netconfd implements Server {
  readonly #folder = scratchFolder("netconfd");
  readonly #startupFile = join(this.#folder, "startup-cfg.xml");
  readonly #socket = join(this.#folder, "ncxserver.sock");
  readonly #keyFile = createKeyFile("user");
  readonly #model: ListModel;

  constructor(model: ListModel) {
    this.#model = model;
    writeFileSync(this.#startupFile, NO_CONFIGURATION);
  }

  async start(withinMs: number): Promise<RunningServer> {
    const port = await freePort();
    // A server that was killed leaves it behind, and the next one does not start then.
    rmSync(this.#socket, { force: true });
    const daemon = new Daemon("netconfd", NETCONFD, this.#arguments(port), this.#folder);
    const { afterMs } = await daemon.ready(() => existsSync(this.#socket) || undefined, withinMs);
    const sshd = await startSshd(this.#folder, port, `${SUBSYSTEM} --ncxserver-sockname=${port}@${this.#socket}`, {
      file: this.#keyFile,
      text: readFileSync(this.#keyFile, "utf8"),
    });
    const end = async (signal: NodeJS.Signals): Promise<void> => {
      await sshd.daemon.stop(signal);
      await daemon.stop(signal);
    };
    return {
      endpoint: sshd.endpoint,
      startMs: afterMs,
      // SSH is a part of what a NETCONF server does: bmpconfd does it itself.
      cpuMs: () => [daemon.pid, ...processTree(sshd.daemon.pid)].reduce((sum, pid) => sum + cpuMsOf(pid), 0),
      memory: () => ({ rssBytes: rssBytesOf(daemon.pid) }),
      stop: () => end("SIGTERM"),
      kill: () => end("SIGKILL"),
    };
  }

  /** As Debian ships it, except for what makes it faster: no sorting, no indentation, a terse log. */
  #arguments(port: number): string[] {
    const { yangFile } = this.#model;
    return [
      ...(yangFile === undefined ? [] : [`--module=${yangFile}`]),
      `--startup=${this.#startupFile}`,
      `--ncxserver-sockname=${this.#socket}`,
      `--port=${port}`,
      `--superuser=${userInfo().username}`,
      "--target=candidate",
      "--system-sorted=false",
      "--indent=0",
      "--log-level=warn",
    ];
  }
}
