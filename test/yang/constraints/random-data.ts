import type { Random } from "./random.ts";
import { LAST_NODE } from "./random-module-text.ts";
import {
  childrenOf,
  dataParent,
  isLeaf,
  type RandomLeaf,
  type RandomNode,
  type RandomType,
  VALUES,
} from "./random-node.ts";
import type { RandomSchema } from "./random-schema.ts";

/** An instance of a schema node. */
export interface RandomInstance {
  readonly schema: RandomNode;
  readonly parent: RandomInstance | undefined;
  /** Of leaves only. */
  value: string;
  readonly children: RandomInstance[];
}

/** One change of the data. Paths are instance paths as libyang prints them. */
export interface RandomEdit {
  /** "move": to another place in a list or leaf-list ordered by the user. */
  readonly operation: "create" | "delete" | "change" | "move";
  readonly path: string;
  /** Nodes that had to go for it: those of the other case of a choice. */
  readonly alsoDeleted: readonly string[];
}

/** With fewer instances none is deleted. */
const FEW = 10;

/** Data that libyang parses; whether they are valid is another matter. */
export class RandomData {
  readonly roots: RandomInstance[] = [];
  readonly #random: Random;
  readonly #schema: RandomSchema;

  constructor(random: Random, schema: RandomSchema) {
    this.#random = random;
    this.#schema = schema;
  }

  /** Adds random instances at every level. */
  fill(): void {
    this.#fillChildren(undefined);
  }

  toXml(): string {
    return this.#xml(undefined) + LAST_NODE.xml;
  }

  /** Changes the data at random. */
  edit(): RandomEdit {
    for (;;) {
      const instances = [...below(this.roots)];
      const edit = this.#random.oneOf<RandomEdit | undefined>(
        [4, () => this.#create(this.#random.pick([undefined, undefined, ...instances]))],
        [instances.length < FEW ? 0 : 2, () => this.#delete(instances)],
        [4, () => this.#change(instances)],
        [3, () => this.#move(instances)],
      );
      if (edit !== undefined) return edit;
    }
  }

  #fillChildren(parent: RandomInstance | undefined): void {
    for (const schema of this.#random.shuffled(childrenOf(parent?.schema, this.#schema))) {
      if (isLeaf(schema) && schema.isKey) continue;
      const isMany = schema.kind === "list" || schema.kind === "leaf-list";
      const count = isMany ? this.#random.below(4) : this.#random.below(4) > 0 ? 1 : 0;
      for (let made = 0; made < count; made++) {
        if (conflicts(this.#childrenOf(parent), schema).length === 0) this.#add(parent, schema);
      }
    }
  }

  #childrenOf(parent: RandomInstance | undefined): RandomInstance[] {
    return parent?.children ?? this.roots;
  }

  /** Adds an instance with random content; undefined where the same is there already. */
  #add(parent: RandomInstance | undefined, schema: RandomNode): RandomInstance | undefined {
    const value = isLeaf(schema) ? this.#value(schema.type) : "";
    const instance: RandomInstance = { schema, parent, value, children: [] };
    if (schema.kind === "list") {
      for (const key of schema.children) if (isLeaf(key) && key.isKey) this.#add(instance, key);
    }
    const siblings = this.#childrenOf(parent);
    if (siblings.some((sibling) => sibling.schema === schema && identityOf(sibling) === identityOf(instance))) {
      return undefined;
    }
    siblings.push(instance);
    if (!isLeaf(schema)) this.#fillChildren(instance);
    return instance;
  }

  #value(type: RandomType): string {
    switch (type.base) {
      case "leafref":
        return this.#value(type.target.type);
      case "union":
        return this.#value(this.#random.pick(type.members));
      case "instance-identifier":
        return this.#instanceIdentifier();
      default:
        return this.#random.pick(VALUES[type.base] ?? []);
    }
  }

  /** Of some node, often of one that is not there. */
  #instanceIdentifier(): string {
    const inner = [...below(this.roots)].filter(({ schema }) => !isLeaf(schema));
    if (inner.length === 0) return LAST_NODE.path;
    const parent = this.#random.pick(inner);
    const leaves = childrenOf(parent.schema, this.#schema).filter(({ kind }) => kind === "leaf");
    const leaf = leaves.length === 0 ? undefined : this.#random.pick(leaves);
    return pathOf(parent, true) + (leaf === undefined ? "" : `/${leaf.module}:${leaf.name}`);
  }

  #create(parent: RandomInstance | undefined): RandomEdit | undefined {
    const siblings = this.#childrenOf(parent);
    const possible = childrenOf(parent?.schema, this.#schema).filter(
      (schema) =>
        schema.kind === "list" || schema.kind === "leaf-list" || siblings.every((sibling) => sibling.schema !== schema),
    );
    if (possible.length === 0) return undefined;
    const schema = this.#random.pick(possible);
    const inTheWay = conflicts(siblings, schema);
    const alsoDeleted = inTheWay.map((instance) => pathOf(instance));
    const created = this.#add(parent, schema);
    if (created === undefined) return undefined;
    for (const instance of inTheWay) siblings.splice(siblings.indexOf(instance), 1);
    return { operation: "create", path: pathOf(created), alsoDeleted };
  }

