import type { SchemaView } from "../../src/nacm/data-access.ts";

/** A model small enough for random requests to meet its rules. */
export interface SmallNode {
  readonly module: string;
  readonly name: string;
  readonly keys: readonly string[];
  readonly mark?: "default-deny-all" | "default-deny-write";
  readonly children: readonly SmallNode[];
  parent?: SmallNode;
}

function node(
  name: string,
  { keys = [], ...rest }: Partial<Pick<SmallNode, "keys" | "mark">>,
  ...children: SmallNode[]
): SmallNode {
  const [module = "", local = ""] = name.split(":");
  const made: SmallNode = { module, name: local, keys, ...rest, children };
  for (const child of children) child.parent = made;
  return made;
}

export const roots: readonly SmallNode[] = [
  node(
    "house:house",
    {},
    node("house:name", {}),
    node(
      "house:room",
      { keys: ["id"] },
      node("house:id", {}),
      node("house:lamp", { keys: ["id", "side"] }, node("house:colour", {})),
      node("garden:plant", { mark: "default-deny-write" }, node("garden:water", {})),
    ),
    node("house:safe", { mark: "default-deny-all" }, node("house:gold", {})),
  ),
  node("garden:tree", { keys: ["."] }),
];

export const schemaView: SchemaView<SmallNode> = {
  nameOf: (from) => from,
  parentOf: ({ parent }) => parent,
  childrenOf: ({ children }) => children,
  marksOf: ({ mark }) => ({ isDenyAll: mark === "default-deny-all", isDenyWrite: mark === "default-deny-write" }),
};

export const chainOf = (to: SmallNode): SmallNode[] => (to.parent === undefined ? [to] : [...chainOf(to.parent), to]);

export function* nodesBelow(some: readonly SmallNode[] = roots): Iterable<SmallNode> {
  for (const one of some) {
    yield one;
    yield* nodesBelow(one.children);
  }
}
