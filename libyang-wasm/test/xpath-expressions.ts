import fc from "fast-check";

/** Random XPath expressions over the orchard model, sense and nonsense alike. */
const names = [
  "orchard:orchard",
  "tree",
  "number",
  "nickname",
  "height",
  "picker",
  "field",
  "name",
  "ladder",
  "id",
  "notes",
  "best",
  "fruit",
  "goat",
  "*",
  "orchard:*",
  "gate:code",
  "node()",
  "text()",
  ".",
  "..",
  "@*",
  "@ietf-netconf:operation",
];
const axes = [
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
];
const operators = ["=", "!=", "<", ">", "<=", ">=", "and", "or", "+", "-", "*", "div", "mod", "|"];
const literals = ["1", "2", "0.5", "'N1'", "'north'", "'(a|b)*'", "'orchard:fruit'", "true()", "last()", "position()"];
const functionsOfOne = [
  "boolean",
  "ceiling",
  "count",
  "deref",
  "enum-value",
  "floor",
  "lang",
  "local-name",
  "name",
  "namespace-uri",
  "normalize-space",
  "not",
  "number",
  "round",
  "string",
  "string-length",
  "sum",
];
const functionsOfTwo = [
  "bit-is-set",
  "concat",
  "contains",
  "derived-from",
  "derived-from-or-self",
  "re-match",
  "starts-with",
  "substring",
  "substring-after",
  "substring-before",
];

const expressionsOver = (nodeNames: readonly string[]) =>
  fc.letrec<{ step: string; path: string; expression: string }>((tie) => ({
    step: fc
      .record({
        axis: fc.option(fc.constantFrom(...axes), { freq: 2 }),
        name: fc.constantFrom(...nodeNames),
        predicates: fc.array(tie("expression"), { maxLength: 2 }),
      })
      .map(({ axis, name, predicates }) => {
        if (name.startsWith(".")) return name;
        const prefix = axis === null || name.startsWith("@") ? "" : `${axis}::`;
        return `${prefix}${name}${predicates.map((predicate) => `[${predicate}]`).join("")}`;
      }),
    path: fc
      .record({
        start: fc.constantFrom("/", "//", "", "/orchard:orchard/", "/orchard:orchard//"),
        steps: fc.array(fc.record({ slash: fc.constantFrom("/", "/", "//"), step: tie("step") }), {
          minLength: 1,
          maxLength: 4,
        }),
      })
      .map(({ start, steps }) =>
        steps.reduce<string>((path, { slash, step }, at) => path + (at === 0 ? "" : slash) + step, start),
      ),
    expression: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom(...literals),
      tie("path"),
      fc
        .tuple(tie("expression"), fc.constantFrom(...operators), tie("expression"))
        .map(([left, operator, right]) => `${left} ${operator} ${right}`),
      fc.tuple(fc.constantFrom(...functionsOfOne), tie("expression")).map(([name, of]) => `${name}(${of})`),
      fc
        .tuple(fc.constantFrom(...functionsOfTwo), tie("expression"), tie("expression"))
        .map(([name, first, second]) => `${name}(${first}, ${second})`),
      fc
        .tuple(tie("expression"), tie("expression"), tie("expression"))
        .map((parts) => `translate(${parts.join(", ")})`),
    ),
  }));

export const expressions = expressionsOver(names);

/** The same with a prefix on every name, as XML has it. */
export const prefixedExpressions = expressionsOver(
  names.map((name) => (/^[a-z]+$/.test(name) ? `orchard:${name}` : name)),
);
