/** Compiles every C file to an object, skipping those whose inputs have not changed. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { basename, join } from "node:path";
import { hashFolder, readIfAny, sha256 } from "./digest.mjs";
import { GENERATED_DIR, libyangSourceFiles } from "./generate.mjs";
import { BUILD_DIR, NATIVE_DIR, PACKAGE_DIR } from "./paths.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { inParallel, run } from "./run.mjs";
import { LIBYANG_DIR, PCRE2_DIR } from "./sources.mjs";
import { CLANG } from "./toolchain.mjs";

export const OBJECTS_DIR = join(BUILD_DIR, "objects");
const STEP = "compile";

/** Without the prefix map, failed asserts would name this machine's folders and no two builds would be equal. */
const COMMON_FLAGS = [
  "--target=wasm32-wasi",
  "--sysroot=/usr",
  "-std=gnu11",
  "-flto",
  "-mbulk-memory",
  "-fvisibility=hidden",
  // A loop of malloc and memset must stay one: --wrap does not see a calloc that the linker's optimiser makes of it.
  "-fno-builtin-malloc",
  "-fno-builtin-calloc",
  "-fno-builtin-realloc",
  "-fno-builtin-free",
  `-ffile-prefix-map=${PACKAGE_DIR}=.`,
];

/**
 * No JIT: WebAssembly cannot make code at run time. HEAP_LIMIT, in KiB: a pattern such as `(a|b)*` takes 300 octets for
 * each character of the value, and memory that was taken is never given back.
 */
export const PCRE2_FLAGS = [
  "-w",
  ...[
    "HAVE_CONFIG_H",
    "PCRE2_CODE_UNIT_WIDTH=8",
    "SUPPORT_PCRE2_8=1",
    "SUPPORT_UNICODE=1",
    "PCRE2_STATIC",
    "HAVE_MEMMOVE",
    "HAVE_STDINT_H",
    "HAVE_INTTYPES_H",
    "HAVE_STRING_H",
    "HAVE_STDLIB_H",
    "HAVE_LIMITS_H",
    "HAVE_STRERROR",
    "HAVE_BUILTIN_MUL_OVERFLOW",
    "HAVE_BUILTIN_UNREACHABLE",
    "HAVE_ASSERT_H",
    "HEAP_LIMIT=65536",
  ].map((name) => `-D${name}`),
  `-I${GENERATED_DIR}`,
  `-I${join(PCRE2_DIR, "src")}`,
];

/** -DSTATIC: plugins compiled in, none loaded from files. NDEBUG stays undefined: a failed assert is a clean trap. */
const LIBYANG_FLAGS = [
  "-D_GNU_SOURCE",
  "-DSTATIC",
  "-include",
  join(NATIVE_DIR, "compat", "wasi-undeclared.h"),
  `-I${join(NATIVE_DIR, "compat")}`,
  `-I${GENERATED_DIR}`,
  `-I${join(LIBYANG_DIR, "src")}`,
  `-I${join(LIBYANG_DIR, "src", "plugins_exts")}`,
  `-I${LIBYANG_DIR}`,
];

const SHIM_FLAGS = ["-Wall", "-Wextra", "-Werror=implicit-function-declaration", `-I${join(NATIVE_DIR, "shim")}`];

/**
 * What works on data is made for speed. What loads modules, and PCRE2's compiler, runs a few times in the life of a
 * process: there V8's compilers take longer than the code. They see small functions, none put into the others: V8
 * charges the whole of a function for each call, and optimises what has been charged for enough, on all cores.
 */
const FOR_SPEED = ["-O2"];
const FOR_SIZE = ["-Os", "-fno-inline-functions"];
const MADE_FOR_SIZE = new Set([
  ...[
    "context",
    "parser_yang",
    "parser_yin",
    "plugins_exts",
    "plugins_exts/metadata",
    "plugins_exts/nacm",
    "plugins_exts/schema_mount",
    "plugins_exts/structure",
    "plugins_exts/yangdata",
    "printer_schema",
    "printer_yang",
    "printer_yin",
    "schema_compile",
    "schema_compile_amend",
    "schema_compile_node",
    "schema_features",
    "tree_schema_free",
  ].map((name) => `src/${name}.c`),
  ...["auto_possess", "compile", "compile_class", "error", "find_bracket", "study"].map((name) => `pcre2_${name}.c`),
]);

/** libyang's source files that the shim replaces. */
const REPLACED = new Set(["src/validation.c", "src/printer_xml.c", "src/printer_tree.c"]);

/** The shim's files that include what they replace: warnings are libyang's own business. */
const REPLACEMENTS = new Set(["validation-pass.c", "xml-printer.c"]);

