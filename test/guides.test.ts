import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect, test } from "vitest";
import { USAGE } from "../src/commands/serve-arguments.ts";

const ROOT = join(import.meta.dirname, "..");
const GUIDES = join(ROOT, "docs/guides");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");
const names = readdirSync(GUIDES);

function* filesBelow(folder: string): Iterable<string> {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) yield* filesBelow(path);
    else yield path;
  }
}

/** All of the source, the pieces of a long string put together. */
const source = ["src", "yang"]
  .flatMap((folder) => [...filesBelow(join(ROOT, folder))])
  .map((file) => readFileSync(file, "utf8").replace(/(["'`])\s*\+\s*["'`]/g, ""))
  .join("\n");

/** Matches the message with anything in place of each `…`. */
const asPattern = (message: string) =>
  new RegExp(
    message
      .split("…")
      .map((piece) => piece.trim().replace(/[.*+?^${}()|[\]\\]/g, "\\$&"))
      .join("[^\\n]*"),
  );

const quoted = [...read("docs/guides/troubleshooting.md").matchAll(/^### `(.*)`$/gm)].map(([, text]) => text as string);

test("there are messages to look at, and a message that the server does not have is noticed", () => {
  expect(quoted.length).toBeGreaterThan(20);
  expect(source).not.toMatch(asPattern("The … datastore is occupied by …"));
});

test.each(quoted)("the server has the message that is explained: %s", (message) => {
  expect(source).toMatch(asPattern(message));
});

test.each(names)("the links and examples that %s names are there, and so are the options and metrics", (name) => {
  const text = read(join("docs/guides", name));
  for (const [, target] of text.matchAll(/\]\(([^)#]+)\)/g)) {
    expect(existsSync(join(GUIDES, dirname(name), target as string)), target).toBe(true);
  }
  for (const [path] of text.matchAll(/\bexamples\/[\w./-]*\w/g)) expect(existsSync(join(ROOT, path)), path).toBe(true);
  for (const [, metric] of text.matchAll(/bmpconfd_([a-z_]+)/g)) expect(source).toContain(`"${metric}"`);
  for (const [line] of text.matchAll(/^.*\bbmpconfd (?:--|user|host-key).*$/gm)) {
    for (const [option] of (line as string).matchAll(/--[a-z-]+/g)) expect(USAGE).toContain(option);
  }
});

test("README leads to every guide", () => {
  const readme = read("README.md");
  for (const name of names) expect(readme).toContain(`(docs/guides/${name})`);
});
