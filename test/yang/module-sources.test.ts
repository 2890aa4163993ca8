import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { ModuleSources } from "../../src/yang/module-sources.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "bmpconfd-sources-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (file: string, text: string) => writeFileSync(join(folder, `${file}.yang`), text);
const revisions = (...dates: string[]) => `module m { ${dates.map((date) => `revision "${date}";`).join(" ")} }`;

test("of a module that was loaded in two revisions, each has its text", () => {
  put("m@2026-01-01", revisions("2026-01-01"));
  put("m@2026-02-02", revisions("2026-01-01", "2026-02-02"));
  const sources = new ModuleSources([folder]);
  expect(sources.find("m", "2026-01-01")).toBe(revisions("2026-01-01"));
  expect(sources.find("m")).toBe(revisions("2026-01-01", "2026-02-02"));
  expect(sources.textOf("m", "2026-01-01")).toBe(revisions("2026-01-01"));
  expect(sources.textOf("m", "2026-02-02")).toBe(revisions("2026-01-01", "2026-02-02"));
  expect(sources.textOf("m", "2026-03-03")).toBeUndefined();
});

test("a submodule is found by its own name and revision", () => {
  put("m@2026-02-02", "module m {}");
  put("s@2026-01-01", "submodule s { old }");
  put("s@2026-03-03", "submodule s { new }");
  const sources = new ModuleSources([folder]);
  expect(sources.find("m", undefined, "s", "2026-01-01")).toBe("submodule s { old }");
  expect(sources.find("m", "2026-02-02", "s")).toBe("submodule s { new }");
  expect(sources.find("m", undefined, "none")).toBeUndefined();
});

test("what was loaded stays what it was, whatever becomes of the file", () => {
  put("m", "module m { before }");
  const sources = new ModuleSources([folder]);
  sources.find("m");
  put("m", "module m { after }");
  expect(sources.textOf("m", undefined)).toBe("module m { before }");
});

test("a module that libyang has built in is had as it is published", () => {
  expect(new ModuleSources([]).textOf("ietf-yang-types", "2013-07-15")).toContain("module ietf-yang-types {");
});

test("the digest is of all texts", () => {
  const digestOf = (...texts: string[]) => {
    const sources = new ModuleSources([]);
    for (const text of texts) sources.add("m", text);
    return sources.digest();
  };
  expect(new Set([digestOf(), digestOf("a"), digestOf("b"), digestOf("a", "b")]).size).toBe(4);
  expect(digestOf("a", "b")).toBe(digestOf("a", "b"));
});
