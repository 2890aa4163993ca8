import type { SchemaNode } from "libyang-wasm";
import type { DataPosition } from "./data-schema.ts";
import { constraintLimits } from "./limits.ts";
import type { Aspect } from "./xpath-functions.ts";

/** An expression depends on instances of `node` below that instance of `scope` that its context node is below. */
export interface NodeDependency {
  readonly node: SchemaNode;
  readonly scope: DataPosition;
  readonly on: Aspect;
}

/** Why it cannot be told what an expression depends on; thrown while that is being found out. */
export class Unbounded extends Error {}

/** Collects what an expression depends on, each node in each scope once. */
export class DependencySet {
  readonly #aspects = new Map<SchemaNode, Map<DataPosition, Aspect>>();
  #places = 0;

  add(node: SchemaNode, scope: DataPosition, on: Aspect): void {
    const scopes = this.#aspects.get(node) ?? new Map<DataPosition, Aspect>();
    this.#aspects.set(node, scopes);
    if (scopes.get(scope) !== "value") scopes.set(scope, on);
  }

  /** Counts what was looked at. Throws Unbounded when it is too much. */
  count(places: number): void {
    this.#places += places;
    if (this.#places > constraintLimits.expressionPlaces) throw new Unbounded("it goes to too many places");
  }

  all(): readonly NodeDependency[] {
    return [...this.#aspects].flatMap(([node, scopes]) => [...scopes].map(([scope, on]) => ({ node, scope, on })));
  }
}
