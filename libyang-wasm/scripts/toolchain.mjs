/** The compiler: found, or installed by apt when this is root. */
import { existsSync } from "node:fs";
import { BuildFailure, progress } from "./report.mjs";
import { run } from "./run.mjs";

export const CLANG = "/usr/bin/clang-16";
export const LLVM_RUNTIME = "/usr/lib/llvm-16/lib/clang/16/lib/wasi/libclang_rt.builtins-wasm32.a";
const LOCK_WAIT_SECONDS = 600;

/** Debian packages the build needs, each with a file that shows it is there. */
const PACKAGES = [
  { name: "clang-16", proof: CLANG },
  { name: "lld-16", proof: "/usr/bin/wasm-ld-16" },
  { name: "wasi-libc", proof: "/usr/include/wasm32-wasi/stdio.h" },
  { name: "libclang-rt-16-dev-wasm32", proof: LLVM_RUNTIME },
  { name: "dpkg-dev", proof: "/usr/bin/dpkg-source" },
];

/** Makes sure of the toolchain and returns its version line. */
export async function ensureToolchain() {
  const missing = PACKAGES.filter(({ proof }) => !existsSync(proof)).map(({ name }) => name);
  if (missing.length > 0) await install(missing);
  const stillMissing = PACKAGES.find(({ proof }) => !existsSync(proof));
  if (stillMissing !== undefined) {
    throw new BuildFailure(
      "toolchain",
      `${stillMissing.name} is installed but ${stillMissing.proof} is not there`,
      "build on Debian 12 (bookworm), whose file layout these scripts know",
    );
  }
  return (await run(CLANG, ["--version"])).split("\n")[0];
}

async function install(packages) {
  const command = `apt-get install -y --no-install-recommends ${packages.join(" ")}`;
  if (process.getuid?.() !== 0) {
    throw new BuildFailure("toolchain", `not installed: ${packages.join(", ")}`, `run as root: ${command}`);
  }
  progress(`toolchain: installing ${packages.join(", ")}`);
  const apt = (...args) =>
    run("apt-get", ["-o", `DPkg::Lock::Timeout=${LOCK_WAIT_SECONDS}`, ...args], {
      env: { DEBIAN_FRONTEND: "noninteractive" },
    });
  const installNow = () => apt("install", "-y", "--no-install-recommends", ...packages);
  try {
    // The package lists of this machine may be absent or stale: refresh them only if the first attempt fails.
    await installNow().catch(async () => {
      progress("toolchain: refreshing the package lists");
      await apt("update");
      await installNow();
    });
  } catch (cause) {
    throw new BuildFailure("toolchain", cause.message, `make this work, then build again: ${command}`, { cause });
  }
}
