import { parseXPath } from "./constraints/xpath/parser.ts";
import { printXPath } from "./constraints/xpath/print.ts";
import type { Expression, NodeTest } from "./constraints/xpath/syntax.ts";
import { xpathFunction } from "./constraints/xpath-functions.ts";
import type { SubtreeFilter } from "./subtree-filter.ts";

/** RFC 6241 section 8.9: a filter of type "xpath", as plain data that crosses threads. */
export interface XPathFilter {
  readonly select: string;
  /** prefix -> namespace, of the prefixes that the expression may mean. */
  readonly namespaces: ReadonlyMap<string, string>;
}

export type Filter = SubtreeFilter | XPathFilter;

export const isXPath = (filter: Filter | undefined): filter is XPathFilter =>
  filter !== undefined && "select" in filter;

/** Why an expression is none that a filter can have; `isWrongType`: it is one, but its result is no node set. */
export interface XPathProblem {
  readonly problem: string;
  readonly isWrongType: boolean;
}

/** Reads an expression with the prefixes in scope where it stands (section 8.9.1), which is in or on `<element>`. */
export function readXPath(
  select: string,
  scope: (prefix: string) => string | undefined,
  element = "filter",
): XPathFilter | XPathProblem {
  const { expression, error } = parseXPath(select);
  if (error !== undefined) {
    return problem(`The expression is no XPath 1.0: ${error.message}, at character ${error.offset + 1}.`);
  }
  const uses = usesOf(expression);
  for (const name of uses.variables) return problem(`There is no variable $${name}; no variables are defined.`);
  for (const name of uses.functions) {
    if (resultOf(name) === undefined) return problem(`There is no function ${name}() in XPath 1.0 or YANG 1.1.`);
  }
  const namespaces = new Map<string, string>();
  for (const prefix of uses.prefixes) {
    const namespace = scope(prefix);
    if (namespace === undefined) return problem(`The prefix "${prefix}" is not declared on <${element}> or around it.`);
    namespaces.set(prefix, namespace);
  }
  if (!isNodeSet(expression)) {
    return { problem: "The result of the expression is no node set; select nodes.", isWrongType: true };
  }
  // An identity has a prefix in its literal; most literals that look so are none.
  for (const prefix of uses.literalPrefixes) {
    const namespace = scope(prefix);
    if (namespace !== undefined) namespaces.set(prefix, namespace);
  }
  return { select, namespaces };
}

const problem = (text: string): XPathProblem => ({ problem: text, isWrongType: false });

/** XPath 1.0 section 4.1 and 4.3: of no use for YANG data, but there. */
const CORE_ONLY: ReadonlyMap<string, string> = new Map([
  ["id", "node-set"],
  ["lang", "boolean"],
]);
const resultOf = (name: string): string | undefined => xpathFunction(name)?.returns ?? CORE_ONLY.get(name);

/** Types are known without data (XPath 1.0 section 3): there are no variables. */
function isNodeSet(expression: Expression): boolean {
  switch (expression.kind) {
    case "path":
      return true;
    case "filter":
      return isNodeSet(expression.primary);
    case "binary":
      return expression.operator === "|";
    case "call":
      return resultOf(expression.name) === "node-set";
    default:
      return false;
  }
}

interface Uses {
  readonly variables: Set<string>;
  readonly functions: Set<string>;
  readonly prefixes: Set<string>;
  readonly literalPrefixes: Set<string>;
}

const LITERAL_PREFIX = /^([^:\s]+):[^:\s]+$/;

function usesOf(expression: Expression): Uses {
  const uses: Uses = {
    variables: new Set(),
    functions: new Set(),
    prefixes: new Set(),
    literalPrefixes: new Set(),
  };
  mapNames(expression, {
    test: (test) => {
      if (test.kind !== "type" && test.prefix !== undefined) uses.prefixes.add(test.prefix);
      return test;
    },
    look: (part) => {
      if (part.kind === "variable") uses.variables.add(part.name);
      if (part.kind === "call") uses.functions.add(part.name);
      const [, prefix] = (part.kind === "literal" && LITERAL_PREFIX.exec(part.value)) || [];
      if (prefix !== undefined) uses.literalPrefixes.add(prefix);
    },
  });
  return uses;
}

/** A module without data: what is in its namespace is nowhere. */
export const NOWHERE = { module: "yang", namespace: "urn:ietf:params:xml:ns:yang:1" } as const;

/**
 * The expression with names of modules as prefixes, as JSON has it. `moduleOf` gives the module of a namespace; names in
 * one that it does not know, which select nothing, become names of nowhere.
 */
export function jsonXPath(
  { select, namespaces }: XPathFilter,
  moduleOf: (namespace: string) => string | undefined,
): string {
  const { expression, error } = parseXPath(select);
  if (error !== undefined) throw new SyntaxError(error.message);
  const renamed = (prefix: string): string => moduleOf(namespaces.get(prefix) ?? "") ?? NOWHERE.module;
  const test = (of: NodeTest): NodeTest =>
    of.kind === "type" || of.prefix === undefined ? of : { ...of, prefix: renamed(of.prefix) };
  return printXPath(mapNames(expression, { test }));
}

interface Visitor {
  /** Gives what takes the place of a node test. */
  readonly test: (test: NodeTest) => NodeTest;
  /** Is shown each expression in it. */
  readonly look?: (part: Expression) => void;
}

/** The expression with other node tests. */
export function mapNames(expression: Expression, visitor: Visitor): Expression {
  const map = (part: Expression): Expression => mapNames(part, visitor);
  visitor.look?.(expression);
  switch (expression.kind) {
    case "path": {
      const steps = expression.steps.map(({ axis, test, predicates }) => ({
        axis,
        test: visitor.test(test),
        predicates: predicates.map(map),
      }));
      const { start } = expression;
      return { kind: "path", start: typeof start === "string" ? start : map(start), steps };
    }
    case "filter":
      return { kind: "filter", primary: map(expression.primary), predicates: expression.predicates.map(map) };
    case "binary":
      return { ...expression, left: map(expression.left), right: map(expression.right) };
    case "call":
      return { ...expression, arguments: expression.arguments.map(map) };
    case "negative":
      return { kind: "negative", operand: map(expression.operand) };
    default:
      return expression;
  }
}
