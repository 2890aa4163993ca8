import type { Call, Expression } from "./xpath/syntax.ts";

/** Which change of a node matters: that it comes or goes, or also what it holds. */
export type Aspect = "existence" | "value";

type ResultType = "boolean" | "number" | "string" | "node-set";

export interface XPathFunction {
  readonly returns: ResultType;
  /** What matters of the nodes that its arguments select. */
  readonly uses: Aspect;
  /** When it takes the context node's value. */
  readonly takesContext?: "without arguments" | "always";
}

const value = (returns: ResultType): XPathFunction => ({ returns, uses: "value" });
const existence = (returns: ResultType): XPathFunction => ({ returns, uses: "existence" });
const valueOrContext = (returns: ResultType): XPathFunction => ({
  ...value(returns),
  takesContext: "without arguments",
});

/**
 * Functions of XPath 1.0 §4 and RFC 7950 §10. Not here: id() and lang(), which ask for what YANG data have not. current()
 * and deref() also say where they lead.
 */
const FUNCTIONS: ReadonlyMap<string, XPathFunction> = new Map([
  ["last", existence("number")],
  ["position", existence("number")],
  ["count", existence("number")],
  ["local-name", existence("string")],
  ["namespace-uri", existence("string")],
  ["name", existence("string")],
  ["string", valueOrContext("string")],
  ["concat", value("string")],
  ["starts-with", value("boolean")],
  ["contains", value("boolean")],
  ["substring-before", value("string")],
  ["substring-after", value("string")],
  ["substring", value("string")],
  ["string-length", valueOrContext("number")],
  ["normalize-space", valueOrContext("string")],
  ["translate", value("string")],
  ["boolean", existence("boolean")],
  ["not", existence("boolean")],
  ["true", existence("boolean")],
  ["false", existence("boolean")],
  ["number", valueOrContext("number")],
  ["sum", value("number")],
  // Of what is not finite libyang 3.12 gives the context node instead.
  ["floor", { ...value("number"), takesContext: "always" }],
  ["ceiling", value("number")],
  ["round", value("number")],
  ["current", existence("node-set")],
  ["re-match", value("boolean")],
  ["deref", value("node-set")],
  ["derived-from", value("boolean")],
  ["derived-from-or-self", value("boolean")],
  ["enum-value", value("number")],
  ["bit-is-set", value("boolean")],
]);

/** undefined for functions that neither has, and for id() and lang(). */
export const xpathFunction = (name: string): XPathFunction | undefined => FUNCTIONS.get(name);

/** Whether a predicate may select by position: as a number, or by asking for it (XPath 1.0 §2.4). */
export function selectsByPosition(predicate: Expression): boolean {
  return isNumber(predicate) || asksForPosition(predicate);
}

const ARITHMETIC = ["+", "-", "*", "div", "mod"];

function isNumber(expression: Expression): boolean {
  switch (expression.kind) {
    case "number":
    case "negative":
      return true;
    case "binary":
      return ARITHMETIC.includes(expression.operator);
    case "call":
      return xpathFunction(expression.name)?.returns === "number";
    default:
      return false;
  }
}

/** Predicates within have a position of their own. */
function asksForPosition(expression: Expression): boolean {
  switch (expression.kind) {
    case "call":
      return isPositionCall(expression) || expression.arguments.some(asksForPosition);
    case "binary":
      return asksForPosition(expression.left) || asksForPosition(expression.right);
    case "negative":
      return asksForPosition(expression.operand);
    case "filter":
      return asksForPosition(expression.primary);
    case "path":
      return typeof expression.start !== "string" && asksForPosition(expression.start);
    default:
      return false;
  }
}

const isPositionCall = ({ name }: Call): boolean => name === "position" || name === "last";
