import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const EXAMPLES = fileURLToPath(new URL("../examples/", import.meta.url));
const programs = readdirSync(EXAMPLES).filter((name) => name.endsWith(".mjs"));
const run = promisify(execFile);

/** As a user runs it: the built package, in a process of its own. What it prints is beside it (`vitest -u` rewrites it). */
test.each(programs)("examples/%s prints what is beside it", async (program) => {
  const { stdout, stderr } = await run(process.execPath, [program], {
    cwd: EXAMPLES,
    env: { ...process.env, NO_COLOR: "1" },
  });
  expect(stderr).toBe("");
  await expect(stdout).toMatchFileSnapshot(`${EXAMPLES}${program.replace(".mjs", ".txt")}`);
});
