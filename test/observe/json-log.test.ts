import { mkdtempSync, openSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { JsonLog } from "../../src/observe/json-log.ts";

let folder: string;
let path: string;
let fd: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-"));
  path = join(folder, "log");
  fd = openSync(path, "a");
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

const lines = (file: string) =>
  readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const { time, ...rest } = JSON.parse(line) as Record<string, unknown>;
      expect(time).toMatch(/^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/);
      return rest;
    });

describe("JsonLog", () => {
  test("writes one JSON object a line, with level, fields and message", async () => {
    const json = new JsonLog("info", fd);
    json.log("info", "started");
    json.child({ session: 4 })("warn", "slow peer", { peer: "192.0.2.1" });
    json.log("debug", "not shown at this level");
    await json.close();
    json.log("info", "dropped: too late");
    expect(lines(path)).toEqual([
      { level: "info", msg: "started" },
      { level: "warn", session: 4, peer: "192.0.2.1", msg: "slow peer" },
    ]);
  });

  test("shows an error with its message, stack and cause", async () => {
    const json = new JsonLog("info", fd);
    json.log("error", "failed", { error: new Error("outer", { cause: new Error("inner") }) });
    await json.close();
    expect(lines(path)).toMatchObject([{ msg: "failed", error: { type: "Error", message: "outer: inner" } }]);
  });

  test("goes on in a new file after rotation and reopen", async () => {
    const json = new JsonLog("info", fd);
    json.log("info", "before");
    renameSync(path, `${path}.1`);
    json.reopen();
    json.log("info", "after");
    await json.close();
    expect(lines(`${path}.1`)).toEqual([{ level: "info", msg: "before" }]);
    expect(lines(path)).toEqual([{ level: "info", msg: "after" }]);
  });
});
