import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runToEnd } from "./harness/daemon.ts";

const OURS = join(import.meta.dirname, "../../yang");
/** The IETF modules that ours import and deviate from. */
const IETF = join(import.meta.dirname, "../../libyang-wasm/modules");

const modules = readdirSync(OURS).filter((name) => name.endsWith(".yang"));

test.each(modules)("yanglint finds nothing to say about %s", async (name) => {
  const { code, stdout, stderr } = await runToEnd("yanglint", "yanglint", [
    "-V",
    "-p",
    OURS,
    "-p",
    IETF,
    "-f",
    "info",
    join(OURS, name),
  ]);
  expect(stderr.split("\n").filter((line) => /\b(warn|err)/i.test(line))).toEqual([]);
  expect(code).toBe(0);
  expect(stdout).toContain(name.split("@")[0]);
});
