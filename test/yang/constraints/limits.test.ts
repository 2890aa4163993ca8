import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { constraintLimits } from "../../../src/yang/constraints/limits.ts";

test.each(Object.entries(constraintLimits))("%s stands in docs/LIMITS.md with its default, %i", (name, value) => {
  const document = readFileSync(new URL("../../../docs/LIMITS.md", import.meta.url), "utf8");
  expect(document).toContain(`| \`${name}\` | ${value} | `);
});
