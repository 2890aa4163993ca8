/** The licences of what is inside the package, beside it: each asks to be passed on with binaries. */
import { copyFileSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LICENCES_DIR } from "./paths.mjs";
import { BuildFailure } from "./report.mjs";
import { LIBYANG_DIR, PCRE2_DIR, YUMA_DIR } from "./sources.mjs";

/** By component: the SPDX expression, what of the package it is in, and the files of its texts. */
const LICENCES = {
  libyang: { licence: "BSD-3-Clause", isIn: "libyang.wasm", texts: ["libyang.txt"] },
  pcre2: { licence: "BSD-3-Clause WITH PCRE2-exception", isIn: "libyang.wasm", texts: ["pcre2.md"] },
  // musl's functions are under the MIT and BSD licences, cloudlibc's under BSD's; the allocator is in the public domain.
  "wasi-libc": {
    licence: "CC0-1.0 AND MIT AND BSD-2-Clause AND BSD-3-Clause",
    isIn: "libyang.wasm",
    texts: ["wasi-libc.txt", "CC0-1.0.txt"],
  },
  "compiler-rt": {
    licence: "Apache-2.0 WITH LLVM-exception",
    isIn: "libyang.wasm",
    texts: ["llvm.txt", "Apache-2.0.txt"],
  },
  "libyuma-base": { licence: "BSD-3-Clause", isIn: "modules/", texts: ["libyuma-base.txt"] },
  "libyang-wasm": { licence: "UNLICENSED", isIn: "libyang.wasm", texts: [] },
};

const ORIGINS = {
  "libyang.txt": join(LIBYANG_DIR, "LICENSE"),
  "pcre2.md": join(PCRE2_DIR, "LICENCE.md"),
  "libyuma-base.txt": join(YUMA_DIR, "usr/share/doc/libyuma-base/copyright"),
  "wasi-libc.txt": "/usr/share/doc/wasi-libc/copyright",
  "llvm.txt": "/usr/share/doc/libclang-rt-16-dev-wasm32/copyright",
  // The two above refer to these.
  "CC0-1.0.txt": "/usr/share/common-licenses/CC0-1.0",
  "Apache-2.0.txt": "/usr/share/common-licenses/Apache-2.0",
};

/** Fills dist/licences/ anew. Returns the components, `{ name, version, sha256 }`, with what the manifest says of each. */
export function collectLicences(components) {
  rmSync(LICENCES_DIR, { recursive: true, force: true });
  mkdirSync(LICENCES_DIR, { recursive: true });
  return components.map(({ name, version, sha256 }) => {
    const { licence, isIn, texts } = LICENCES[name];
    for (const text of texts) copyText(text);
    return { name, version, sha256, isIn, licence, licenceFiles: texts.map((text) => `licences/${text}`) };
  });
}

function copyText(name) {
  if (!existsSync(ORIGINS[name])) {
    throw new BuildFailure(
      "licences",
      `${ORIGINS[name]} is not there`,
      "adapt scripts/licences.mjs to where it is now",
    );
  }
  copyFileSync(ORIGINS[name], join(LICENCES_DIR, name));
}
