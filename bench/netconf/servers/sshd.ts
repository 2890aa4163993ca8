import { mkdirSync, writeFileSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import type { Endpoint } from "../../shared/client/endpoint.ts";
import { Daemon } from "../../shared/processes/daemon.ts";
import { createKeyFile } from "../../shared/processes/key-file.ts";

const SSHD = "/usr/sbin/sshd";
const START_MS = 10_000;
/** Where sshd locks up its unprivileged part; it does not start without. */
const PRIVILEGE_SEPARATION_FOLDER = "/run/sshd";

export interface SubsystemSshd {
  readonly daemon: Daemon;
  readonly endpoint: Endpoint;
}

/** Starts an OpenSSH server on the loopback that lets in one key and offers one subsystem, `netconf`. */
export async function startSshd(
  folder: string,
  port: number,
  subsystem: string,
  key: { readonly file: string; readonly text: string },
): Promise<SubsystemSshd> {
  const isRoot = process.getuid?.() === 0;
  if (isRoot) mkdirSync(PRIVILEGE_SEPARATION_FOLDER, { recursive: true, mode: 0o755 });
  const configFile = join(folder, "sshd_config");
  writeFileSync(
    configFile,
    `Port ${port}
ListenAddress 127.0.0.1
HostKey ${createKeyFile("host")}
PidFile none
# Without PAM it would not let in a root whose password is locked.
UsePAM ${isRoot ? "yes" : "no"}
PrintMotd no
StrictModes no
AuthenticationMethods publickey
PermitRootLogin prohibit-password
AuthorizedKeysFile ${key.file}.pub
Subsystem netconf ${subsystem}
`,
  );
  const daemon = new Daemon("sshd", SSHD, ["-D", "-e", "-f", configFile], folder);
  await daemon.ready(() => daemon.output.includes("Server listening on") || undefined, START_MS);
  return { daemon, endpoint: { port, username: userInfo().username, privateKey: key.text } };
}
