/**
 * Builds the native part once more, in another folder, from the same sources with the same toolchain, and compares it
 * with what dist/manifest.json says. Exit code 0 when all is the same, otherwise 1.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { sha256 } from "./digest.mjs";
import {
  BUILD_DIR,
  MANIFEST_FILE,
  NATIVE_DIR,
  PACKAGE_DIR,
  PACKAGE_FILE,
  SCRIPTS_DIR,
  SRC_DIR,
  WASM_FILE,
} from "./paths.mjs";
import { progress } from "./report.mjs";
import { run } from "./run.mjs";

/** All that a build of the native part reads; src/ only to see that its own part is not asked for. */
const INPUTS = [PACKAGE_FILE, NATIVE_DIR, SCRIPTS_DIR, SRC_DIR, join(BUILD_DIR, "sources")];

/** Builds in a folder of its own; returns the manifest's text and the .wasm's hash. */
async function buildElsewhere(folder) {
  const there = (path) => join(folder, relative(PACKAGE_DIR, path));
  // Not links: a path that leads back here would hide what depends on the folder's name.
  for (const input of INPUTS) cpSync(input, there(input), { recursive: true, verbatimSymlinks: true });
  progress(`reproduce: building in ${folder}`);
  await run(process.execPath, [join(there(SCRIPTS_DIR), "build.mjs"), "--native"]);
  return { manifest: readFileSync(there(MANIFEST_FILE), "utf8"), wasmHash: sha256(readFileSync(there(WASM_FILE))) };
}

async function main() {
  const manifest = readFileSync(MANIFEST_FILE, "utf8");
  const shippedHash = sha256(readFileSync(WASM_FILE));
  const folder = mkdtempSync(join(tmpdir(), "libyang-wasm-"));
  try {
    const rebuilt = await buildElsewhere(folder);
    console.log(`manifest  ${JSON.parse(manifest).wasm.sha256}`);
    console.log(`dist      ${shippedHash}`);
    console.log(`rebuilt   ${rebuilt.wasmHash}`);
    const isSame = rebuilt.manifest === manifest && rebuilt.wasmHash === shippedHash;
    console.log(isSame ? "identical" : "different: compare the manifests' toolchain and sources first");
    return isSame ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`\nreproduce failed: ${error?.stack ?? error}\n`);
  process.exitCode = 1;
}
