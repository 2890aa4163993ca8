/** Before `npm pack`: everything built, and nothing in node_modules that an installation would try to compile. */
import { rmSync } from "node:fs";
import { join } from "node:path";
import { orExit, ROOT, setUp } from "./setup.mjs";

/**
 * What ssh2 would like to have and does without. It is bundled with ssh2 when it is there, and then every machine that
 * installs the package looks for a compiler.
 */
const NATIVE = ["buildcheck", "cpu-features", "nan"];

await orExit(setUp);
for (const name of NATIVE) rmSync(join(ROOT, "node_modules", name), { recursive: true, force: true });
