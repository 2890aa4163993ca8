import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { claimDataFolder, DataFolderError } from "../../src/storage/data-folder.ts";

let parent: string;
beforeEach(() => {
  parent = mkdtempSync(join(tmpdir(), "bmpconfd-data-"));
});
afterEach(() => rmSync(parent, { recursive: true, force: true }));

test("the folder is made for its owner only", () => {
  claimDataFolder(join(parent, "new", "data"));
  expect(statSync(join(parent, "new", "data")).mode & 0o777).toBe(0o700);
});

test("a second claim is refused and says which process holds the folder", () => {
  claimDataFolder(parent);
  expect(() => claimDataFolder(parent)).toThrow(
    new DataFolderError(
      `The data directory ${parent} is in use by process ${process.pid}. Stop that process, or give another directory with --data.`,
    ),
  );
});

test("a claim that was given up can be made again", () => {
  claimDataFolder(parent)();
  expect(existsSync(join(parent, "lock"))).toBe(false);
  claimDataFolder(parent);
});

test("the claim of a process that was killed is taken over", async () => {
  const child = spawn("sleep", ["1000"]);
  await once(child, "spawn");
  const start = readFileSync(`/proc/${child.pid}/stat`, "utf8").split(") ")[1]?.split(" ")[19];
  writeFileSync(join(parent, "lock"), `${child.pid} ${start}\n`);
  expect(() => claimDataFolder(parent)).toThrow(`in use by process ${child.pid}`);
  child.kill("SIGKILL");
  await once(child, "exit");
  claimDataFolder(parent);
  expect(readFileSync(join(parent, "lock"), "utf8")).toMatch(new RegExp(`^${process.pid} `));
});

test("a pid that now belongs to another process does not hold the folder", () => {
  writeFileSync(join(parent, "lock"), `${process.pid} 1\n`);
  claimDataFolder(parent);
});

test("a folder that cannot be made is reported with its reason", () => {
  writeFileSync(join(parent, "file"), "");
  expect(() => claimDataFolder(join(parent, "file", "data"))).toThrow(DataFolderError);
  expect(() => claimDataFolder("/proc/bmpconfd")).toThrow(DataFolderError);
});
