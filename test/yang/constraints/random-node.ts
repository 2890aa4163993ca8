/** Two modules: n augments m. A prefix is the module's name. */
export type ModuleName = "m" | "n";

export type RandomType =
  | { readonly base: "string" | "int8" | "boolean" | "enumeration" | "bits" | "identityref" | "empty" }
  | { readonly base: "instance-identifier"; readonly requireInstance: boolean }
  | { readonly base: "leafref"; readonly target: RandomLeaf; readonly path: string; readonly requireInstance: boolean }
  | { readonly base: "union"; readonly members: readonly RandomType[] };

interface Common {
  readonly name: string;
  readonly module: ModuleName;
  /** As in the schema: also a choice or case. */
  readonly parent: RandomParent | undefined;
  readonly musts: string[];
  when?: string | undefined;
}

export interface RandomLeaf extends Common {
  readonly kind: "leaf" | "leaf-list";
  type: RandomType;
  readonly isKey: boolean;
  readonly isUserOrdered: boolean;
  isMandatory: boolean;
  default?: string;
  minElements?: number;
  maxElements?: number;
}

export interface RandomParent extends Common {
  readonly kind: "container" | "list" | "choice" | "case";
  /** Of a list, the keys first. Nodes of module n last. */
  readonly children: RandomNode[];
  readonly isPresence: boolean;
  readonly isUserOrdered: boolean;
  isMandatory: boolean;
  /** Of a choice. */
  defaultCase?: string;
  minElements?: number;
  maxElements?: number;
  readonly uniques: string[];
}

export type RandomNode = RandomLeaf | RandomParent;

export interface RandomNodes {
  readonly topLevel: readonly RandomNode[];
}

export const isLeaf = (node: RandomNode): node is RandomLeaf => node.kind === "leaf" || node.kind === "leaf-list";

/** Children in the data tree: choices and cases are not in it. */
export const dataChildren = (nodes: readonly RandomNode[]): RandomNode[] =>
  nodes.flatMap((node) => (node.kind === "choice" || node.kind === "case" ? dataChildren(node.children) : [node]));

export const childrenOf = (node: RandomNode | undefined, { topLevel }: RandomNodes): RandomNode[] =>
  dataChildren(node === undefined ? topLevel : isLeaf(node) ? [] : node.children);

export function dataParent(node: RandomNode): RandomParent | undefined {
  let { parent } = node;
  while (parent?.kind === "choice" || parent?.kind === "case") parent = parent.parent;
  return parent;
}

export const isData = (node: RandomNode): boolean => node.kind !== "choice" && node.kind !== "case";

/** With all that is below, parents first. */
export const allNodes = (nodes: readonly RandomNode[]): RandomNode[] =>
  nodes.flatMap((node) => [node, ...(isLeaf(node) ? [] : allNodes(node.children))]);

/** The node and what it is in, from the top. */
export function chainOf(node: RandomNode): RandomNode[] {
  const parent = dataParent(node);
  return parent === undefined ? [node] : [...chainOf(parent), node];
}

export const nameIn = (module: ModuleName, node: RandomNode): string =>
  node.module === module ? node.name : `${node.module}:${node.name}`;

/** Values few enough that two of them often are the same. */
export const VALUES: Readonly<Record<string, readonly string[]>> = {
  string: ["a", "b", "c", "1"],
  int8: ["0", "1", "2", "3"],
  boolean: ["true", "false"],
  enumeration: ["a", "b", "c"],
  bits: ["a", "b", "a b"],
  identityref: ["m:base1", "m:base2", "m:base3"],
  empty: [""],
};
