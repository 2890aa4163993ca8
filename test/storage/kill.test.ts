import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { dataFolder, historyIn, textAfter, textOf } from "./recorded.ts";

const ROUNDS = 12;
const program = fileURLToPath(new URL("./committing-process.mjs", import.meta.url));

/** Has a process commit, and kills it so long after its first commit. Returns the last commit it had made for sure. */
async function commitUntilKilled(folder: string, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, folder], { stdio: ["ignore", "pipe", "pipe"] });
  let told = "";
  let complaints = "";
  child.stderr.on("data", (text) => (complaints += text));
  child.stdout.on("data", (text) => {
    if (told === "") setTimeout(() => child.kill("SIGKILL"), afterMs);
    told += text;
  });
  const [, signal] = (await once(child, "close")) as [number, string];
  expect([signal, complaints]).toEqual(["SIGKILL", ""]);
  return Number(told.split("\n").at(-2));
}

test("kill -9 at any time loses no commit that was acknowledged, and makes none that was not", async () => {
  const folder = dataFolder();
  const hasSnapshot = () => readdirSync(join(folder, "history")).some((name) => /[1-9].*\.snapshot$/.test(name));
  // On a busy machine a process may be killed before its thread has made a snapshot: so long there is another one.
  for (let round = 0; round < ROUNDS || !hasSnapshot(); round++) {
    const acknowledged = await commitUntilKilled(folder, Math.random() * 150 * (1 + round / ROUNDS));
    const found = historyIn(folder).history.load();
    // The one under way may have got there.
    expect([acknowledged, acknowledged + 1]).toContain(found?.newest.id);
    expect(textOf(found)).toBe(textAfter(found?.newest.id ?? 0));
  }
}, 60_000);
