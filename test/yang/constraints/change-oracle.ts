import type { DataNode, DataTree, SchemaNode } from "libyang-wasm";
import { YangError } from "libyang-wasm";
import type { ConstraintTable, Dependency } from "../../../src/yang/constraints/constraint-table.ts";
import { constraintsOf } from "../../../src/yang/constraints/constraints-of.ts";
import type { Model } from "./model.ts";
import { qualifiedXPath } from "./qualified-xpath.ts";

/** Data with their defaults, and the value of each constraint of each instance, as libyang evaluates it. */
export class Observation {
  /** By instance path. */
  readonly nodes = new Map<string, DataNode>();
  readonly parents = new Map<string, string | undefined>();
  readonly instances = new Map<SchemaNode, string[]>();
  /** By `constraintKey`. */
  readonly values = new Map<string, string>();

  constructor(model: Model, tree: DataTree) {
    for (const node of tree.find("//*")) {
      const { path, schema } = node;
      if (schema === undefined) throw new Error(`no schema node of ${path}`);
      this.nodes.set(path, node);
      this.parents.set(path, node.parent?.path);
      const known = this.instances.get(schema) ?? [];
      this.instances.set(schema, [...known, path]);
    }
    for (const owner of model.nodes()) this.#evaluate(owner);
  }

  /** Whether an instance is another or below it; undefined stands for the root. */
  isWithin(path: string, top: string | undefined): boolean {
    let at: string | undefined = path;
    while (at !== undefined && at !== top) at = this.parents.get(at);
    return at === top;
  }

  #evaluate(owner: SchemaNode): void {
    for (const { kind, xpath } of constraintsOf(owner)) {
      if (xpath?.context === undefined) continue;
      const expression = qualifiedXPath(xpath.expression, xpath);
      const condition = kind === "leafref" ? `${expression} = current()` : expression;
      for (const context of this.instances.get(xpath.context) ?? []) {
        const key = constraintKey(kind, owner, context);
        const value = holds(this.nodes.get(context) as DataNode, condition);
        this.values.set(key, `${this.values.get(key) ?? ""} ${value}`);
      }
    }
  }
}

/** `context`: the instance that is the context node. */
const constraintKey = (kind: string, owner: SchemaNode, context: string): string =>
  `${kind} of ${owner.path} at ${context}`;

function holds(context: DataNode, condition: string): string {
  try {
    return String(context.find(`self::node()[boolean(${condition})]`).length > 0);
  } catch (error) {
    if (error instanceof YangError) return error.message;
    throw error;
  }
}

/** What the difference between two observations is made of. Paths of instances. */
export class Difference {
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly changed: readonly string[];
  readonly #before: Observation;
  readonly #after: Observation;
  readonly #moved: string | undefined;

  /** `moved`: an entry known to have another place. */
  constructor(before: Observation, after: Observation, moved: string | undefined) {
    this.#before = before;
    this.#after = after;
    this.#moved = moved;
    this.created = [...after.nodes.keys()].filter((path) => !before.nodes.has(path));
    this.deleted = [...before.nodes.keys()].filter((path) => !after.nodes.has(path));
    this.changed = [...after.nodes]
      .filter(([path, node]) => before.nodes.has(path) && before.nodes.get(path)?.value !== node.value)
      .map(([path]) => path);
  }

  /** The constraints in both observations whose values differ. */
  altered(): string[] {
    const { values } = this.#after;
    return [...this.#before.values].flatMap(([key, value]) => {
      const now = values.get(key);
      return now === undefined || now === value ? [] : [key];
    });
  }

  /** The constraints that a table names when it is told of whole subtrees that came or went. */
  namedBySubtree(table: ConstraintTable): Set<string> {
    const isTop = (observed: Observation, paths: readonly string[]) => (path: string) => {
      const parent = observed.parents.get(path);
      return parent === undefined || !paths.includes(parent);
    };
    const named = this.#namedByMove(table);
    const add = (observed: Observation, path: string) =>
      this.#add(named, observed, path, table.dependentsBelow(schemaOf(observed, path)));
    for (const path of this.created.filter(isTop(this.#after, this.created))) add(this.#after, path);
    for (const path of this.deleted.filter(isTop(this.#before, this.deleted))) add(this.#before, path);
    return named;
  }

  /** The constraints that a table names when it is told of each node that came or went. */
  namedByNode(table: ConstraintTable): Set<string> {
    const named = this.#namedByMove(table);
    const add = (observed: Observation, path: string) =>
      this.#add(named, observed, path, table.dependentsOf(schemaOf(observed, path)));
    for (const path of this.created) add(this.#after, path);
    for (const path of this.deleted) add(this.#before, path);
    return named;
  }

  #namedByMove(table: ConstraintTable): Set<string> {
    const named = this.#namedByValues(table);
    if (this.#moved !== undefined) {
      this.#add(named, this.#after, this.#moved, table.dependentsBelow(schemaOf(this.#after, this.#moved)));
    }
    return named;
  }

  #namedByValues(table: ConstraintTable): Set<string> {
    const named = new Set<string>();
    for (const path of this.changed) {
      const dependents = table.dependentsOf(schemaOf(this.#after, path)).filter(({ on }) => on === "value");
      this.#add(named, this.#after, path, dependents);
    }
    for (const { kind, owner } of table.unbounded) this.#addOwners(named, kind, owner, undefined, undefined);
    return named;
  }

  #add(named: Set<string>, observed: Observation, path: string, dependents: readonly Dependency[]): void {
    for (const { kind, owner, scope } of dependents) {
      let top: string | undefined = path;
      while (top !== undefined && schemaOf(observed, top) !== scope) top = observed.parents.get(top);
      this.#addOwners(named, kind, owner, top, scope);
    }
  }

  /** Of a when, also where its node is absent: its context may be the parent. */
  #addOwners(named: Set<string>, kind: string, owner: SchemaNode, top: string | undefined, scope?: SchemaNode): void {
    const contexts = kind === "when" && scope !== owner ? [owner, dataParentOf(owner)] : [owner];
    for (const context of contexts) {
      for (const path of context === undefined ? [] : (this.#after.instances.get(context) ?? [])) {
        if (this.#after.isWithin(path, top)) named.add(constraintKey(kind, owner, path));
      }
    }
  }
}

function schemaOf(observed: Observation, path: string): SchemaNode {
  const schema = observed.nodes.get(path)?.schema;
  if (schema === undefined) throw new Error(`no node ${path}`);
  return schema;
}

function dataParentOf(node: SchemaNode): SchemaNode | undefined {
  let { parent } = node;
  while (parent?.kind === "choice" || parent?.kind === "case") parent = parent.parent;
  return parent;
}
