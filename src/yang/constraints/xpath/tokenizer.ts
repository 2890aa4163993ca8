import { AXES, NODE_TYPES } from "./syntax.ts";
import { Refusal } from "./syntax-error.ts";
import type { Operator, Punctuation, Token } from "./token.ts";

const SPACE = /[ \t\r\n]*/y;
const PUNCTUATION = /\.\.|::|[()[\]@,]|\.(?![0-9])/y;
const OPERATOR = /\/\/|!=|<=|>=|[/|+\-=<>]/y;
const LITERAL = /"[^"]*"|'[^']*'/y;
const NUMBER = /[0-9]+(?:\.[0-9]*)?|\.[0-9]+/y;
/** An NCName of XML 1.0, fifth edition. */
const NAME_START =
  "A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}\\u{200D}" +
  "\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}";
const NAME = `[${NAME_START}][${NAME_START}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}\\u{2040}]*`;
const QUALIFIED_NAME = new RegExp(`(?:(${NAME}):(?!:))?(${NAME}|\\*)`, "uy");
const VARIABLE = new RegExp(`\\$((?:${NAME}:)?${NAME})`, "uy");
const PARENTHESIS = /[ \t\r\n]*\(/y;
const COLONS = /[ \t\r\n]*::/y;

const WORD_OPERATORS = ["*", "and", "or", "mod", "div"] as const;

/** Splits an expression into tokens, the last of which is "end". Throws Refusal. */
export function* tokenize(text: string): Generator<Token, undefined> {
  let at = 0;
  let previous: Token | undefined;

  const match = (pattern: RegExp): RegExpExecArray | null => {
    pattern.lastIndex = at;
    return pattern.exec(text);
  };
  const next = (): Token => {
    const offset = at;
    const take = <Found extends Token>(length: number, token: Found): Found => {
      at += length;
      return token;
    };
    if (offset === text.length) return { kind: "end", text: "", offset };
    const mark = match(PUNCTUATION)?.[0];
    if (mark !== undefined) return take(mark.length, { kind: "punctuation", text: mark as Punctuation, offset });
    const operator = match(OPERATOR)?.[0];
    if (operator !== undefined) return take(operator.length, { kind: "operator", text: operator as Operator, offset });
    const literal = match(LITERAL)?.[0];
    if (literal !== undefined) return take(literal.length, { kind: "literal", text: literal.slice(1, -1), offset });
    const number = match(NUMBER)?.[0];
    if (number !== undefined) return take(number.length, { kind: "number", text: number, offset });
    const variable = match(VARIABLE);
    if (variable !== null) return take(variable[0].length, { kind: "variable", text: variable[1] as string, offset });
    const name = match(QUALIFIED_NAME);
    if (name === null) throw new Refusal(`unexpected character ${text.slice(offset, offset + 1)}`, offset);
    at += name[0].length;
    return nameToken(name[1], name[2] as string, offset);
  };

  /** Rules of §3.7: after an operand a name is an operator; before "(" a function or node type, before "::" an axis. */
  const nameToken = (prefix: string | undefined, local: string, offset: number): Token => {
    if (previous !== undefined && endsOperand(previous)) {
      const operator = WORD_OPERATORS.find((word) => word === local);
      if (operator === undefined || prefix !== undefined) throw new Refusal("operator expected", offset);
      return { kind: "operator", text: operator, offset };
    }
    if (local !== "*" && match(PARENTHESIS) !== null) {
      const type = prefix === undefined ? NODE_TYPES.find((known) => known === local) : undefined;
      if (type !== undefined) return { kind: "node-type", text: type, offset };
      return { kind: "function", text: prefix === undefined ? local : `${prefix}:${local}`, offset };
    }
    if (local !== "*" && match(COLONS) !== null) {
      const axis = prefix === undefined ? AXES.find((known) => known === local) : undefined;
      if (axis === undefined) throw new Refusal(`unknown axis ${local}`, offset);
      return { kind: "axis", text: axis, offset };
    }
    return { kind: "name-test", prefix, text: local, offset };
  };

  do {
    at += match(SPACE)?.[0].length ?? 0;
    const token = next();
    yield token;
    previous = token;
  } while (previous.kind !== "end");
}

const NOT_AFTER: readonly Punctuation[] = ["@", "::", "(", "[", ","];

function endsOperand(token: Token): boolean {
  if (token.kind === "operator" || token.kind === "axis") return false;
  return token.kind !== "punctuation" || !NOT_AFTER.includes(token.text);
}
