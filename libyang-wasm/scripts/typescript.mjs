/** Compiles src/ to dist/. */
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { PACKAGE_DIR } from "./paths.mjs";
import { BuildFailure, progress } from "./report.mjs";
import { run } from "./run.mjs";

/** npm puts a workspace's tools into the root's node_modules, or into its own. */
function findCompiler() {
  for (let dir = PACKAGE_DIR; ; dir = dirname(dir)) {
    const candidate = join(dir, "node_modules", ".bin", "tsc");
    if (existsSync(candidate)) return candidate;
    if (dir === dirname(dir))
      throw new BuildFailure("typescript", "no TypeScript compiler in node_modules", "run: npm install");
  }
}

export async function compileTypeScript() {
  const compiler = findCompiler();
  progress("typescript: src/ to dist/");
  try {
    await run(compiler, ["-p", join(PACKAGE_DIR, "tsconfig.json")]);
  } catch (cause) {
    throw new BuildFailure("typescript", cause.message, "correct the types in src/, then build again", { cause });
  }
}
