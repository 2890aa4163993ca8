import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ssh2 from "ssh2";
import { createFileAtomically } from "../storage/atomic-file.ts";
import { createDataFolder } from "../storage/data-folder.ts";
import { generateEcdsa, generateEd25519 } from "./key-pair.ts";

/** A key by which clients know this server. */
export interface HostKey {
  /** Such as `ssh-ed25519`. */
  readonly type: string;
  /** OpenSSH format. */
  readonly privateKey: string;
  /** RFC 4253 section 6.6, base64. */
  readonly publicKey: string;
  /** As `ssh` shows it: `SHA256:` and base64 without padding. */
  readonly fingerprint: string;
}

/** A host key file is not a key; it is never replaced, since clients trust the one it held. */
export class HostKeyError extends Error {
  constructor(path: string) {
    super(`${path} is not an SSH private key. Restore it from a backup, or remove it to get a new one.`);
    this.name = "HostKeyError";
  }
}

/** No RSA: with an RSA key the SSH library would also offer signatures with SHA-1. */
const KEYS = [
  { file: "ssh_host_ed25519_key", create: generateEd25519 },
  { file: "ssh_host_ecdsa_key", create: () => generateEcdsa(256) },
] as const;

/**
 * The host keys of the data directory, ed25519 first; those that are not there are made, once for all.
 * Throws `HostKeyError`, `DataFolderError` or the file system's error.
 */
export function loadHostKeys(dataFolder: string): HostKey[] {
  createDataFolder(dataFolder);
  return KEYS.map(({ file, create }) => {
    const path = join(dataFolder, file);
    if (!existsSync(path)) createFileAtomically(path, Buffer.from(create().private));
    return parseHostKey(path, readFileSync(path, "utf8"));
  });
}

/** Lines for a client's known_hosts file, for a server that it reaches as `host`:`port`. */
export function knownHostsLines(keys: readonly HostKey[], host: string, port: number): string[] {
  const name = port === 22 ? host : `[${host}]:${port}`;
  return keys.map(({ type, publicKey }) => `${name} ${type} ${publicKey}`);
}

function parseHostKey(path: string, privateKey: string): HostKey {
  const key = ssh2.utils.parseKey(privateKey);
  if (key instanceof Error || !key.isPrivateKey()) throw new HostKeyError(path);
  const publicKey = key.getPublicSSH();
  const digest = createHash("sha256").update(publicKey).digest("base64").replace(/=+$/, "");
  return { type: key.type, privateKey, publicKey: publicKey.toString("base64"), fingerprint: `SHA256:${digest}` };
}
