/** Links the objects into dist/libyang.wasm, with optimisation across all of them. */
import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { isAbsolute, join } from "node:path";
import { exportedNames, OBJECTS_DIR } from "./compile.mjs";
import { readIfAny, sha256, writeWhole } from "./digest.mjs";
import { BUILD_DIR, DIST_DIR, WASM_FILE } from "./paths.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { run } from "./run.mjs";
import { CLANG } from "./toolchain.mjs";

const KEY_FILE = join(BUILD_DIR, "link.key");

/**
 * No -O here: given one, clang runs any wasm-opt it finds on the PATH, and an old one refuses this code.
 * The stack lies below the data, so that an overflow traps instead of overwriting it.
 */
const FLAGS = [
  "--target=wasm32-wasi",
  "--sysroot=/usr",
  "-mexec-model=reactor",
  "-Wl,--lto-O3",
  ...["ly_print_", "snprintf", "sprintf", "malloc", "calloc", "realloc", "free"].map((name) => `-Wl,--wrap=${name}`),
  "-Wl,-z,stack-size=4194304",
  "-Wl,--stack-first",
  "-Wl,--initial-memory=16777216",
  "-Wl,--max-memory=4294967296",
  "-Wl,--strip-all",
  "-Wl,--gc-sections",
  // Says which libraries it takes something from: the manifest names them.
  "-Wl,--trace",
];

/** wasi-libc's plain printf traps on long double, in which libyang prints XPath numbers. */
const LIBRARIES = ["-lc-printscan-long-double"];

/** The libraries in what the linker says: lines of `file` or `file(member)`. Objects of our own have relative names. */
const librariesIn = (trace) =>
  [...new Set(trace.split("\n").map((line) => line.replace(/\(.*/, "")))].filter(isAbsolute);

/** Links when anything changed; returns `{ wasmHash, libraries }`: the module's sha256, and the files linked besides ours. */
export async function link({ objects, objectsHash, toolchain }) {
  const exports = exportedNames().map((name) => `-Wl,--export=${name}`);
  const key = sha256(JSON.stringify([toolchain, FLAGS, LIBRARIES, exports, objectsHash]));
  const known = JSON.parse(readIfAny(KEY_FILE) ?? "{}");
  if (known.key === key && existsSync(WASM_FILE) && sha256(readFileSync(WASM_FILE)) === known.wasmHash) {
    return { wasmHash: known.wasmHash, libraries: known.libraries };
  }
  progress("link: optimising across all files (the longest step)");
  mkdirSync(DIST_DIR, { recursive: true });
  const part = `${WASM_FILE}.part`;
  let trace;
  try {
    // Relative names: the optimiser lets them show in its output.
    trace = await run(CLANG, [...FLAGS, ...exports, ...objects, ...LIBRARIES, "-o", part], { cwd: OBJECTS_DIR });
  } catch (cause) {
    throw new BuildFailure(
      "link",
      cause.message,
      "an undefined name belongs into native/shim or out of native/exports.txt",
      { cause },
    );
  }
  renameSync(part, WASM_FILE);
  const linked = { wasmHash: sha256(readFileSync(WASM_FILE)), libraries: librariesIn(trace) };
  writeWhole(KEY_FILE, JSON.stringify({ key, ...linked }));
  return linked;
}
