import { expect, test } from "vitest";
import { parseServeArguments } from "../../src/commands/serve-arguments.ts";

test("no URL is served that nobody asked for; schemes come once, in one order", () => {
  expect(parseServeArguments([]).urlSchemes).toEqual([]);
  expect(parseServeArguments(["--url", "https", "--url", "file", "--url", "https"]).urlSchemes).toEqual([
    "file",
    "https",
  ]);
  expect(() => parseServeArguments(["--url", "ftp"])).toThrow("--url takes file or https, not 'ftp'.");
});
