import type { Random } from "./random.ts";
import {
  childrenOf,
  dataParent,
  type ModuleName,
  type RandomLeaf,
  type RandomNode,
  type RandomParent,
} from "./random-node.ts";

/** Few, so that one name often means several nodes. */
const NAMES = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "l", "m", "n", "o"];

/** Nodes in nodes, without any rules yet. */
export class RandomStructure {
  readonly #random: Random;
  readonly #topLevel: RandomNode[] = [];
  #left: number;
  #choices = 0;

  constructor(random: Random, nodes: number) {
    this.#random = random;
    this.#left = nodes;
  }

  make(): readonly RandomNode[] {
    this.#addInner(undefined, "m", "list");
    this.#addInner(undefined, "m", "container");
    while (this.#left > 0 && this.#topLevel.length < 6) this.#add(undefined, "m");
    return this.#topLevel;
  }

  #add(parent: RandomParent | undefined, module: ModuleName): void {
    this.#random.oneOf(
      [5, () => this.#addLeaf(parent, module, "leaf")],
      [1, () => this.#addLeaf(parent, module, "leaf-list")],
      [2, () => this.#addInner(parent, module, "list")],
      [2, () => this.#addInner(parent, module, "container")],
      [parent === undefined || this.#left < 2 ? 0 : 1.5, () => this.#addChoice(parent as RandomParent, module)],
    );
  }

  #addLeaf(parent: RandomParent | undefined, module: ModuleName, kind: RandomLeaf["kind"]): void {
    const base = this.#random.pick([
      "string",
      "string",
      "int8",
      "boolean",
      "enumeration",
      "bits",
      "identityref",
    ] as const);
    this.#insert<RandomLeaf>({
      ...this.#common(parent, module),
      kind,
      type: { base },
      isKey: false,
      isUserOrdered: kind === "leaf-list" && this.#random.chance(0.5),
    });
  }

  #addInner(parent: RandomParent | undefined, module: ModuleName, kind: "list" | "container"): void {
    const node = this.#insert<RandomParent>({
      ...this.#common(parent, module),
      kind,
      children: [],
      uniques: [],
      isPresence: kind === "container" && this.#random.chance(0.3),
      isUserOrdered: kind === "list" && this.#random.chance(0.4),
    });
    if (kind === "list") for (const key of this.#random.chance(0.2) ? ["k", "k2"] : ["k"]) this.#addKey(node, key);
    const wanted = 1 + this.#random.below(4);
    for (let count = 0; count < wanted && this.#left > 0; count++) this.#add(node, module);
    if (module === "m" && this.#left > 0 && this.#random.chance(0.3)) this.#add(node, "n");
  }

  #addKey(list: RandomParent, name: string): void {
    this.#insert<RandomLeaf>({
      ...this.#common(list, list.module, name),
      kind: "leaf",
      type: { base: this.#random.pick(["string", "int8"] as const) },
      isKey: true,
      isUserOrdered: false,
    });
  }

  #addChoice(parent: RandomParent, module: ModuleName): void {
    const inner = () => ({ uniques: [], children: [], isPresence: false, isUserOrdered: false });
    const number = ++this.#choices;
    const common = this.#common(parent, module, `choice${number}`);
    const choice = this.#insert<RandomParent>({ ...common, ...inner(), kind: "choice" });
    for (const letter of ["a", "b"]) {
      const own = this.#common(choice, module, `case${number}${letter}`);
      const branch = this.#insert<RandomParent>({ ...own, ...inner(), kind: "case" });
      for (let count = this.#random.below(2); count >= 0; count--) this.#add(branch, module);
    }
  }

  #common(parent: RandomParent | undefined, module: ModuleName, name = this.#freeName(parent, module)) {
    return { name, module, parent, musts: [], isMandatory: false };
  }

  #insert<Node extends RandomNode>(node: Node): Node {
    if (node.kind !== "choice" && node.kind !== "case") this.#left--;
    (node.parent?.children ?? this.#topLevel).push(node);
    return node;
  }

  #freeName(parent: RandomParent | undefined, module: ModuleName): string {
    const isOuter = parent?.kind === "choice" || parent?.kind === "case";
    const home = isOuter ? dataParent(parent) : parent;
    const siblings = childrenOf(home, { topLevel: this.#topLevel }).filter((node) => node.module === module);
    const [preferred, other] = [NAMES.slice(0, 6), NAMES.slice(6)].map((names) =>
      names.filter((name) => siblings.every((sibling) => sibling.name !== name)),
    ) as [string[], string[]];
    return this.#random.pick(preferred.length > 0 ? preferred : [...other, `p${siblings.length}`].slice(0, 6));
  }
}
