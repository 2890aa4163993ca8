import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";

const document = readFileSync(new URL("../docs/RFCS.md", import.meta.url), "utf8");

/** Tests that docs/RFCS.md names: the cells below a heading "tests". */
function* namedTests(): Iterable<string> {
  let column = -1;
  for (const line of document.split("\n")) {
    const cells = line.startsWith("|") ? line.split("|").slice(1, -1) : [];
    if (cells.length === 0) column = -1;
    const heading = cells.findIndex((cell) => cell.trim() === "tests");
    if (heading >= 0) column = heading;
    for (const [, examples = "", name = ""] of (cells[column] ?? "").matchAll(/(\*examples\* )?`([^`]+)`/g))
      yield `${examples === "" ? "" : "netconf/rfc-examples/"}${name}.test.ts`;
  }
}

test("every test that docs/RFCS.md names is there", () => {
  const named = [...new Set(namedTests())];
  expect(named.filter((file) => !existsSync(new URL(file, import.meta.url)))).toEqual([]);
  expect(named.length).toBeGreaterThan(50);
});
