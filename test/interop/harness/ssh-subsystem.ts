import { join } from "node:path";
import { Daemon, runToEnd } from "./daemon.ts";
import { type Base, NetconfClient } from "./netconf-client.ts";
import { scratchFile, scratchFolder } from "./scratch.ts";

/** A key pair of OpenSSH's making. */
export interface SshKey {
  readonly privateFile: string;
  readonly publicFile: string;
}

export async function newSshKey(type: "ed25519" | "ecdsa" | "rsa"): Promise<SshKey> {
  const privateFile = join(scratchFolder("key"), `id_${type}`);
  const { code, stderr } = await runToEnd("ssh-keygen", "ssh-keygen", ["-q", "-t", type, "-N", "", "-f", privateFile]);
  if (code !== 0) throw new Error(`ssh-keygen ended with ${code}: ${stderr}`);
  return { privateFile, publicFile: `${privateFile}.pub` };
}

/** `ssh -s … netconf`, its host key checked against `knownHosts`, and the NETCONF session over its pipes. */
export class SshSubsystem {
  readonly client: NetconfClient;
  /** The ssh program; its exit code is that of the subsystem. */
  readonly program: Daemon;

  private constructor(program: Daemon, client: NetconfClient) {
    this.program = program;
    this.client = client;
  }

  static async open(
    port: number,
    username: string,
    key: SshKey,
    knownHosts: string,
    base: Base,
  ): Promise<SshSubsystem> {
    const files = ["-i", key.privateFile, "-o", `UserKnownHostsFile=${scratchFile("known_hosts", knownHosts)}`];
    const options =
      "-F none -o BatchMode=yes -o IdentitiesOnly=yes -o StrictHostKeyChecking=yes -o GlobalKnownHostsFile=/dev/null".split(
        " ",
      );
    const program = new Daemon("ssh", "ssh", [
      ...files,
      ...options,
      "-p",
      String(port),
      "-s",
      `${username}@127.0.0.1`,
      "netconf",
    ]);
    try {
      return new SshSubsystem(program, await NetconfClient.open(program.stream, base));
    } catch (cause) {
      throw new Error(`ssh: ${program.stderr}`, { cause });
    }
  }
}
