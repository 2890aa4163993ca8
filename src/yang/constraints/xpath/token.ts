import type { Axis, BinaryOperator, NodeType } from "./syntax.ts";

export type Operator = BinaryOperator | "/" | "//";
export type Punctuation = "(" | ")" | "[" | "]" | "." | ".." | "@" | "," | "::";

/** A token of XPath 1.0 §3.7. Names are told apart by what surrounds them, so the parser need not look around. */
export type Token = { readonly offset: number } & (
  | { readonly kind: "punctuation"; readonly text: Punctuation }
  | { readonly kind: "operator"; readonly text: Operator }
  /** `name`, `p:name`, `*` or `p:*`. */
  | { readonly kind: "name-test"; readonly prefix: string | undefined; readonly text: string }
  | { readonly kind: "function"; readonly text: string }
  | { readonly kind: "node-type"; readonly text: NodeType }
  | { readonly kind: "axis"; readonly text: Axis }
  /** Without its quotes. */
  | { readonly kind: "literal"; readonly text: string }
  | { readonly kind: "number"; readonly text: string }
  /** Without its `$`. */
  | { readonly kind: "variable"; readonly text: string }
  | { readonly kind: "end"; readonly text: "" }
);
