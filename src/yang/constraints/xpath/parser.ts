import { constraintLimits } from "../limits.ts";
import {
  ANYWHERE_BELOW,
  BINARY_OPERATORS,
  type Expression,
  type NodeTest,
  PARENT,
  type Path,
  SELF,
  type Step,
} from "./syntax.ts";
import { Refusal, type XPathSyntaxError } from "./syntax-error.ts";
import type { Punctuation, Token } from "./token.ts";
import { tokenize } from "./tokenizer.ts";

export type XPathParseResult =
  | { readonly expression: Expression; readonly error?: never }
  | { readonly expression?: never; readonly error: XPathSyntaxError };

/** Parses an XPath 1.0 expression. Function names and numbers of arguments are not checked. */
export function parseXPath(text: string): XPathParseResult {
  try {
    if (text.length > constraintLimits.expressionCharacters) {
      throw new Refusal(
        `longer than ${constraintLimits.expressionCharacters} characters`,
        constraintLimits.expressionCharacters,
      );
    }
    return { expression: new Parser([...tokenize(text)]).parse() };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { error: { message: error.message, offset: error.offset } };
  }
}

/** Recursive descent; binary operators by precedence, where "|" is never met: a union is an operand. */
class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #nesting = 0;
  /** Of each expression the height of its tree. */
  readonly #heights = new WeakMap<object, number>();

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  parse(): Expression {
    const expression = this.#expression();
    if (this.#token.kind !== "end") throw this.#unexpected();
    return expression;
  }

  get #token(): Token {
    return this.#tokens[Math.min(this.#at, this.#tokens.length - 1)] as Token;
  }

  #expression(): Expression {
    if (++this.#nesting > constraintLimits.expressionLevels) throw this.#tooDeep();
    const expression = this.#binary(0);
    this.#nesting--;
    return expression;
  }

  /** A chain of operators of one precedence, or of a stronger one. */
  #binary(precedence: number): Expression {
    let left = this.#unary();
    for (;;) {
      const found = this.#binaryOperator();
      if (found === undefined || found.precedence < precedence) return left;
      this.#at++;
      const right = this.#binary(found.precedence + 1);
      left = this.#node({ kind: "binary", operator: found.operator, left, right }, [left, right]);
    }
  }

  #binaryOperator() {
    const token = this.#token;
    if (token.kind !== "operator") return undefined;
    for (const [precedence, operators] of BINARY_OPERATORS.entries()) {
      const operator = operators.find((known) => known === token.text);
      if (operator !== undefined) return { operator, precedence };
    }
    return undefined;
  }

  #unary(): Expression {
    if (!this.#accept("operator", "-")) return this.#union();
    if (++this.#nesting > constraintLimits.expressionLevels) throw this.#tooDeep();
    const operand = this.#unary();
    this.#nesting--;
    return this.#node({ kind: "negative", operand }, [operand]);
  }

  #union(): Expression {
    let left = this.#path();
    while (this.#accept("operator", "|")) {
      const right = this.#path();
      left = this.#node({ kind: "binary", operator: "|", left, right }, [left, right]);
    }
    return left;
  }

  /** PathExpr (§3.3): a location path, or an expression with predicates and a path behind it. */
  #path(): Expression {
    const token = this.#token;
    if (token.kind === "operator" && (token.text === "/" || token.text === "//")) return this.#absolutePath();
    const primary = this.#primary();
    if (primary === undefined) return this.#pathFrom("context", [], [this.#step()]);
    const predicates = this.#predicates();
    const filter: Expression =
      predicates.length === 0 ? primary : this.#node({ kind: "filter", primary, predicates }, [primary, ...predicates]);
    const first = this.#slash();
    return first === undefined ? filter : this.#pathFrom(filter, first, [this.#step()]);
  }

  #absolutePath(): Path {
    const first = this.#slash() as readonly Step[];
    if (first.length === 0 && !this.#startsStep()) return this.#node({ kind: "path", start: "root", steps: [] }, []);
    return this.#pathFrom("root", first, [this.#step()]);
  }

  #pathFrom(start: Path["start"], before: readonly Step[], from: readonly Step[]): Path {
    const steps = [...before, ...from];
    for (let slash = this.#slash(); slash !== undefined; slash = this.#slash()) steps.push(...slash, this.#step());
    const predicates = steps.flatMap((step) => step.predicates);
    return this.#node({ kind: "path", start, steps }, typeof start === "string" ? predicates : [start, ...predicates]);
  }

  /** After "/" there is no further step, after "//" one. */
  #slash(): readonly Step[] | undefined {
    if (this.#accept("operator", "/")) return [];
    if (this.#accept("operator", "//")) return [ANYWHERE_BELOW];
    return undefined;
  }

  #startsStep(): boolean {
    const { kind, text } = this.#token;
    if (kind === "punctuation") return text === "." || text === ".." || text === "@";
    return kind === "name-test" || kind === "axis" || kind === "node-type";
  }

  #step(): Step {
    if (this.#accept("punctuation", ".")) return SELF;
    if (this.#accept("punctuation", "..")) return PARENT;
    const token = this.#token;
    if (this.#accept("punctuation", "@"))
      return { axis: "attribute", test: this.#nodeTest(), predicates: this.#predicates() };
    if (token.kind !== "axis") return { axis: "child", test: this.#nodeTest(), predicates: this.#predicates() };
    this.#at++;
    this.#expect("::");
    return { axis: token.text, test: this.#nodeTest(), predicates: this.#predicates() };
  }

  #nodeTest(): NodeTest {
    const token = this.#token;
    this.#at++;
    if (token.kind === "name-test") {
      const { prefix, text } = token;
      return text === "*" ? { kind: "any", prefix } : { kind: "name", prefix, name: text };
    }
    if (token.kind !== "node-type") {
      this.#at--;
      throw this.#unexpected();
    }
    this.#expect("(");
    const target = this.#token;
    const hasTarget = token.text === "processing-instruction" && target.kind === "literal";
    if (hasTarget) this.#at++;
    this.#expect(")");
    return { kind: "type", type: token.text, ...(hasTarget ? { target: target.text } : {}) };
  }

  #predicates(): readonly Expression[] {
    const predicates: Expression[] = [];
    while (this.#accept("punctuation", "[")) {
      predicates.push(this.#expression());
      this.#expect("]");
    }
    return predicates;
  }

  /** PrimaryExpr (§3.1); undefined where a location path begins. */
  #primary(): Expression | undefined {
    const token = this.#token;
    switch (token.kind) {
      case "variable":
        this.#at++;
        return this.#node({ kind: "variable", name: token.text }, []);
      case "literal":
        this.#at++;
        return this.#node({ kind: "literal", value: token.text }, []);
      case "number":
        this.#at++;
        return this.#node({ kind: "number", digits: token.text }, []);
      case "function":
        this.#at++;
        return this.#call(token.text);
      default: {
        if (!this.#accept("punctuation", "(")) return undefined;
        const inner = this.#expression();
        this.#expect(")");
        return inner;
      }
    }
  }

  #call(name: string): Expression {
    this.#expect("(");
    const args: Expression[] = [];
    if (!this.#accept("punctuation", ")")) {
      do args.push(this.#expression());
      while (this.#accept("punctuation", ","));
      this.#expect(")");
    }
    return this.#node({ kind: "call", name, arguments: args }, args);
  }

  /** Notes the height of a new node's tree. */
  #node<Node extends Expression>(node: Node, children: readonly Expression[]): Node {
    const height = 1 + Math.max(0, ...children.map((child) => this.#heights.get(child) ?? 0));
    if (height > constraintLimits.expressionLevels) throw this.#tooDeep();
    this.#heights.set(node, height);
    return node;
  }

  #accept(kind: "punctuation" | "operator", text: string): boolean {
    const token = this.#token;
    if (token.kind !== kind || token.text !== text) return false;
    this.#at++;
    return true;
  }

  #expect(mark: Punctuation): void {
    if (!this.#accept("punctuation", mark)) throw this.#unexpected(`${mark} expected`);
  }

  #unexpected(message = this.#token.kind === "end" ? "unexpected end" : `unexpected ${this.#token.text}`): Refusal {
    return new Refusal(message, this.#token.offset);
  }

  #tooDeep(): Refusal {
    return new Refusal(`more than ${constraintLimits.expressionLevels} levels`, this.#token.offset);
  }
}
