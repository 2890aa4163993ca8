import { quoted } from "../../../errors/quoted.ts";
import { BINARY_OPERATORS, type Binary, type Expression, type NodeTest, type Step } from "./syntax.ts";

/** The expression as text that `parseXPath` turns into the same tree: abbreviated, parentheses where needed. */
export function printXPath(expression: Expression): string {
  switch (expression.kind) {
    case "literal":
      return quoted(expression.value);
    case "number":
      return expression.digits;
    case "variable":
      return `$${expression.name}`;
    case "call":
      return `${expression.name}(${expression.arguments.map(printXPath).join(", ")})`;
    case "negative":
      return `-${operand(expression.operand, MINUS)}`;
    case "binary":
      return binary(expression);
    case "filter":
      return primary(expression.primary) + predicates(expression.predicates);
    case "path": {
      const { start, steps } = expression;
      const relative = steps.map(step).join("/");
      if (start === "context") return relative;
      return start === "root" ? `/${relative}` : `${pathStart(start)}/${relative}`;
    }
  }
}

const UNION = BINARY_OPERATORS.length - 1;
const MINUS = UNION - 0.5;
const OPERAND = UNION + 1;

function strength(expression: Expression): number {
  if (expression.kind === "negative") return MINUS;
  if (expression.kind !== "binary") return OPERAND;
  return BINARY_OPERATORS.findIndex((row) => row.some((operator) => operator === expression.operator));
}

/** An operand, in parentheses where it binds weaker than `least`, or where what follows would be read as a step. */
function operand(expression: Expression, least: number): string {
  const text = printXPath(expression);
  return strength(expression) < least || text === "/" ? `(${text})` : text;
}

function binary(expression: Binary): string {
  const own = strength(expression);
  return `${operand(expression.left, own)} ${expression.operator} ${operand(expression.right, own + 0.5)}`;
}

/** Only what is no location path and has no predicates can be followed by some as it is. */
function primary(expression: Expression): string {
  const text = printXPath(expression);
  const isPrimary = ["literal", "number", "variable", "call"].includes(expression.kind);
  return isPrimary ? text : `(${text})`;
}

const pathStart = (expression: Expression): string =>
  expression.kind === "filter" ? printXPath(expression) : primary(expression);

function step({ axis, test, predicates: conditions }: Step): string {
  const isAnyNode = test.kind === "type" && test.type === "node" && conditions.length === 0;
  if (isAnyNode && axis === "self") return ".";
  if (isAnyNode && axis === "parent") return "..";
  const prefix = axis === "child" ? "" : axis === "attribute" ? "@" : `${axis}::`;
  return prefix + nodeTest(test) + predicates(conditions);
}

function nodeTest(test: NodeTest): string {
  if (test.kind === "type") return `${test.type}(${test.target === undefined ? "" : quoted(test.target)})`;
  const local = test.kind === "any" ? "*" : test.name;
  return test.prefix === undefined ? local : `${test.prefix}:${local}`;
}

const predicates = (conditions: readonly Expression[]): string =>
  conditions.map((condition) => `[${printXPath(condition)}]`).join("");
