import fc from "fast-check";
import {
  AXES,
  BINARY_OPERATORS,
  type Expression,
  NODE_TYPES,
  type NodeTest,
  type Step,
} from "../../../../src/yang/constraints/xpath/syntax.ts";

/** Names that also are keywords come first: they are what a tokenizer gets wrong. */
const name = fc.constantFrom("or", "and", "div", "mod", "self", "text", "node", "count", "a", "b-c", "d.e", "_", "ä");
const prefix = fc.option(fc.constantFrom("p", "or", "child"), { nil: undefined });
const literal = fc
  .tuple(fc.constantFrom("'", '"'), fc.string({ unit: fc.constantFrom("a", "'", '"', "[", "]", "/", " ") }))
  .map(([quote, text]) => text.replaceAll(quote, ""));
const digits = fc.constantFrom("0", "1", "42", "1.", "1.50", ".5", "00");

const nodeTest = fc.oneof<fc.Arbitrary<NodeTest>[]>(
  fc.record({ kind: fc.constant("name" as const), prefix, name }),
  fc.record({ kind: fc.constant("any" as const), prefix }),
  fc.record({ kind: fc.constant("type" as const), type: fc.constantFrom(...NODE_TYPES) }),
  fc.record({
    kind: fc.constant("type" as const),
    type: fc.constant("processing-instruction" as const),
    target: literal,
  }),
);

/** Any syntax tree the parser can make. */
export const anyExpression: fc.Arbitrary<Expression> = fc.letrec<{ expression: Expression; step: Step }>((tie) => {
  const expressions = fc.array(tie("expression"), { maxLength: 2 });
  const steps = fc.array(tie("step"), { minLength: 1, maxLength: 3 });
  return {
    step: fc.record({ axis: fc.constantFrom(...AXES), test: nodeTest, predicates: expressions }),
    expression: fc.oneof(
      { maxDepth: 5, withCrossShrink: true },
      fc.record({ kind: fc.constant("literal" as const), value: literal }),
      fc.record({ kind: fc.constant("number" as const), digits }),
      fc.record({ kind: fc.constant("variable" as const), name }),
      fc.constant<Expression>({ kind: "path", start: "root", steps: [] }),
      fc.record({ kind: fc.constant("path" as const), start: fc.constantFrom("root" as const, "context"), steps }),
      fc.record({ kind: fc.constant("path" as const), start: tie("expression"), steps }),
      fc.record({ kind: fc.constant("negative" as const), operand: tie("expression") }),
      fc.record({
        kind: fc.constant("binary" as const),
        operator: fc.constantFrom(...BINARY_OPERATORS.flat()),
        left: tie("expression"),
        right: tie("expression"),
      }),
      fc.record({
        kind: fc.constant("call" as const),
        name: fc.constantFrom("not", "or", "self", "p:f", "deref"),
        arguments: expressions,
      }),
      fc.record({
        kind: fc.constant("filter" as const),
        primary: tie("expression"),
        predicates: fc.array(tie("expression"), { minLength: 1, maxLength: 2 }),
      }),
    ),
  };
}).expression;
