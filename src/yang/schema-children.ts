import type { Context, SchemaNode } from "libyang-wasm";
import { dataNodes } from "./data-nodes.ts";

/** A data node of the schema, as its parent's child or at the top. */
export interface SchemaChild {
  readonly schema: SchemaNode;
  readonly namespace: string;
  /** Siblings in data are in this order. */
  readonly position: number;
}

/** Finds the data nodes of a schema by name, in constant time. The schema must be complete: no module comes later. */
export class SchemaChildren {
  readonly #context: Context;
  readonly #byParent = new Map<SchemaNode | undefined, ReadonlyMap<string, readonly SchemaChild[]>>();
  readonly #keys = new Map<SchemaNode, readonly SchemaNode[]>();

  constructor(context: Context) {
    this.#context = context;
  }

  /** Children of `parent`, undefined = top-level nodes; without `namespace` those of any module. */
  named(parent: SchemaNode | undefined, name: string, namespace: string | undefined): readonly SchemaChild[] {
    const found = this.#of(parent).get(name) ?? [];
    return namespace === undefined ? found : found.filter((child) => child.namespace === namespace);
  }

  /** All of them. */
  in(parent: SchemaNode | undefined): readonly SchemaChild[] {
    return [...this.#of(parent).values()].flat();
  }

  /** A list's keys, in the key statement's order. */
  keysOf(list: SchemaNode): readonly SchemaNode[] {
    const known = this.#keys.get(list);
    if (known !== undefined) return known;
    const keys = list.children().filter(({ isKey }) => isKey);
    this.#keys.set(list, keys);
    return keys;
  }

  #of(parent: SchemaNode | undefined): ReadonlyMap<string, readonly SchemaChild[]> {
    const known = this.#byParent.get(parent);
    if (known !== undefined) return known;
    const byName = new Map<string, SchemaChild[]>();
    const nodes = dataNodes(parent === undefined ? this.#topLevel() : parent.children());
    for (const [position, schema] of [...nodes].entries()) {
      const namespace = this.#context.module(schema.moduleName)?.namespace ?? "";
      byName.set(schema.name, [...(byName.get(schema.name) ?? []), { schema, namespace, position }]);
    }
    this.#byParent.set(parent, byName);
    return byName;
  }

  /** libyang keeps top-level data in the order of module names. */
  #topLevel(): SchemaNode[] {
    return this.#context
      .modules()
      .filter(({ isImplemented }) => isImplemented)
      .sort((a, b) => (a.name < b.name ? -1 : 1))
      .flatMap((module) => module.topLevelSchema());
  }
}
