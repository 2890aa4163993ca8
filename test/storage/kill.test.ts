import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { runUntilKilled } from "./killed-process.ts";
import { dataFolder, historyIn, textAfter, textOf } from "./recorded.ts";

const ROUNDS = 12;
const program = new URL("./committing-process.mjs", import.meta.url);

test("kill -9 at any time loses no commit that was acknowledged, and makes none that was not", async () => {
  const folder = dataFolder();
  const hasSnapshot = () => readdirSync(join(folder, "history")).some((name) => /[1-9].*\.snapshot$/.test(name));
  // On a busy machine a process may be killed before its thread has made a snapshot: so long there is another one.
  for (let round = 0; round < ROUNDS || !hasSnapshot(); round++) {
    const acknowledged = await runUntilKilled(program, folder, Math.random() * 150 * (1 + round / ROUNDS));
    const found = historyIn(folder).history.load();
    // The one under way may have got there.
    expect([acknowledged, acknowledged + 1]).toContain(found?.newest.id);
    expect(textOf(found)).toBe(textAfter(found?.newest.id ?? 0));
  }
}, 60_000);
