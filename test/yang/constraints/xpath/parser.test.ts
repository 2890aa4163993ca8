import { expect, test } from "vitest";
import { constraintLimits } from "../../../../src/yang/constraints/limits.ts";
import { parseXPath } from "../../../../src/yang/constraints/xpath/parser.ts";
import { printXPath } from "../../../../src/yang/constraints/xpath/print.ts";
import { AXES, type Expression } from "../../../../src/yang/constraints/xpath/syntax.ts";

function parsed(text: string): Expression {
  const { expression, error } = parseXPath(text);
  if (expression === undefined) throw new Error(`${text}: ${error.message} at ${error.offset}`);
  return expression;
}

const name = (local: string, prefix?: string) => ({ kind: "name", prefix, name: local });
const child = (local: string, ...predicates: unknown[]) => ({ axis: "child", test: name(local), predicates });
const path = (...steps: unknown[]) => ({ kind: "path", start: "context", steps });
const node = (axis: string) => ({ axis, test: { kind: "type", type: "node" }, predicates: [] });

test.each<[string, unknown]>([
  ["a", path(child("a"))],
  ["p:a", path({ axis: "child", test: name("a", "p"), predicates: [] })],
  ["*", path({ axis: "child", test: { kind: "any", prefix: undefined }, predicates: [] })],
  ["p:*", path({ axis: "child", test: { kind: "any", prefix: "p" }, predicates: [] })],
  [".", path(node("self"))],
  ["..", path(node("parent"))],
  ["../a", path(node("parent"), child("a"))],
  ["@a", path({ axis: "attribute", test: name("a"), predicates: [] })],
  ["a//b", path(child("a"), node("descendant-or-self"), child("b"))],
  [".//b", path(node("self"), node("descendant-or-self"), child("b"))],
  ["/", { kind: "path", start: "root", steps: [] }],
  ["/a", { kind: "path", start: "root", steps: [child("a")] }],
  ["//a", { kind: "path", start: "root", steps: [node("descendant-or-self"), child("a")] }],
  ["a[b][1]", path(child("a", path(child("b")), { kind: "number", digits: "1" }))],
  ["text()", path({ axis: "child", test: { kind: "type", type: "text" }, predicates: [] })],
  [
    "processing-instruction('x')",
    path({ axis: "child", test: { kind: "type", type: "processing-instruction", target: "x" }, predicates: [] }),
  ],
  ["$v", { kind: "variable", name: "v" }],
  ["$p:v", { kind: "variable", name: "p:v" }],
  ["'it'", { kind: "literal", value: "it" }],
  [`"it's"`, { kind: "literal", value: "it's" }],
  ["1.50", { kind: "number", digits: "1.50" }],
  ["1.", { kind: "number", digits: "1." }],
  [".5", { kind: "number", digits: ".5" }],
  ["-1", { kind: "negative", operand: { kind: "number", digits: "1" } }],
  ["true()", { kind: "call", name: "true", arguments: [] }],
  ["x:f(a, 1)", { kind: "call", name: "x:f", arguments: [path(child("a")), { kind: "number", digits: "1" }] }],
  ["current()/../a", { kind: "path", start: parsed("current()"), steps: [node("parent"), child("a")] }],
  ["(a)[1]", { kind: "filter", primary: parsed("a"), predicates: [{ kind: "number", digits: "1" }] }],
  ["(a)/b", { kind: "path", start: parsed("a"), steps: [child("b")] }],
  ["id('a')[1]//b", { kind: "path", start: parsed("id('a')[1]"), steps: [node("descendant-or-self"), child("b")] }],
])("%s is one tree", (text, tree) => {
  expect(parsed(text)).toEqual(tree);
});

test.each(AXES)("%s:: is an axis with any node test and with predicates", (axis) => {
  expect(parsed(`${axis}::a`)).toEqual(path({ axis, test: name("a"), predicates: [] }));
  expect(parsed(`${axis} :: p:a [ 1 ]`)).toEqual(
    path({ axis, test: name("a", "p"), predicates: [{ kind: "number", digits: "1" }] }),
  );
  expect(parsed(`../${axis}::*`)).toEqual(
    path(node("parent"), { axis, test: { kind: "any", prefix: undefined }, predicates: [] }),
  );
  expect(parsed(`${axis}::node()`)).toEqual(path(node(axis)));
});

/** Written with all parentheses on the right. */
test.each([
  ["a or b and c = d < e + f * g | h", "a or (b and (c = (d < (e + (f * (g | h))))))"],
  ["a | b * c + d < e = f and g or h", "((((((a | b) * c) + d) < e) = f) and g) or h"],
  ["a - b - c", "(a - b) - c"],
  ["a - (b - c)", "a - (b - c)"],
  ["a = b != c", "(a = b) != c"],
  ["a <= b >= c > d", "((a <= b) >= c) > d"],
  ["a div b mod c * d", "((a div b) mod c) * d"],
  ["-a * b", "(-a) * b"],
  ["-a | b", "-(a | b)"],
  ["--a", "-(-a)"],
  ["a - -b", "a - (-b)"],
  ["1 - a/b", "1 - (a/b)"],
])("%s means %s", (text, explicit) => {
  expect(parsed(text)).toEqual(parsed(explicit));
});

