import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { MrtFolder } from "../../src/mrt/mrt-folder.ts";
import { peerIndexTable } from "./mrt-writer.ts";

const scratch = mkdtempSync(join(tmpdir(), "mrt-folder-"));
afterAll(() => rmSync(scratch, { recursive: true }));

const path = join(scratch, "mrt");
const folder = new MrtFolder(path);
mkdirSync(join(path, "2026"), { recursive: true });
const FILE = peerIndexTable([]);
writeFileSync(join(path, "2026", "rib"), FILE);
writeFileSync(join(path, "rib.gz"), gzipSync(FILE));
writeFileSync(join(path, "short"), "no");
writeFileSync(join(path, "text"), "This is a text, and no MRT file.");
writeFileSync(join(scratch, "secret"), FILE);
mkdirSync(join(scratch, "mrt-too"));
writeFileSync(join(scratch, "mrt-too", "secret"), FILE);
symlinkSync("2026/rib", join(path, "latest"));
symlinkSync("../secret", join(path, "outside"));
symlinkSync("..", join(path, "up"));
symlinkSync("circle", join(path, "circle"));
execFileSync("mkfifo", [join(path, "pipe")]);

describe("what can be read", () => {
  test.each(["2026/rib", "rib.gz", "latest"])("%s", async (name) => {
    expect(folder.problem(name)).toBe(undefined);
    await (await folder.open(name)).close();
  });
});

describe("what cannot", () => {
  test.each([
    ["none", "there is no such file"],
    ["rib.gz/none", "there is no such file"],
    ["2026", "it is not a plain file"],
    ["pipe", "it is not a plain file"],
    ["outside", "it is not in the folder for MRT files"],
    ["up/secret", "it is not in the folder for MRT files"],
    ["up/mrt-too/secret", "it is not in the folder for MRT files"],
    ["../secret", "it is not in the folder for MRT files"],
    ["circle", "its links lead nowhere"],
  ])("%s", async (name, problem) => {
    expect(folder.problem(name)).toBe(problem);
    await expect(folder.open(name)).rejects.toThrow(problem);
  });

  test("what is not an MRT file, as far as its beginning tells", () => {
    expect(folder.problem("short")).toBe("it has 2 octets, less than one record");
    expect(folder.problem("text")).toBe("it does not begin with an MRT record, gzip or bzip2: there is no type 8297");
  });

  test("anything, where the operator has allowed nothing", async () => {
    const problem = "the server was started without --mrt DIR, the folder of such files";
    expect(new MrtFolder(undefined).problem("rib")).toBe(problem);
    await expect(new MrtFolder(undefined).open("rib")).rejects.toThrow(problem);
    expect(new MrtFolder(join(scratch, "none")).problem("rib")).toBe("there is no such file");
  });
});
