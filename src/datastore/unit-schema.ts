import type { DataNode, SchemaNode } from "libyang-wasm";
import type { ConfigObject } from "./subscriber.ts";

interface UnitNode {
  readonly isUnit: boolean;
  readonly hasUnitsBelow: boolean;
  /** Among its children: lists that the user orders, which are part of what they are in. */
  readonly orderedLists: readonly SchemaNode[];
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

  /** A unit, or an entry in one, as plain data. */
  objectOf(node: DataNode): ConfigObject {
    const lists = this.#of(node)?.orderedLists ?? [];
    if (lists.length === 0) return node.toObject();
    return { ...node.toObject(), ...Object.fromEntries(lists.map((list) => [list.name, this.#entriesOf(node, list)])) };
  }

  #entriesOf(node: DataNode, list: SchemaNode): readonly ConfigObject[] {
    const entries: ConfigObject[] = [];
    for (let entry = node.firstInstance(list); entry?.schema === list; entry = entry.nextSibling) {
      entries.push(this.objectOf(entry));
    }
    return entries;
  }

  #of({ schema }: DataNode): UnitNode | undefined {
    if (schema === undefined) return undefined;
    let known = this.#known.get(schema);
    if (known === undefined) {
      const below = `${schema.path}/`;
      known = {
        isUnit: this.#paths.has(schema.path),
        hasUnitsBelow: [...this.#paths].some((path) => path.startsWith(below)),
        orderedLists: schema.children().filter((child) => child.kind === "list" && child.isUserOrdered),
      };
      this.#known.set(schema, known);
    }
    return known;
  }
}
