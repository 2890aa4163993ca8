/**
 * Builds the package: dist/libyang.wasm, modules/ and dist/*.js. Returns at once when nothing changed.
 *
 *   node scripts/build.mjs            build what is out of date
 *   node scripts/build.mjs --refetch  also look for newer sources (security updates) on the mirror
 *   node scripts/build.mjs --native   leave the TypeScript alone
 */
import { existsSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { compile } from "./compile.mjs";
import { hashFolder, readIfAny, sha256, writeWhole } from "./digest.mjs";
import { generate } from "./generate.mjs";
import { collectLicences } from "./licences.mjs";
import { link } from "./link.mjs";
import { withLock } from "./lock.mjs";
import {
  BUILD_DIR,
  DIST_DIR,
  MANIFEST_FILE,
  MODULES_DIR,
  NATIVE_DIR,
  PACKAGE_DIR,
  PACKAGE_FILE,
  SCRIPTS_DIR,
  SRC_DIR,
  WASM_FILE,
} from "./paths.mjs";
import { progress, reportFailure } from "./report.mjs";
import { runtimeComponents } from "./runtime.mjs";
import { ensureSources } from "./sources.mjs";
import { ensureToolchain } from "./toolchain.mjs";
import { compileTypeScript } from "./typescript.mjs";
import { collectModules } from "./yang-modules.mjs";

const NATIVE_STAMP = join(BUILD_DIR, "native.stamp");
const TYPESCRIPT_STAMP = join(BUILD_DIR, "typescript.stamp");

/** The stamp of a finished build is the hash of its inputs, written last: no stamp, or another one, means "build". */
const nativeInputs = () => sha256(`${hashFolder(NATIVE_DIR)}${hashFolder(SCRIPTS_DIR)}${readIfAny(PACKAGE_FILE)}`);
const typescriptInputs = () =>
  sha256(
    `${hashFolder(SRC_DIR)}${readIfAny(join(PACKAGE_DIR, "tsconfig.json"))}${readIfAny(join(PACKAGE_DIR, "..", "tsconfig.base.json"))}`,
  );

const hasModules = () => existsSync(MODULES_DIR) && readdirSync(MODULES_DIR).length > 0;
const isNativeBuilt = (inputs) =>
  readIfAny(NATIVE_STAMP) === inputs && existsSync(WASM_FILE) && existsSync(MANIFEST_FILE) && hasModules();

/** The shim, which is linked in as well. */
function ownComponent() {
  const { name, version } = JSON.parse(readFileSync(PACKAGE_FILE, "utf8"));
  return { name, version, sha256: hashFolder(NATIVE_DIR) };
}

async function buildNative(inputs, refetch) {
  rmSync(NATIVE_STAMP, { force: true });
  const toolchain = await ensureToolchain();
  const sources = await ensureSources({ refetch });
  const { libyangVersion, edited } = generate();
  const sourcesHash = sha256(JSON.stringify(sources));
  const { wasmHash, libraries } = await link({ ...(await compile({ edited, sourcesHash, toolchain })), toolchain });
  const modules = collectModules();
  const manifest = {
    libyang: libyangVersion,
    toolchain,
    wasm: { file: "libyang.wasm", bytes: readFileSync(WASM_FILE).length, sha256: wasmHash },
    components: collectLicences([...sources.packages, ...(await runtimeComponents(libraries)), ownComponent()]),
    modules,
  };
  writeWhole(MANIFEST_FILE, `${JSON.stringify(manifest, null, 2)}\n`);
  writeWhole(NATIVE_STAMP, inputs);
  progress(`done: libyang ${libyangVersion}, ${(manifest.wasm.bytes / 1e6).toFixed(2)} MB`);
}

async function buildTypeScript(inputs) {
  rmSync(TYPESCRIPT_STAMP, { force: true });
  await compileTypeScript();
  writeWhole(TYPESCRIPT_STAMP, inputs);
}

/** What is out of date: empty when all is built. */
function staleParts(flags) {
  const parts = [];
  if (flags.has("--refetch") || !isNativeBuilt(nativeInputs())) parts.push("native");
  const isCompiled = readIfAny(TYPESCRIPT_STAMP) === typescriptInputs() && existsSync(join(DIST_DIR, "index.js"));
  if (!flags.has("--native") && !isCompiled) parts.push("typescript");
  return parts;
}

async function main(flags) {
  if (staleParts(flags).length === 0) return;
  await withLock(async () => {
    // Asked again: the build that was waited for may have done it.
    const parts = staleParts(flags);
    if (parts.includes("native")) await buildNative(nativeInputs(), flags.has("--refetch"));
    if (parts.includes("typescript")) await buildTypeScript(typescriptInputs());
  });
}

try {
  await main(new Set(process.argv.slice(2)));
} catch (error) {
  reportFailure(error);
  process.exitCode = 1;
}
