import { expect, test } from "vitest";
import { textPieces } from "../../src/yang/text-pieces.ts";

const pieces = (text: string, size: number): string[] =>
  [...textPieces(text, size)].map((piece) => Buffer.from(piece ?? []).toString());

test("a text in pieces, none of which ends inside a character", () => {
  expect(pieces("abcde", 2)).toEqual(["ab", "cd", "e"]);
  expect(pieces("a😀é😀", 2)).toEqual(["a😀", "é😀"]);
  expect(pieces("😀😀", 1)).toEqual(["😀", "😀"]);
  expect(pieces("", 2)).toEqual([]);
});
