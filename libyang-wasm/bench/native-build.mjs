/**
 * Builds what the .wasm is compared with: the same libyang and PCRE2 for this machine, as Debian has them (none of our
 * edits and replacements), with the flags of libyang's own release build, plus the driver of the bench.
 */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { PCRE2_FLAGS, pcre2SourceFiles } from "../scripts/compile.mjs";
import { hashFolder, readIfAny, sha256, writeWhole } from "../scripts/digest.mjs";
import { GENERATED_DIR, libyangSourceFiles } from "../scripts/generate.mjs";
import { withLock } from "../scripts/lock.mjs";
import { BUILD_DIR } from "../scripts/paths.mjs";
import { BuildFailure, progress } from "../scripts/report.mjs";
import { inParallel, run } from "../scripts/run.mjs";
import { LIBYANG_DIR, PCRE2_DIR } from "../scripts/sources.mjs";

const STEP = "native bench";
export const NATIVE_BENCH_DIR = join(BUILD_DIR, "native-bench");
const INCLUDE_DIR = join(NATIVE_BENCH_DIR, "include");
const ARCHIVE = join(NATIVE_BENCH_DIR, "libyang.a");
const ARCHIVE_KEY = `${ARCHIVE}.key`;
const DRIVER = join(NATIVE_BENCH_DIR, "native-driver");
const DRIVER_SOURCE = join(dirname(fileURLToPath(import.meta.url)), "native-driver.c");

/** CMakeLists.txt of libyang, build type Release. */
const RELEASE_FLAGS = ["-std=gnu11", "-O2", "-DNDEBUG", "-D_GNU_SOURCE", "-DSTATIC"];
const LIBYANG_FLAGS = [
  "-w",
  `-I${INCLUDE_DIR}`,
  `-I${GENERATED_DIR}`,
  `-I${join(LIBYANG_DIR, "src")}`,
  `-I${join(LIBYANG_DIR, "src", "plugins_exts")}`,
  `-I${LIBYANG_DIR}`,
];

/** Room for a value in each leaf: libyang's default, which is better where pointers have 8 octets. */
const VALUE_BYTES = 24;

/** Builds what is out of date; returns the path of the driver. The .wasm must have been built. */
export async function buildNativeDriver() {
  const compiler = await findCompiler();
  await withLock(async () => {
    mkdirSync(INCLUDE_DIR, { recursive: true });
    await buildArchive(compiler);
    // A second's work: not worth a key of its own.
    await compile(compiler, [...RELEASE_FLAGS, ...LIBYANG_FLAGS, DRIVER_SOURCE, ARCHIVE, "-lm", "-pthread"], DRIVER);
  });
  return DRIVER;
}

async function findCompiler() {
  try {
    return { command: "gcc", version: (await run("gcc", ["--version"])).split("\n")[0] };
  } catch (cause) {
    throw new BuildFailure(STEP, "no C compiler for this machine", "run as root: apt-get install gcc libc6-dev", {
      cause,
    });
  }
}

async function buildArchive(compiler) {
  const sources = readFileSync(join(BUILD_DIR, "sources", "sources.json"), "utf8");
  const flags = [RELEASE_FLAGS, LIBYANG_FLAGS, PCRE2_FLAGS, VALUE_BYTES];
  const key = sha256(JSON.stringify([compiler.version, sources, hashFolder(GENERATED_DIR), flags]));
  if (existsSync(ARCHIVE) && readIfAny(ARCHIVE_KEY) === key) return;
  rmSync(ARCHIVE_KEY, { force: true });
  writeFileSync(join(INCLUDE_DIR, "ly_config.h"), nativeConfig());
  const units = plan();
  progress(`native: ${units.length} files with ${compiler.version}`);
  await inParallel(units, availableParallelism(), ({ source, flags, object }) =>
    compile(compiler, [...RELEASE_FLAGS, ...flags, "-c", source], object),
  );
  rmSync(ARCHIVE, { force: true });
  await run("ar", ["rcs", ARCHIVE, ...units.map(({ object }) => object)]);
  writeWhole(ARCHIVE_KEY, key);
}

function plan() {
  const unit = (prefix, source, flags, name) => ({
    source,
    flags,
    object: join(NATIVE_BENCH_DIR, `${prefix}-${name.replaceAll("/", "_").replace(/\.c$/, "")}.o`),
  });
  return [
    ...pcre2SourceFiles().map((name) => unit("pcre2", join(PCRE2_DIR, "src", name), PCRE2_FLAGS, name)),
    unit("pcre2", join(GENERATED_DIR, "pcre2_chartables.c"), PCRE2_FLAGS, "chartables.c"),
    ...[...libyangSourceFiles(), "compat/compat.c"].map((name) =>
      unit("libyang", join(LIBYANG_DIR, name), LIBYANG_FLAGS, name),
    ),
  ];
}

function nativeConfig() {
  const text = readFileSync(join(GENERATED_DIR, "ly_config.h"), "utf8");
  const define = /^(#define LYD_VALUE_FIXED_MEM_SIZE) \d+$/m;
  if (!define.test(text)) {
    throw new BuildFailure(STEP, "no size of a value in ly_config.h", "adapt bench/native-build.mjs to this libyang");
  }
  return text.replace(define, `$1 ${VALUE_BYTES}`);
}

async function compile(compiler, args, target) {
  try {
    await run(compiler.command, [...args, "-o", `${target}.part`]);
  } catch (cause) {
    throw new BuildFailure(STEP, cause.message, "adapt bench/native-build.mjs", { cause });
  }
  renameSync(`${target}.part`, target);
}
