import { join } from "node:path";
import { Daemon, type Exit, runToEnd } from "./daemon.ts";
import type { NetconfClient } from "./netconf-client.ts";
import { SERVER_V4, SERVER_V6 } from "./private-network.ts";
import { scratchFolder } from "./scratch.ts";
import { connectWithLibrary } from "./ssh-library.ts";
import { newSshKey, type SshLogin } from "./ssh-subsystem.ts";

const MAIN = join(import.meta.dirname, "../../../dist/main.js");

export const USER = "operator";
export const PASSWORD = "correct horse";

/** The line on stdout that says all listeners are up. */
export interface ReadyLine {
  readonly ready: true;
  readonly pid: number;
  readonly netconf: readonly string[];
  readonly bgp: readonly string[];
  readonly metrics: readonly string[];
}

/** `node dist/main.js ...args`, run to its end. */
export function bmpconfd(
  args: readonly string[],
  input = "",
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  return runToEnd(`bmpconfd ${args[0]}`, process.execPath, [MAIN, ...args], { input, withinS: 30 });
}

/** The server under test, as its users start it. A data directory outlives the processes that serve it. */
export class ServerProcess {
  readonly dataDir: string;
  readonly daemon: Daemon;
  readonly readyLine: ReadyLine;
  readonly netconfPort: number;

  private constructor(dataDir: string, daemon: Daemon, readyLine: ReadyLine) {
    this.dataDir = dataDir;
    this.daemon = daemon;
    this.readyLine = readyLine;
    this.netconfPort = Number(readyLine.netconf[0]?.split(":").at(-1));
  }

  /** A data directory with one user in it. */
  static async newDataDir(): Promise<string> {
    const dataDir = join(scratchFolder("data"), "data");
    const added = await bmpconfd(
      ["user", "add", USER, "--password-stdin", "--group", "admin", "--data", dataDir],
      PASSWORD,
    );
    if (added.code !== 0) throw new Error(`user add ended with ${added.code}: ${added.stderr}`);
    return dataDir;
  }

  /** `bgp`: where it listens for BGP; by default the network's addresses, which only one server at a time can have. */
  static async start(
    options: { dataDir?: string; args?: readonly string[]; bgp?: readonly string[] } = {},
  ): Promise<ServerProcess> {
    const dataDir = options.dataDir ?? (await ServerProcess.newDataDir());
    const bgp = options.bgp ?? [`${SERVER_V4}:179`, `[${SERVER_V6}]:179`];
    const listen = ["--listen", "127.0.0.1:0", ...bgp.flatMap((address) => ["--bgp-listen", address])];
    const args = ["--data", dataDir, ...listen, ...(options.args ?? [])];
    const daemon = new Daemon("bmpconfd", process.execPath, [MAIN, ...args]);
    const readyLine = await daemon.ready("ready line", () => {
      const line = daemon.stdout.split("\n").find((text) => text.startsWith('{"ready"'));
      return line === undefined ? undefined : (JSON.parse(line) as ReadyLine);
    });
    return new ServerProcess(dataDir, daemon, readyLine);
  }

  connect(): Promise<NetconfClient> {
    return connectWithLibrary(this.netconfPort, USER, { password: PASSWORD });
  }

  /** What a client of OpenSSH needs to log in as a new administrator of this name. */
  async sshLogin(username: string, type: "ed25519" | "ecdsa" | "rsa" = "ed25519"): Promise<SshLogin> {
    const key = await newSshKey(type);
    const added = await bmpconfd(["user", "add", username, "--key", key.publicFile, "--data", this.dataDir]);
    if (added.code !== 0) throw new Error(`user add ended with ${added.code}: ${added.stderr}`);
    const host = `127.0.0.1:${this.netconfPort}`;
    const { code, stdout, stderr } = await bmpconfd(["host-key", "--host", host, "--data", this.dataDir]);
    if (code !== 0) throw new Error(`host-key ended with ${code}: ${stderr}`);
    return { port: this.netconfPort, username, key, knownHosts: stdout };
  }

  stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Exit> {
    return this.daemon.stop(signal);
  }
}
