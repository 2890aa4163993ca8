import { existsSync } from "node:fs";
import { hostname } from "node:os";
import { parseArgs } from "node:util";
import { knownHostsLines, loadHostKeys } from "../access/host-keys.ts";
import { ArgumentError, type CommandIo, defaultDataFolder } from "./command.ts";
import { runCommand } from "./run-command.ts";

const USAGE = "bmpconfd host-key [--host HOST:PORT] [--data DIR]";
/** RFC 6242 section 3. */
const NETCONF_SSH_PORT = 830;

/**
 * `bmpconfd host-key …`: prints the fingerprints of the host keys and the known_hosts lines for clients that reach the
 * server as HOST:PORT. `args` are those after `host-key`. Returns the exit code.
 */
export function hostKeyCommand(args: readonly string[], io: CommandIo): Promise<number> {
  return runCommand("host-key", USAGE, io, async () => {
    const { values } = parseArgs({
      args: [...args],
      options: {
        host: { type: "string", default: `${hostname()}:${NETCONF_SSH_PORT}` },
        data: { type: "string", default: defaultDataFolder },
      },
    });
    const { host, port } = parseHostPort(values.host);
    const isNew = !existsSync(values.data);
    const keys = loadHostKeys(values.data);
    if (isNew) io.stderr.write(`bmpconfd host-key: there was no ${values.data}: made it, with new keys.\n`);
    for (const { type, fingerprint } of keys) io.stdout.write(`# ${type} ${fingerprint}\n`);
    for (const line of knownHostsLines(keys, host, port)) io.stdout.write(`${line}\n`);
  });
}

function parseHostPort(text: string): { host: string; port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]\s]+)\]|([^:\s]+)):(\d{1,5})$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  if (host === undefined || port < 1 || port > 65535) {
    throw new ArgumentError(`"${text}" is not HOST:PORT, such as router1.example.net:830 or [2001:db8::1]:830.`);
  }
  return { host, port };
}
