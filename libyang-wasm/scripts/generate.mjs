/** The files libyang's and PCRE2's own build systems would generate, and libyang's edited sources. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { BUILD_DIR } from "./paths.mjs";
import { BuildFailure } from "./report.mjs";
import { editedSources } from "./source-edits.mjs";
import { LIBYANG_DIR, PCRE2_DIR } from "./sources.mjs";

export const GENERATED_DIR = join(BUILD_DIR, "generated");

/** What this libc has. Left out: mmap (no files), strdupa and get_current_dir_name (not there). */
const AVAILABLE = new Set([
  "HAVE_VDPRINTF",
  "HAVE_ASPRINTF",
  "HAVE_VASPRINTF",
  "HAVE_GETLINE",
  "HAVE_STRNDUP",
  "HAVE_STRCHRNUL",
  "HAVE_REALPATH",
  "HAVE_LOCALTIME_R",
  "HAVE_GMTIME_R",
  "HAVE_TIMEGM",
  "HAVE_STRPTIME",
  "HAVE_SETENV",
  "HAVE_STDATOMIC",
  "HAVE_STRCASECMP",
  "HAVE_PTHREAD_MUTEX_TIMEDLOCK",
]);

/** PCRE2 ships these ready-made, for builds without autoconf. */
const PCRE2_COPIES = [
  ["pcre2.h", "src/pcre2.h.generic"],
  ["config.h", "src/config.h.generic"],
  ["pcre2_chartables.c", "src/pcre2_chartables.c.dist"],
];

/** Writes everything below build/generated and returns `{ libyangVersion, edited }`, the edited files' paths. */
export function generate() {
  rmSync(GENERATED_DIR, { recursive: true, force: true });
  const cmake = readFileSync(join(LIBYANG_DIR, "CMakeLists.txt"), "utf8");
  const values = substitutions(cmake);
  const template = (name) => readFileSync(join(LIBYANG_DIR, name), "utf8");
  put("compat.h", chooseFeatures(template("compat/compat.h.in")));
  put("ly_config.h", substitute(template("src/ly_config.h.in"), values));
  put("version.h", substitute(template("src/version.h.in"), values));
  for (const [name, origin] of PCRE2_COPIES) put(name, readFileSync(join(PCRE2_DIR, origin)));
  const edited = editedSources(LIBYANG_DIR);
  for (const [name, text] of edited) put(join("edited", name), text);
  return { libyangVersion: values.LIBYANG_VERSION, edited: new Set(edited.keys()) };
}

/** libyang's .c files: the list is read from its CMakeLists.txt, so a point release may add or drop files. */
export function libyangSourceFiles() {
  const cmake = readFileSync(join(LIBYANG_DIR, "CMakeLists.txt"), "utf8");
  const block = (name) => new RegExp(`set\\(${name}[\\s\\S]*?\\)`).exec(cmake)?.[0] ?? "";
  const files = [...`${block("type_plugins")}\n${block("libsrc")}`.matchAll(/src\/[\w./]+\.c/g)].map(
    (match) => match[0],
  );
  if (files.length === 0)
    throw new BuildFailure("generate", "no source list in libyang's CMakeLists.txt", "adapt scripts/generate.mjs");
  return files;
}

function put(name, data) {
  const file = join(GENERATED_DIR, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, data);
}

function substitutions(cmake) {
  const number = (name) => {
    const found = new RegExp(`^set\\(${name} (\\d+)\\)`, "m").exec(cmake)?.[1];
    if (found === undefined)
      throw new BuildFailure("generate", `no ${name} in libyang's CMakeLists.txt`, "adapt scripts/generate.mjs");
    return found;
  };
  const values = {
    // Room in each leaf for a value: numbers and pointers fit, and with 24 bytes for all a leaf would be a quarter larger.
    LYD_VALUE_SIZE: "8",
    CMAKE_SHARED_MODULE_SUFFIX: ".so",
    // Plugins are compiled in (-DSTATIC); these folders are never opened.
    PLUGINS_DIR_TYPES: "/nonexistent",
    PLUGINS_DIR_EXTENSIONS: "/nonexistent",
  };
  for (const part of ["MAJOR", "MINOR", "MICRO"]) {
    for (const kind of ["VERSION", "SOVERSION"]) values[`LIBYANG_${part}_${kind}`] = number(`LIBYANG_${part}_${kind}`);
  }
  const joined = (kind) => ["MAJOR", "MINOR", "MICRO"].map((part) => values[`LIBYANG_${part}_${kind}`]).join(".");
  return { ...values, LIBYANG_VERSION: joined("VERSION"), LIBYANG_SOVERSION_FULL: joined("SOVERSION") };
}

function substitute(text, values) {
  return text.replace(/@(\w+)@/g, (mark, name) => {
    if (!(name in values)) throw new BuildFailure("generate", `no value for ${mark}`, "add it to scripts/generate.mjs");
    return values[name];
  });
}

function chooseFeatures(text) {
  return text.replace(/^#cmakedefine (\w+).*$/gm, (_, name) =>
    AVAILABLE.has(name) ? `#define ${name}` : `/* no ${name} */`,
  );
}
