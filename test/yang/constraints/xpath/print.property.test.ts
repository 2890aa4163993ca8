import fc from "fast-check";
import { expect, test } from "vitest";
import { parseXPath } from "../../../../src/yang/constraints/xpath/parser.ts";
import { printXPath } from "../../../../src/yang/constraints/xpath/print.ts";
import { anyExpression } from "./random-expression.ts";

test("an expression that is printed and parsed is the same again", () => {
  fc.assert(
    fc.property(anyExpression, (expression) => {
      const text = printXPath(expression);
      expect(parseXPath(text), text).toEqual({ expression });
    }),
    { numRuns: 3_000 },
  );
});

test("any text is an expression or an error within it", () => {
  const pieces = fc.constantFrom(
    ..."a|*|::|/|//|.|..|[|]|(|)|,|@|or|and|-|+|=|!=|<|1|.5|'|\"|$|text|node|child|p:|:| |!|not|;|é".split("|"),
    "|",
  );
  fc.assert(
    fc.property(fc.array(pieces, { maxLength: 12 }), (parts) => {
      const text = parts.join("");
      const { expression, error } = parseXPath(text);
      if (expression === undefined) {
        expect(error.offset).toBeGreaterThanOrEqual(0);
        expect(error.offset).toBeLessThanOrEqual(text.length);
      } else {
        expect(parseXPath(printXPath(expression)), text).toEqual({ expression });
      }
    }),
    { numRuns: 10_000 },
  );
});
