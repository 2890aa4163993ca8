import type { DataPosition, DataSchema } from "./data-schema.ts";
import { DependencySet, type NodeDependency, Unbounded } from "./dependency-set.ts";
import type { Place } from "./place.ts";
import { type Names, parseOrGiveUp, SchemaEvaluation } from "./schema-evaluation.ts";
import type { Aspect } from "./xpath-functions.ts";

/** An expression of the model with the meaning of its names, as SchemaXPath of libyang-wasm. */
export interface XPathInModel extends Names {
  readonly expression: string;
  readonly context: DataPosition;
}

export type Dependencies =
  | { readonly dependencies: readonly NodeDependency[]; readonly unbounded?: never }
  /** Why it cannot be told what it depends on. */
  | { readonly dependencies?: never; readonly unbounded: string };

/**
 * What the value of an expression can depend on; `as` is what is wanted of it: a condition needs only the existence of
 * what a path selects. Never too little, also with libyang's deviations from XPath 1.0.
 */
export function findDependencies(schema: DataSchema, xpath: XPathInModel, as: Aspect): Dependencies {
  const found = new DependencySet();
  const context: Place = { at: xpath.context, scope: xpath.context, isText: false };
  try {
    new SchemaEvaluation(schema, xpath, context, found).evaluate(parseOrGiveUp(xpath.expression), context, as);
    return { dependencies: found.all() };
  } catch (error) {
    if (error instanceof Unbounded) return { unbounded: error.message };
    throw error;
  }
}
