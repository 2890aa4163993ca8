import { expect, test } from "vitest";
import { parseServeArguments } from "../../src/commands/serve-arguments.ts";

test("MRT files come from a folder that was named, or from nowhere", () => {
  expect(parseServeArguments([]).mrtFolder).toBe(undefined);
  expect(parseServeArguments(["--mrt", "/srv/mrt"]).mrtFolder).toBe("/srv/mrt");
});

test("no URL is served that nobody asked for; schemes come once, in one order", () => {
  expect(parseServeArguments([]).urlSchemes).toEqual([]);
  expect(parseServeArguments(["--url", "https", "--url", "file", "--url", "https"]).urlSchemes).toEqual([
    "file",
    "https",
  ]);
  expect(() => parseServeArguments(["--url", "ftp"])).toThrow("--url takes file or https, not 'ftp'.");
});
