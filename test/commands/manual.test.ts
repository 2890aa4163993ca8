import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { USAGE } from "../../src/commands/serve-arguments.ts";

const ROOT = join(import.meta.dirname, "../..");
const manual = readFileSync(join(ROOT, "docs/bmpconfd.8"), "utf8");
const readme = readFileSync(join(ROOT, "README.md"), "utf8");

const sorted = (names: Iterable<string>) => [...new Set(names)].sort();
const found = (text: string, pattern: RegExp) => sorted([...text.matchAll(pattern)].map(([, name]) => name as string));

const inUsage = found(USAGE, /--([a-z][a-z-]*)/g);

test("the manual page explains every option that --help names, and no other, and has it in its synopsis", () => {
  expect(inUsage.length).toBeGreaterThan(10);
  expect(found(manual, /^\.It Fl -([a-z-]+)/gm)).toEqual(inUsage);
  const synopsis = manual.slice(manual.indexOf(".Sh SYNOPSIS"), manual.indexOf(".Sh DESCRIPTION"));
  expect(found(synopsis, /Fl -([a-z-]+)/g)).toEqual(inUsage);
});

test("README names every option that --help names", () => {
  for (const name of inUsage) expect(readme).toContain(`--${name}`);
});

test.each(["/var/lib/bmpconfd", "[::]:830", "[::]:179", "./var", "127.0.0.1:8830", "127.0.0.1:1790"])(
  "the default %s is in the manual page and in --help",
  (value) => {
    expect(USAGE).toContain(value);
    expect(manual.replaceAll("\\&", "")).toContain(value);
  },
);