  #delete(instances: readonly RandomInstance[]): RandomEdit | undefined {
    const possible = instances.filter(({ schema }) => !isKey(schema));
    if (possible.length === 0) return undefined;
    const deleted = this.#random.pick(possible);
    const siblings = this.#childrenOf(deleted.parent);
    siblings.splice(siblings.indexOf(deleted), 1);
    return { operation: "delete", path: pathOf(deleted), alsoDeleted: [] };
  }

  #change(instances: readonly RandomInstance[]): RandomEdit | undefined {
    const possible = instances.filter(({ schema }) => schema.kind === "leaf" && !schema.isKey);
    if (possible.length === 0) return undefined;
    const changed = this.#random.pick(possible);
    const value = this.#value((changed.schema as RandomLeaf).type);
    if (value === changed.value) return undefined;
    changed.value = value;
    return { operation: "change", path: pathOf(changed), alsoDeleted: [] };
  }

  #move(instances: readonly RandomInstance[]): RandomEdit | undefined {
    const possible = instances.filter(({ schema }) => schema.kind !== "choice" && schema.isUserOrdered);
    if (possible.length === 0) return undefined;
    const moved = this.#random.pick(possible);
    const siblings = this.#childrenOf(moved.parent);
    const others = siblings.filter((sibling) => sibling !== moved && sibling.schema === moved.schema);
    if (others.length === 0) return undefined;
    const order = () => siblings.filter(({ schema }) => schema === moved.schema).indexOf(moved);
    const before = order();
    siblings.splice(siblings.indexOf(moved), 1);
    siblings.splice(siblings.indexOf(this.#random.pick(others)) + this.#random.below(2), 0, moved);
    return order() === before ? undefined : { operation: "move", path: pathOf(moved), alsoDeleted: [] };
  }

  #xml(parent: RandomInstance | undefined): string {
    const instances = this.#childrenOf(parent);
    return childrenOf(parent?.schema, this.#schema)
      .flatMap((schema) => instances.filter((instance) => instance.schema === schema))
      .map((instance) => {
        const { name, module } = instance.schema;
        const declared = `xmlns="urn:${module}" xmlns:m="urn:m" xmlns:n="urn:n"`;
        return `<${name} ${declared}>${isLeaf(instance.schema) ? instance.value : this.#xml(instance)}</${name}>`;
      })
      .join("");
  }
}

const isKey = (schema: RandomNode): boolean => isLeaf(schema) && schema.isKey;

function* below(instances: readonly RandomInstance[]): Iterable<RandomInstance> {
  for (const instance of instances) {
    yield instance;
    yield* below(instance.children);
  }
}

/** What tells an instance from others of its schema node. */
function identityOf({ schema, value, children }: RandomInstance): string {
  if (schema.kind === "leaf-list") return value;
  const keys = children.filter((child) => isKey(child.schema));
  return keys.map((key) => key.value).join(" ");
}

/** Those of `siblings` that are in another case of a choice than `schema` is. */
function conflicts(siblings: readonly RandomInstance[], schema: RandomNode): RandomInstance[] {
  const branches = branchesOf(schema);
  return siblings.filter((sibling) =>
    branchesOf(sibling.schema).some((other) =>
      branches.some((branch) => branch.parent === other.parent && branch !== other),
    ),
  );
}

/** The cases a node is in. */
function branchesOf(node: RandomNode): RandomNode[] {
  const home = dataParent(node);
  const branches: RandomNode[] = [];
  for (let at = node.parent; at !== home && at !== undefined; at = at.parent) if (at.kind === "case") branches.push(at);
  return branches;
}

/** With all prefixes, or with those only where the module changes, as libyang has it. */
export function pathOf(instance: RandomInstance, allPrefixes = false): string {
  const { schema, parent, value, children } = instance;
  const hasPrefix = allPrefixes || parent?.schema.module !== schema.module;
  const name = hasPrefix ? `${schema.module}:${schema.name}` : schema.name;
  const keys = children
    .filter((child) => isKey(child.schema))
    .map((key) => `[${allPrefixes ? `${key.schema.module}:` : ""}${key.schema.name}='${key.value}']`);
  const own = schema.kind === "leaf-list" ? `[.='${value}']` : keys.join("");
  return `${parent === undefined ? "" : pathOf(parent, allPrefixes)}/${name}${own}`;
}
