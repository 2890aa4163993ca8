/** The libraries that the linker takes from the toolchain's packages: they are part of libyang.wasm too. */
import { readFileSync } from "node:fs";
import { sha256 } from "./digest.mjs";
import { BuildFailure } from "./report.mjs";
import { run } from "./run.mjs";
import { LLVM_RUNTIME } from "./toolchain.mjs";

const LIBRARIES = [
  {
    name: "wasi-libc",
    debianPackage: "wasi-libc",
    owns: (file) => /^\/usr\/lib\/wasm32-wasi\/(?:crt1-reactor\.o|libc[a-z-]*\.a)$/.test(file),
  },
  { name: "compiler-rt", debianPackage: "libclang-rt-16-dev-wasm32", owns: (file) => file === LLVM_RUNTIME },
];

const hashFiles = (files) => sha256(files.map((file) => `${file} ${sha256(readFileSync(file))}\n`).join(""));

/**
 * What the linked library files belong to: `[{ name, version, sha256 }]`, whose hashes are over those files. Throws
 * BuildFailure for a file of unknown origin: it would be passed on without its licence.
 */
export async function runtimeComponents(files) {
  const stray = files.find((file) => !LIBRARIES.some(({ owns }) => owns(file)));
  if (stray !== undefined) {
    throw new BuildFailure("licences", `${stray} was linked in`, "say in scripts/runtime.mjs what it belongs to");
  }
  const components = [];
  for (const { name, debianPackage, owns } of LIBRARIES) {
    const linked = files.filter(owns).sort();
    if (linked.length === 0) continue;
    const [, version] = /^Version: (.+)$/m.exec(await run("dpkg-query", ["--status", debianPackage]));
    components.push({ name, version, sha256: hashFiles(linked) });
  }
  return components;
}
