/** Axes of XPath 1.0 §2.2. */
export const AXES = [
  "ancestor",
  "ancestor-or-self",
  "attribute",
  "child",
  "descendant",
  "descendant-or-self",
  "following",
  "following-sibling",
  "namespace",
  "parent",
  "preceding",
  "preceding-sibling",
  "self",
] as const;
export type Axis = (typeof AXES)[number];

/** Node types of XPath 1.0 §3.7. */
export const NODE_TYPES = ["comment", "text", "processing-instruction", "node"] as const;
export type NodeType = (typeof NODE_TYPES)[number];

/**
 * Binary operators, weakest first; those in one row bind equally (XPath 1.0 §3.4, §3.5). All are left-associative. A
 * minus sign before an operand binds weaker than `|` and stronger than all others.
 */
export const BINARY_OPERATORS = [
  ["or"],
  ["and"],
  ["=", "!="],
  ["<", "<=", ">", ">="],
  ["+", "-"],
  ["*", "div", "mod"],
  ["|"],
] as const;
export type BinaryOperator = (typeof BINARY_OPERATORS)[number][number];

/** What a step selects of its axis: `p:name`, `*` or `p:*`, `node()` and the like. */
export type NodeTest =
  | { readonly kind: "name"; readonly prefix: string | undefined; readonly name: string }
  | { readonly kind: "any"; readonly prefix: string | undefined }
  | { readonly kind: "type"; readonly type: NodeType; readonly target?: string };

export interface Step {
  readonly axis: Axis;
  readonly test: NodeTest;
  readonly predicates: readonly Expression[];
}

/** `.` and `..` (XPath 1.0 §2.5): they take no predicates. */
export const SELF: Step = { axis: "self", test: { kind: "type", type: "node" }, predicates: [] };
export const PARENT: Step = { axis: "parent", test: { kind: "type", type: "node" }, predicates: [] };
/** What `//` stands for between two steps. */
export const ANYWHERE_BELOW: Step = {
  axis: "descendant-or-self",
  test: { kind: "type", type: "node" },
  predicates: [],
};

export interface Binary {
  readonly kind: "binary";
  readonly operator: BinaryOperator;
  readonly left: Expression;
  readonly right: Expression;
}

export interface Call {
  readonly kind: "call";
  /** With its prefix, if any: YANG 1.1 has none with one. */
  readonly name: string;
  readonly arguments: readonly Expression[];
}

/** An expression followed by predicates, as in `(a | b)[1]`. */
export interface Filter {
  readonly kind: "filter";
  readonly primary: Expression;
  readonly predicates: readonly Expression[];
}

/** A location path, abbreviations spelt out. From the root, the context node, or what an expression selects. */
export interface Path {
  readonly kind: "path";
  readonly start: "root" | "context" | Expression;
  /** None only for `/`. */
  readonly steps: readonly Step[];
}

/** An XPath 1.0 expression. Parentheses are gone: the shape says it all. */
export type Expression =
  | Binary
  | Call
  | Filter
  | Path
  | { readonly kind: "negative"; readonly operand: Expression }
  | { readonly kind: "literal"; readonly value: string }
  /** As written: digits, with or without a decimal point. */
  | { readonly kind: "number"; readonly digits: string }
  | { readonly kind: "variable"; readonly name: string };
