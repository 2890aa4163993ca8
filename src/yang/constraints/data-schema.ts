import type { SchemaNode } from "libyang-wasm";
import { dataNodes, dataParent } from "../data-nodes.ts";

/** A schema node of the data tree; undefined: the root, which has no schema node. */
export type DataPosition = SchemaNode | undefined;

/**
 * The schema as XPath sees it from configuration (RFC 7950 §6.4.1): configuration only, with choices and cases gone.
 * Valid as long as its schema nodes are.
 */
export class DataSchema {
  readonly #topLevel: readonly SchemaNode[];
  readonly #children = new Map<DataPosition, readonly SchemaNode[]>();
  readonly #parents = new Map<SchemaNode, DataPosition>();

  /** `topLevel`: the top-level schema nodes of all modules that configuration is of. */
  constructor(topLevel: readonly SchemaNode[]) {
    this.#topLevel = topLevel;
  }

  children(position: DataPosition): readonly SchemaNode[] {
    let children = this.#children.get(position);
    if (children === undefined) {
      children = [...dataNodes(position === undefined ? this.#topLevel : position.children())].filter(
        ({ isConfig }) => isConfig,
      );
      this.#children.set(position, children);
    }
    return children;
  }

  /** All nodes below, parents first. */
  *descendants(position: DataPosition): Iterable<SchemaNode> {
    for (const child of this.children(position)) {
      yield child;
      yield* this.descendants(child);
    }
  }

  parent(node: SchemaNode): DataPosition {
    if (this.#parents.has(node)) return this.#parents.get(node);
    const parent = dataParent(node);
    this.#parents.set(node, parent);
    return parent;
  }

  /** Whether `position` is `top` or below it; everything is below the root. */
  isAtOrBelow(position: DataPosition, top: DataPosition): boolean {
    let at = position;
    while (at !== undefined && at !== top) at = this.parent(at);
    return at === top;
  }
}
