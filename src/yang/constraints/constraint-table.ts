import type { SchemaNode } from "libyang-wasm";
import { append } from "./append.ts";
import { type Constraint, type ConstraintKind, constraintsOf } from "./constraints-of.ts";
import { type DataPosition, DataSchema } from "./data-schema.ts";
import { findDependencies } from "./dependency-finder.ts";
import type { NodeDependency } from "./dependency-set.ts";
import { StructureRules } from "./structure-rules.ts";
import type { Aspect } from "./xpath-functions.ts";

/**
 * Instances of `owner` have a constraint whose value may differ after a change of an instance of another node: those
 * below that instance of `scope` which is the changed instance or an ancestor of it; all where the scope is the root.
 */
export interface Dependency {
  readonly kind: ConstraintKind;
  /** Of a `when`, also where the node is absent: it may be mandatory, or have to come by default, from now on. */
  readonly owner: SchemaNode;
  readonly scope: DataPosition;
  /** "existence": only where instances come or go. "value": also where the value of one changes. */
  readonly on: Aspect;
}

/** All constraints of this kind on `owner` are to be evaluated after each change, on all its instances. */
export interface UnboundedConstraint {
  readonly kind: ConstraintKind;
  readonly owner: SchemaNode;
  /** Why nothing better is known. */
  readonly reason: string;
}

/**
 * Which constraints a change of the configuration can affect, and where. Built once from the compiled schema, and valid
 * as long as its schema nodes are.
 *
 * A change is an instance that comes or goes or gets another value, be it there by default or not. Of an entry that
 * moves among its siblings, be it with others in between that have what it has not, `dependentsBelow` tells what it can
 * affect. Constraints of what comes are not the table's matter: all of them are to be evaluated.
 */
export class ConstraintTable {
  readonly structure: StructureRules;
  readonly unbounded: readonly UnboundedConstraint[];
  readonly #schema: DataSchema;
  readonly #dependents: ReadonlyMap<SchemaNode, readonly Dependency[]>;
  readonly #below = new Map<SchemaNode, readonly Dependency[]>();

  /** `topLevel`: the top-level schema nodes of all modules that configuration is of. */
  constructor(topLevel: readonly SchemaNode[]) {
    this.#schema = new DataSchema(topLevel);
    this.structure = new StructureRules(this.#schema, topLevel);
    const dependents = new Map<SchemaNode, Dependency[]>();
    const unbounded: UnboundedConstraint[] = [];
    for (const owner of this.#schema.descendants(undefined)) {
      for (const [kind, constraints] of byKind(constraintsOf(owner))) {
        const found = this.#dependenciesOf(constraints);
        if (typeof found === "string") unbounded.push({ kind, owner, reason: found });
        else for (const { node, ...rest } of found) append(dependents, node, { kind, owner, ...rest });
      }
    }
    this.unbounded = unbounded;
    this.#dependents = new Map([...dependents].map(([node, all]) => [node, this.#withoutImplied(all)]));
  }

  /** What one changed instance can affect by itself: without what is below it. */
  dependentsOf(changed: SchemaNode): readonly Dependency[] {
    return this.#dependents.get(changed) ?? [];
  }

  /**
   * What an instance that comes or goes with all that is below it can affect outside: of what is affected within it, the
   * owners come or go with it.
   */
  dependentsBelow(changed: SchemaNode): readonly Dependency[] {
    let found = this.#below.get(changed);
    if (found === undefined) {
      const own = this.dependentsOf(changed).map((dependency) => ({ ...dependency, on: "existence" as const }));
      const deeper = this.#schema.children(changed).flatMap((child) => this.dependentsBelow(child));
      const outside = [...own, ...deeper].filter(({ scope }) => !this.#schema.isAtOrBelow(scope, changed));
      found = this.#withoutImplied(outside);
      this.#below.set(changed, found);
    }
    return found;
  }

  /** Of all constraints of one kind on one node; or why one of them is unbounded. */
  #dependenciesOf(constraints: readonly Constraint[]): readonly NodeDependency[] | string {
    const all: NodeDependency[] = [];
    for (const { kind, xpath, as } of constraints) {
      if (xpath === undefined) return "its data say what it depends on";
      const { dependencies, unbounded } = findDependencies(this.#schema, xpath, as);
      if (dependencies === undefined) return unbounded;
      all.push(...dependencies);
      // A leafref holds or not by its own value too.
      if (kind === "leafref" && xpath.context !== undefined) {
        all.push({ node: xpath.context, scope: xpath.context, on: "value" });
      }
    }
    return all;
  }

  /** Leaves out what another one of the same constraints says more widely. */
  #withoutImplied(dependencies: readonly Dependency[]): readonly Dependency[] {
    const kept = new Map<SchemaNode, Dependency[]>();
    for (const dependency of dependencies) {
      const others = kept.get(dependency.owner) ?? [];
      if (others.some((other) => this.#implies(other, dependency))) continue;
      kept.set(dependency.owner, [...others.filter((other) => !this.#implies(dependency, other)), dependency]);
    }
    return [...kept.values()].flat();
  }

  #implies(wide: Dependency, narrow: Dependency): boolean {
    return (
      wide.kind === narrow.kind &&
      (wide.on === "value" || narrow.on === "existence") &&
      this.#schema.isAtOrBelow(narrow.scope, wide.scope)
    );
  }
}

function byKind(constraints: Iterable<Constraint>): Map<ConstraintKind, Constraint[]> {
  const kinds = new Map<ConstraintKind, Constraint[]>();
  for (const constraint of constraints) append(kinds, constraint.kind, constraint);
  return kinds;
}
