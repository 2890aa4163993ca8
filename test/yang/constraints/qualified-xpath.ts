import { parseXPath } from "../../../src/yang/constraints/xpath/parser.ts";
import { printXPath } from "../../../src/yang/constraints/xpath/print.ts";
import type { Expression, NodeTest, Step } from "../../../src/yang/constraints/xpath/syntax.ts";

interface Names {
  readonly prefixes: ReadonlyMap<string, string>;
  readonly defaultModule: string;
}

/** An expression of a module as DataNode.find takes it: each name with its module's name as prefix. */
export function qualifiedXPath(text: string, names: Names): string {
  const { expression, error } = parseXPath(text);
  if (expression === undefined) throw new Error(`${text}: ${error.message}`);
  return printXPath(qualified(expression, names));
}

function qualified(expression: Expression, names: Names): Expression {
  const inner = (part: Expression): Expression => qualified(part, names);
  switch (expression.kind) {
    case "binary":
      return { ...expression, left: inner(expression.left), right: inner(expression.right) };
    case "negative":
      return { ...expression, operand: inner(expression.operand) };
    case "call":
      return { ...expression, arguments: expression.arguments.map(inner) };
    case "filter":
      return { ...expression, primary: inner(expression.primary), predicates: expression.predicates.map(inner) };
    case "path": {
      const { start, steps } = expression;
      const step = ({ axis, test, predicates }: Step): Step => ({
        axis,
        test: qualifiedTest(test, names),
        predicates: predicates.map(inner),
      });
      return { kind: "path", start: typeof start === "string" ? start : inner(start), steps: steps.map(step) };
    }
    default:
      return expression;
  }
}

function qualifiedTest(test: NodeTest, { prefixes, defaultModule }: Names): NodeTest {
  if (test.kind === "type" || (test.kind === "any" && test.prefix === undefined)) return test;
  return { ...test, prefix: test.prefix === undefined ? defaultModule : prefixes.get(test.prefix) };
}
