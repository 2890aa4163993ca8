import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const SETUP = join(import.meta.dirname, "../scripts/setup.mjs");

/** A step of `npm start`, `npm test` or `npm run build`, run as these run it. */
function step(call: string) {
  const program = `import { orExit, runQuietly } from ${JSON.stringify(SETUP)}; await orExit(() => ${call});`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", program], {
    encoding: "utf8",
  });
  return { status, stdout, stderr };
}

test("a step that takes its time says what it is at; its output is not shown when it succeeds", () => {
  expect(step('runQuietly("sh", ["-c", "echo first; sleep 6; echo second"])')).toEqual({
    status: 0,
    stdout: "",
    stderr: "bmpconfd: sh, for 5 s: first\n",
  });
});

test("a step that fails shows its output, and says what to do", () => {
  expect(step('runQuietly("sh", ["-c", "echo the reason; exit 3"])')).toEqual({
    status: 1,
    stdout: "",
    stderr:
      'the reason\nbmpconfd: "sh -c echo the reason; exit 3" ended with 3. Why is above; when that is mended, try again.\n',
  });
  expect(step('runQuietly("no-such-program", [])')).toEqual({
    status: 1,
    stdout: "",
    stderr: "bmpconfd: no-such-program did not start: spawn no-such-program ENOENT. Install it, then try again.\n",
  });
});
