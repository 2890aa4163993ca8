import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const KEPT = fileURLToPath(new URL("../../build/node/", import.meta.url));

/** The binary of a version of Node.js, from the package that npm has of it for this platform; kept once it was fetched. */
export function nodeBinary(version: string): string {
  const binary = join(KEPT, `node-${version}`);
  if (existsSync(binary)) return binary;
  mkdirSync(KEPT, { recursive: true });
  const folder = mkdtempSync(join(KEPT, "fetched-"));
  try {
    const name = `node-${process.platform}-${process.arch}`;
    npm(["install", "--prefix", folder, "--no-save", `${name}@${version}`]);
    renameSync(join(folder, "node_modules", name, "bin/node"), binary);
  } finally {
    rmSync(folder, { recursive: true });
  }
  return binary;
}

/** Runs npm, which runs no script of any package. Throws when it fails. */
export function npm(args: readonly string[]): void {
  execFileSync("npm", [...args, "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"], {
    stdio: ["ignore", "ignore", "inherit"],
  });
}
