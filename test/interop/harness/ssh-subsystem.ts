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

/** Whom `ssh` logs in as, and how it knows the server. */
export interface SshLogin {
  readonly port: number;
  readonly username: string;
  readonly key: SshKey;
  /** Lines of a `known_hosts` file. */
  readonly knownHosts: string;
}

/** The command line of `ssh` up to the host: no file of the user's is read, nothing is asked. */
export function sshArguments({ port, username, key, knownHosts }: SshLogin, more: readonly string[] = []): string[] {
  const files = ["-F", "none", "-i", key.privateFile];
  const options = [
    `UserKnownHostsFile=${scratchFile("known_hosts", knownHosts)}`,
    "GlobalKnownHostsFile=/dev/null",
    "StrictHostKeyChecking=yes",
    "BatchMode=yes",
    "IdentitiesOnly=yes",
  ];
  return [...files, ...options.flatMap((option) => ["-o", option]), "-p", String(port), "-l", username, ...more];
}

/** `ssh -s … netconf`, its host key checked, and the NETCONF session over its pipes. */
export class SshSubsystem {
  readonly client: NetconfClient;
  /** The ssh program; its exit code is that of the subsystem. */
  readonly program: Daemon;

  private constructor(program: Daemon, client: NetconfClient) {
    this.program = program;
    this.client = client;
  }

  static async open(login: SshLogin, base: Base = "1.1", more: readonly string[] = []): Promise<SshSubsystem> {
    const program = new Daemon("ssh", "ssh", [...sshArguments(login, more), "-s", "127.0.0.1", "netconf"]);
    try {
      return new SshSubsystem(program, await NetconfClient.open(program.stream, base));
    } catch (cause) {
      throw new Error(`ssh: ${program.stderr}`, { cause });
    }
  }
}
