import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { withAdvice } from "../../src/commands/system-advice.ts";

test("an error of the operating system says which file, why, and what to do", () => {
  let thrown: unknown;
  try {
    readFileSync("/");
  } catch (error) {
    thrown = error;
  }
  expect(withAdvice(thrown)).toBe(
    "EISDIR: illegal operation on a directory, read. This is to be a file: move the directory away, or restore the " +
      "file from a backup.",
  );
});

test("our own errors, which say it themselves, and those that nothing is known about, are left as they are", () => {
  for (const message of ["The disk is full.", "ELOOP: too many symbolic links encountered", "E: ENOSPC"]) {
    expect(withAdvice(new Error(message))).toBe(message);
  }
});
