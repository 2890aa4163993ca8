import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { scratchFolder } from "./scratch.ts";

/** Creates an ed25519 key pair; returns the private key's file. The public one has `.pub` behind its name. */
export function createKeyFile(name: string): string {
  const file = join(scratchFolder("key"), name);
  execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "bench", "-f", file]);
  return file;
}