/** XPath 1.0 §3.7: what a name or an asterisk is depends on the token before and behind it. */
test.each([
  ["* * *", "*", "*", "*"],
  ["a * b", "*", "a", "b"],
  ["/* * 3", "*", "/*", "3"],
  ["div div mod", "div", "div", "mod"],
  ["and and and", "and", "and", "and"],
  ["or or or", "or", "or", "or"],
  ["mod mod(mod)", "mod", "mod", "mod"],
  [". * 2", "*", ".", "2"],
  ["a[1] and b", "and", "a[1]", "b"],
  ["(a)and(b)", "and", "a", "b"],
  ["'a'or'b'", "or", "'a'", "'b'"],
  ["$a mod $b", "mod", "$a", "$b"],
  ["text()=text", "=", "text()", "text"],
  ["1and 2", "and", "1", "2"],
  ["a-b - c", "-", "a-b", "c"],
  ["a.b=c", "=", "a.b", "c"],
])("%s is an operator between two operands", (text, operator, left, right) => {
  expect(parsed(text)).toEqual({ kind: "binary", operator, left: parsed(left), right: parsed(right) });
});

test("names that are also axes, node types or functions are names where nothing follows that says otherwise", () => {
  for (const text of ["and", "self", "text", "node", "count", "current/node", "@parent", "child", "self::comment"]) {
    expect(printXPath(parsed(text))).toBe(text);
  }
  expect(parsed("child::child")).toEqual(parsed("child"));
});

test("white space separates tokens and means nothing else", () => {
  expect(parsed(" \t\r\n a\n[ b = 'x y' ] / .. ")).toEqual(parsed("a[b='x y']/.."));
  expect(parsed("text ( )")).toEqual(parsed("text()"));
  expect(parsed("count ( a )")).toEqual(parsed("count(a)"));
});

test("names may hold what XML lets them", () => {
  expect(parsed("größe/_a-b.c1/名")).toEqual(path(child("größe"), child("_a-b.c1"), child("名")));
});

test.each([
  ["", 0, "unexpected end"],
  ["   ", 3, "unexpected end"],
  ["a b", 2, "operator expected"],
  ["a p:and b", 2, "operator expected"],
  ["a or", 4, "unexpected end"],
  ["a or-b", 2, "operator expected"],
  ["a]", 1, "unexpected ]"],
  ["a[1", 3, "] expected"],
  ["(a", 2, ") expected"],
  ["()", 1, "unexpected )"],
  ["f(a,)", 4, "unexpected )"],
  ["f(a b)", 4, "operator expected"],
  ["a[]", 2, "unexpected ]"],
  ["/a/", 3, "unexpected end"],
  ["//", 2, "unexpected end"],
  ["a///b", 3, "unexpected /"],
  [".[a]", 1, "unexpected ["],
  ["..[a]", 2, "unexpected ["],
  ["a/1", 2, "unexpected 1"],
  ["a/f(b)", 2, "unexpected f"],
  ["a | -b", 4, "unexpected -"],
  ["!a", 0, "unexpected character !"],
  ["a ! b", 2, "unexpected character !"],
  ["'a", 0, "unexpected character '"],
  ["a:", 1, "unexpected character :"],
  [":a", 0, "unexpected character :"],
  ["a :b", 2, "unexpected character :"],
  ["$", 0, "unexpected character $"],
  ["$ a", 0, "unexpected character $"],
  ["upward::a", 0, "unknown axis upward"],
  ["p:child::a", 0, "unknown axis child"],
  ["child::", 7, "unexpected end"],
  ["text('x')", 5, ") expected"],
  ["1 2", 2, "unexpected 2"],
  ["a = = b", 4, "unexpected ="],
])("%j is refused at %i: %s", (text, offset, message) => {
  expect(parseXPath(text)).toEqual({ error: { offset, message } });
});

const nested = (levels: number): string[] => [
  `${"(".repeat(levels)}a${")".repeat(levels)}`,
  `${"a[".repeat(levels)}a${"]".repeat(levels)}`,
  `${"not(".repeat(levels)}a${")".repeat(levels)}`,
  `${"-".repeat(levels)}1`,
  `a${" or a".repeat(levels)}`,
  `a${" | a".repeat(levels)}`,
  `a${" + a - a".repeat(levels / 2)}`,
];

test("an expression has at most so many levels, however they arise", () => {
  for (const text of nested(constraintLimits.expressionLevels - 2)) expect(parseXPath(text).error).toBeUndefined();
  for (const text of nested(constraintLimits.expressionLevels)) {
    expect(parseXPath(text).error?.message).toBe(`more than ${constraintLimits.expressionLevels} levels`);
  }
  for (const text of nested(20_000)) expect(parseXPath(text).error).toBeDefined();
});

test("an expression has at most so many characters", () => {
  const literal = (characters: number) => `'${"x".repeat(characters - 2)}'`;
  expect(parseXPath(literal(constraintLimits.expressionCharacters)).error).toBeUndefined();
  expect(parseXPath(literal(constraintLimits.expressionCharacters + 1)).error).toEqual({
    message: `longer than ${constraintLimits.expressionCharacters} characters`,
    offset: constraintLimits.expressionCharacters,
  });
});

test("a long path of many steps is no deep one", () => {
  expect(parseXPath(`a${"/a".repeat(5_000)}`).error).toBeUndefined();
});
