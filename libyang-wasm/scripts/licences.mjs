/** The licences of what is inside the package, beside it: each asks to be passed on with binaries. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DIST_DIR } from "./paths.mjs";
import { BuildFailure } from "./report.mjs";
import { LIBYANG_DIR, PCRE2_DIR, YUMA_DIR } from "./sources.mjs";

const LICENCES_DIR = join(DIST_DIR, "licences");

const TEXTS = [
  { name: "libyang.txt", origin: join(LIBYANG_DIR, "LICENSE") },
  { name: "pcre2.md", origin: join(PCRE2_DIR, "LICENCE.md") },
  { name: "libyuma-base.txt", origin: join(YUMA_DIR, "usr/share/doc/libyuma-base/copyright") },
  { name: "wasi-libc.txt", origin: "/usr/share/doc/wasi-libc/copyright", isOptional: true },
  { name: "llvm.txt", origin: "/usr/share/doc/libclang-rt-16-dev-wasm32/copyright", isOptional: true },
];

/** Some systems are set up without /usr/share/doc: what is not on the disk cannot be copied. */
export function collectLicences() {
  rmSync(LICENCES_DIR, { recursive: true, force: true });
  mkdirSync(LICENCES_DIR, { recursive: true });
  for (const { name, origin, isOptional } of TEXTS) {
    if (existsSync(origin)) copyFileSync(origin, join(LICENCES_DIR, name));
    else if (!isOptional)
      throw new BuildFailure("licences", `${origin} is not there`, "adapt scripts/licences.mjs to where it is now");
  }
}
