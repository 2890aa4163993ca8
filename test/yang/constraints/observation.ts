import { type DataNode, type DataTree, type SchemaNode, YangError } from "libyang-wasm";

/** The instances of a data tree, by their paths. */
export class Observation {
  readonly nodes = new Map<string, DataNode>();
  readonly #parents = new Map<string, string | undefined>();
  readonly #instances = new Map<SchemaNode, string[]>();

  constructor(tree: DataTree) {
    for (const node of tree.find("//*")) {
      const { path } = node;
      this.nodes.set(path, node);
      this.#parents.set(path, node.parent?.path);
      const schema = this.schemaOf(path);
      this.#instances.set(schema, [...(this.#instances.get(schema) ?? []), path]);
    }
  }

  schemaOf(path: string): SchemaNode {
    const schema = this.nodes.get(path)?.schema;
    if (schema === undefined) throw new Error(`no node ${path}`);
    return schema;
  }

  parentOf(path: string): string | undefined {
    return this.#parents.get(path);
  }

  instancesOf(schema: SchemaNode): readonly string[] {
    return this.#instances.get(schema) ?? [];
  }

  /** The instance of `scope` that is this one or above it; undefined for the root. */
  scopeOf(path: string, scope: SchemaNode | undefined): string | undefined {
    let at: string | undefined = path;
    while (at !== undefined && this.schemaOf(at) !== scope) at = this.parentOf(at);
    return at;
  }

  /** Whether an instance is another or below it; undefined stands for the root. */
  isWithin(path: string, top: string | undefined): boolean {
    let at: string | undefined = path;
    while (at !== undefined && at !== top) at = this.parentOf(at);
    return at === top;
  }

  /** A condition as libyang evaluates it, an error in place of a value; prefixes are module names. */
  evaluate(path: string, condition: string): string {
    try {
      return String((this.nodes.get(path)?.find(`self::node()[boolean(${condition})]`).length ?? 0) > 0);
    } catch (error) {
      if (error instanceof YangError) return error.message;
      throw error;
    }
  }
}

/** What came, went or got another value between two observations: paths of instances. */
export class Difference {
  readonly created: readonly string[];
  readonly deleted: readonly string[];
  readonly changed: readonly string[];
  readonly before: Observation;
  readonly after: Observation;
  /** An entry known to have another place. */
  readonly moved: string | undefined;

  constructor(before: Observation, after: Observation, moved: string | undefined) {
    this.before = before;
    this.after = after;
    this.moved = moved;
    this.created = [...after.nodes.keys()].filter((path) => !before.nodes.has(path));
    this.deleted = [...before.nodes.keys()].filter((path) => !after.nodes.has(path));
    this.changed = [...after.nodes.keys()].filter(
      (path) => before.nodes.has(path) && before.nodes.get(path)?.value !== after.nodes.get(path)?.value,
    );
  }
}
