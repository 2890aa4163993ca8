import type { SchemaNode } from "libyang-wasm";
import type { ConstraintTable, Dependency } from "../../../src/yang/constraints/constraint-table.ts";
import { constraintsOf } from "../../../src/yang/constraints/constraints-of.ts";
import type { Model } from "./model.ts";
import type { Difference, Observation } from "./observation.ts";
import { qualifiedXPath } from "./qualified-xpath.ts";

/** `context`: the instance that is the context node. */
const constraintKey = (kind: string, owner: SchemaNode, context: string): string =>
  `${kind} of ${owner.path} at ${context}`;

/** The values of all constraints on all instances. */
export function constraintValues(model: Model, observed: Observation): Map<string, string> {
  const values = new Map<string, string>();
  for (const owner of model.nodes()) {
    for (const { kind, xpath } of constraintsOf(owner)) {
      if (xpath?.context === undefined) continue;
      const expression = qualifiedXPath(xpath.expression, xpath);
      const condition = kind === "leafref" ? `${expression} = current()` : expression;
      for (const context of observed.instancesOf(xpath.context)) {
        const key = constraintKey(kind, owner, context);
        values.set(key, `${values.get(key) ?? ""} ${observed.evaluate(context, condition)}`);
      }
    }
  }
  return values;
}

/** The constraints that a table names after a change. */
export class Named {
  readonly #table: ConstraintTable;
  readonly #difference: Difference;

  constructor(table: ConstraintTable, difference: Difference) {
    this.#table = table;
    this.#difference = difference;
  }

  /** When it is told of whole subtrees that came or went. */
  bySubtree(): Set<string> {
    const { before, after, created, deleted } = this.#difference;
    const named = this.#byMoveAndValue();
    const add = (observed: Observation, paths: readonly string[]): void => {
      for (const path of paths) {
        const parent = observed.parentOf(path);
        if (parent !== undefined && paths.includes(parent)) continue;
        this.#add(named, observed, path, this.#table.dependentsBelow(observed.schemaOf(path)));
      }
    };
    add(after, created);
    add(before, deleted);
    return named;
  }

  /** When it is told of each node that came or went. */
  byNode(): Set<string> {
    const { before, after, created, deleted } = this.#difference;
    const named = this.#byMoveAndValue();
    const add = (observed: Observation, path: string): void =>
      this.#add(named, observed, path, this.#table.dependentsOf(observed.schemaOf(path)));
    for (const path of created) add(after, path);
    for (const path of deleted) add(before, path);
    return named;
  }

  #byMoveAndValue(): Set<string> {
    const { after, changed, moved } = this.#difference;
    const named = new Set<string>();
    for (const path of changed) {
      const dependents = this.#table.dependentsOf(after.schemaOf(path)).filter(({ on }) => on === "value");
      this.#add(named, after, path, dependents);
    }
    if (moved !== undefined) this.#add(named, after, moved, this.#table.dependentsBelow(after.schemaOf(moved)));
    for (const { kind, owner } of this.#table.unbounded) this.#addOwners(named, kind, owner, undefined, undefined);
    return named;
  }

  #add(named: Set<string>, observed: Observation, path: string, dependents: readonly Dependency[]): void {
    for (const { kind, owner, scope } of dependents) {
      this.#addOwners(named, kind, owner, observed.scopeOf(path, scope), scope);
    }
  }

  /** Of a when, also where its node is absent: its context may be the parent. */
  #addOwners(named: Set<string>, kind: string, owner: SchemaNode, top: string | undefined, scope?: SchemaNode): void {
    const { after } = this.#difference;
    const contexts = kind === "when" && scope !== owner ? [owner, dataParentOf(owner)] : [owner];
    for (const context of contexts) {
      for (const path of context === undefined ? [] : after.instancesOf(context)) {
        if (after.isWithin(path, top)) named.add(constraintKey(kind, owner, path));
      }
    }
  }
}

function dataParentOf(node: SchemaNode): SchemaNode | undefined {
  let { parent } = node;
  while (parent?.kind === "choice" || parent?.kind === "case") parent = parent.parent;
  return parent;
}
