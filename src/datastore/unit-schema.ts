import type { DataNode, SchemaNode } from "libyang-wasm";

interface UnitNode {
  readonly isUnit: boolean;
  readonly hasUnitsBelow: boolean;
}

/** Which schema nodes are units. Each is looked at once. */
export class UnitSchema {
  readonly #paths: ReadonlySet<string>;
  readonly #known = new Map<SchemaNode, UnitNode>();

  /** `paths`: the units' schema paths. */
  constructor(paths: ReadonlySet<string>) {
    this.#paths = paths;
  }

  /** The unit that a node is, or is in. */
  enclosing(node: DataNode): DataNode | undefined {
    for (let at: DataNode | undefined = node; at !== undefined; at = at.parent)
      if (this.#of(at)?.isUnit === true) return at;
    return undefined;
  }

  /** The units among some nodes and what they hold. */
  *among(nodes: Iterable<DataNode>): Iterable<DataNode> {
    for (const node of nodes) {
      const known = this.#of(node);
      if (known?.isUnit === true) yield node;
      if (known?.hasUnitsBelow === true) yield* this.among(node.children());
    }
  }

  /** The units that a node holds, itself not among them. */
  *below(node: DataNode): Iterable<DataNode> {
    if (this.#of(node)?.hasUnitsBelow === true) yield* this.among(node.children());
  }

  #of({ schema }: DataNode): UnitNode | undefined {
    if (schema === undefined) return undefined;
    let known = this.#known.get(schema);
    if (known === undefined) {
      const below = `${schema.path}/`;
      known = {
        isUnit: this.#paths.has(schema.path),
        hasUnitsBelow: [...this.#paths].some((path) => path.startsWith(below)),
      };
      this.#known.set(schema, known);
    }
    return known;
  }
}