/** PCRE2's files that are included by others, or are programs and tests. */
const isPcre2Unit = (name) =>
  /^pcre2_\w+\.c$/.test(name) &&
  !/^pcre2_(jit_(match|misc|test)|printint|dftables|fuzzsupport|ucptables|chartables|chkdint_inc)/.test(name);

/** PCRE2's .c files, without the character tables: they are in GENERATED_DIR. */
export const pcre2SourceFiles = () => readdirSync(join(PCRE2_DIR, "src")).filter(isPcre2Unit);

/** Every object: its name, its source and flags, and a hash of the headers and sources it may read. */
function plan(edited, sourcesHash, toolchain) {
  const base = sha256(JSON.stringify([toolchain, COMMON_FLAGS, sourcesHash, hashFolder(GENERATED_DIR)]));
  const compatHash = hashFolder(join(NATIVE_DIR, "compat"));
  const shimHash = hashFolder(NATIVE_DIR, (name) => !name.endsWith(".txt"));
  const unit = (prefix, source, more, key, name) => {
    const flags = [...(MADE_FOR_SIZE.has(name) ? FOR_SIZE : FOR_SPEED), ...more];
    return {
      name,
      object: `${prefix}-${name.replaceAll("/", "_").replace(/\.c$/, "")}.o`,
      source,
      flags,
      key: sha256(JSON.stringify([base, key, flags])),
    };
  };
  const pcre2 = pcre2SourceFiles().map((name) => unit("pcre2", join(PCRE2_DIR, "src", name), PCRE2_FLAGS, "", name));
  const libyang = [...libyangSourceFiles(), "compat/compat.c"]
    .filter((name) => !REPLACED.has(name))
    .map((name) => {
      const source = edited.has(name) ? join(GENERATED_DIR, "edited", name) : join(LIBYANG_DIR, name);
      return unit("libyang", source, ["-w", ...LIBYANG_FLAGS], compatHash, name);
    });
  const shim = readdirSync(join(NATIVE_DIR, "shim"))
    .filter((name) => name.endsWith(".c"))
    .map((name) => {
      const warnings = REPLACEMENTS.has(name) ? ["-w"] : SHIM_FLAGS;
      return unit("shim", join(NATIVE_DIR, "shim", name), [...LIBYANG_FLAGS, ...warnings], shimHash, name);
    });
  const tables = unit("pcre2", join(GENERATED_DIR, "pcre2_chartables.c"), PCRE2_FLAGS, "", "chartables.c");
  const units = [...pcre2, tables, ...libyang, ...shim];
  const missing = [...MADE_FOR_SIZE].filter((name) => !units.some((one) => one.name === name));
  if (missing.length > 0) {
    throw new BuildFailure(STEP, `not among the sources: ${missing}`, "adapt MADE_FOR_SIZE in scripts/compile.mjs");
  }
  return units.sort((a, b) => (a.object < b.object ? -1 : 1));
}

/** Compiles what is not up to date. Returns the names of all objects, sorted, and one hash standing for them. */
export async function compile({ edited, sourcesHash, toolchain }) {
  mkdirSync(OBJECTS_DIR, { recursive: true });
  const units = plan(edited, sourcesHash, toolchain);
  const keyFile = (unit) => join(OBJECTS_DIR, `${unit.object}.key`);
  const stale = units.filter(
    (unit) => readIfAny(keyFile(unit)) !== unit.key || !existsSync(join(OBJECTS_DIR, unit.object)),
  );
  progress(`compile: ${stale.length} of ${units.length} files`);
  const total = stale.length;
  let done = 0;
  await inParallel(stale, availableParallelism(), async (unit) => {
    rmSync(keyFile(unit), { force: true });
    const object = join(OBJECTS_DIR, unit.object);
    try {
      await run(CLANG, [...COMMON_FLAGS, ...unit.flags, "-c", unit.source, "-o", `${object}.part`]);
    } catch (cause) {
      throw new BuildFailure(
        STEP,
        `${basename(unit.source)}: ${cause.message}`,
        "correct it in native/ or scripts/, then build again",
        { cause },
      );
    }
    renameSync(`${object}.part`, object);
    writeFileSync(keyFile(unit), unit.key);
    done += 1;
    if (done % 25 === 0 && done < total) progress(`compile: ${done} of ${total}`);
  });
  const objects = units.map((unit) => unit.object);
  return { objects, objectsHash: sha256(JSON.stringify(units.map(({ object, key }) => [object, key]))) };
}

export const exportedNames = () =>
  readFileSync(join(NATIVE_DIR, "exports.txt"), "utf8")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !line.startsWith("#"));
