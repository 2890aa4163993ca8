import { type DataNode, DataTree, type SchemaNode } from "libyang-wasm";

/** One instance of a schema node, and what goes with it in the tree of operational state. */
export interface Instance {
  readonly node: DataNode;
  readonly state: DataNode | undefined;
}

/**
 * Where instances are looked for: the top of the data, or one instance. Configuration and state look as if they had
 * been merged; state of list entries that the configuration does not hold is not seen.
 */
export class Place {
  readonly #config: DataTree | DataNode;
  readonly #state: DataTree | DataNode | undefined;

  constructor(config: DataTree | DataNode, state: DataTree | DataNode | undefined) {
    this.#config = config;
    this.#state = state;
  }

  static inside({ node, state }: Instance): Place {
    return new Place(node, state);
  }

  firstInstance(schema: SchemaNode): DataNode | undefined {
    return this.#holder(schema).firstInstance(schema);
  }

  findEntry(list: SchemaNode, keys: readonly string[]): DataNode | undefined {
    return this.#holder(list).findEntry(list, keys);
  }

  /** A node that was found here, as an instance. */
  instance(node: DataNode, schema: SchemaNode): Instance {
    const isShared = schema.isConfig && (schema.kind === "container" || schema.kind === "list");
    return { node, state: isShared ? this.#counterpart(node) : undefined };
  }

  /** No configuration has nodes of state; inside one of those there is nothing else. */
  #holder(schema: SchemaNode): DataTree | DataNode {
    return this.#state === undefined || schema.isConfig ? this.#config : this.#state;
  }

  #counterpart(node: DataNode): DataNode | undefined {
    return this.#state instanceof DataTree ? this.#state.findTop(node) : this.#state?.findChild(node);
  }
}
