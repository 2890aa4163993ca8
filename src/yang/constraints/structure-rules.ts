import type { SchemaNode } from "libyang-wasm";
import { append } from "./append.ts";
import type { DataPosition, DataSchema } from "./data-schema.ts";

/** A `unique` statement: these leaves, which may lie in containers of the entry, together differ in all entries. */
export interface Unique {
  readonly list: SchemaNode;
  /** Among the statements of the list, from 0. */
  readonly number: number;
  readonly leaves: readonly SchemaNode[];
}

/** Rules about which siblings there are, by the schema node whose change can break them. */
export class StructureRules {
  readonly #schema: DataSchema;
  readonly #topLevel: readonly SchemaNode[];
  readonly #uniques = new Map<SchemaNode, Unique[]>();
  readonly #uniquesBelow = new Map<SchemaNode, Unique[]>();
  /** All of them. */
  readonly uniques: Unique[] = [];
  readonly #mandatory = new Map<DataPosition, readonly SchemaNode[]>();

  constructor(schema: DataSchema, topLevel: readonly SchemaNode[]) {
    this.#schema = schema;
    this.#topLevel = topLevel;
    for (const list of schema.descendants(undefined)) {
      if (list.kind !== "list") continue;
      for (const [number, leaves] of list.uniques().entries()) this.#addUnique({ list, number, leaves });
    }
  }

  /**
   * The `unique` statements that a change of an instance of `node` can break, or the coming of one with all that is
   * below it, other than those of lists within it: a leaf's, those a container has leaves of, a list's own.
   */
  uniquesOf(node: SchemaNode): readonly Unique[] {
    return this.#uniques.get(node) ?? [];
  }

  /** The `unique` statements of lists below `node`: entries of these come and go with it. */
  uniquesBelow(node: SchemaNode): readonly Unique[] {
    return this.#uniquesBelow.get(node) ?? [];
  }

  /** Children that have to be there, or may have to (RFC 7950 §3 "mandatory node"): in a case, only with the case. */
  mandatoryChildren(position: DataPosition): readonly SchemaNode[] {
    let found = this.#mandatory.get(position);
    if (found === undefined) {
      found = [...mandatoryOf(position === undefined ? this.#topLevel : position.children())];
      this.#mandatory.set(position, found);
    }
    return found;
  }

  #addUnique(unique: Unique): void {
    this.uniques.push(unique);
    for (let at = this.#schema.parent(unique.list); at !== undefined; at = this.#schema.parent(at)) {
      append(this.#uniquesBelow, at, unique);
    }
    const parts = new Set<SchemaNode>([unique.list]);
    for (const leaf of unique.leaves) {
      for (let at: DataPosition = leaf; at !== undefined && at !== unique.list; at = this.#schema.parent(at)) {
        parts.add(at);
      }
    }
    for (const part of parts) append(this.#uniques, part, unique);
  }
}

/** Whether a list or leaf-list has min-elements or max-elements. */
export const hasElementLimits = (node: SchemaNode): boolean => node.minElements > 0 || node.maxElements !== undefined;

function* mandatoryOf(nodes: readonly SchemaNode[]): Iterable<SchemaNode> {
  for (const node of nodes) {
    if (!node.isConfig) continue;
    if (node.isMandatory) yield node;
    if (node.kind === "choice" || node.kind === "case") yield* mandatoryOf(node.children());
  }
}
