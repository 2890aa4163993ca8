import type { DataNode, SchemaNode } from "libyang-wasm";
import type { ConfigObject, ConfigValue } from "./subscriber.ts";

interface UnitNode {
  readonly isUnit: boolean;
  readonly hasUnitsBelow: boolean;
  /** Among its children: lists that are part of what they are in, and containers that such are in. */
  readonly withLists: readonly SchemaNode[];
}

/** Whether entries of a list are part of the unit that they are in. */
export const isPartOfUnit = (list: SchemaNode): boolean => list.isUserOrdered || list.maxElements !== undefined;

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
    const withLists = this.#of(node)?.withLists ?? [];
    if (withLists.length === 0) return node.toObject();
    const object: { [name: string]: ConfigValue } = { ...node.toObject() };
    for (const child of withLists) {
      const first = node.firstInstance(child);
      if (child.kind === "list") object[child.name] = this.#entriesFrom(first, child);
      else if (first !== undefined) object[child.name] = this.objectOf(first);
    }
    return object;
  }

  #entriesFrom(first: DataNode | undefined, list: SchemaNode): readonly ConfigObject[] {
    const entries: ConfigObject[] = [];
    for (let entry = first; entry?.schema === list; entry = entry.nextSibling) entries.push(this.objectOf(entry));
    return entries;
  }

  #hasLists(schema: SchemaNode): boolean {
    if (this.#paths.has(schema.path) || !schema.isConfig) return false;
    if (schema.kind === "list") return isPartOfUnit(schema);
    return schema.kind === "container" && schema.children().some((child) => this.#hasLists(child));
  }

  #of({ schema }: DataNode): UnitNode | undefined {
    if (schema === undefined) return undefined;
    let known = this.#known.get(schema);
    if (known === undefined) {
      const below = `${schema.path}/`;
      known = {
        isUnit: this.#paths.has(schema.path),
        hasUnitsBelow: [...this.#paths].some((path) => path.startsWith(below)),
        withLists: schema.children().filter((child) => this.#hasLists(child)),
      };
      this.#known.set(schema, known);
    }
    return known;
  }
}
