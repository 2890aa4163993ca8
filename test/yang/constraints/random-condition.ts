import type { Random } from "./random.ts";
import {
  allNodes,
  chainOf,
  childrenOf,
  dataParent,
  isData,
  isLeaf,
  type ModuleName,
  nameIn,
  type RandomLeaf,
  type RandomNode,
  type RandomNodes,
  VALUES,
} from "./random-node.ts";

/**
 * A condition in XPath about nodes of the schema, in the context of `context`; `owner` says how names are written,
 * `depth` how deep it is at most.
 */
export function conditionText(
  random: Random,
  schema: RandomNodes,
  owner: RandomNode,
  context: RandomNode,
  depth: number,
): string {
  return new ConditionWriter(random, schema, owner, context).condition(context, depth);
}

interface Step {
  text: string;
  /** What it leads to as written; undefined where it may lead anywhere. */
  readonly node: RandomNode | undefined;
}

class ConditionWriter {
  readonly #random: Random;
  readonly #schema: RandomNodes;
  readonly #module: ModuleName;
  /** What current() is. */
  readonly #current: RandomNode;
  /** What the owner's module can name. */
  readonly #known: readonly RandomNode[];
  /** That a when of a choice must not look at its own nodes is not checked by libyang 3.12, which then ends. */
  readonly #isStraight: boolean;

  constructor(random: Random, schema: RandomNodes, owner: RandomNode, current: RandomNode) {
    this.#random = random;
    this.#schema = schema;
    this.#module = owner.module;
    this.#current = current;
    this.#isStraight = owner.kind === "choice" || owner.kind === "case";
    const own = this.#isStraight && !isLeaf(owner) ? allNodes(owner.children) : [];
    this.#known = allNodes(schema.topLevel).filter(
      (node) => isData(node) && (this.#module === "n" || node.module === "m") && !own.includes(node),
    );
  }

  condition(context: RandomNode, depth: number): string {
    const path = () => this.#path(context, depth - 1);
    const value = () => this.#value(context, depth - 1);
    const inner = () => this.condition(context, depth - 1);
    const deeper = depth > 0 ? 1 : 0;
    return this.#random.oneOf(
      [3, path],
      [5, () => this.#comparison(context, depth - 1)],
      [this.#isStraight ? 0 : 5, () => this.#subtle(context, depth)],
      [5, () => `${value()} ${this.#random.pick(["=", "=", "!=", "<", "<=", ">", ">="])} ${value()}`],
      [2 * deeper, () => `not(${inner()})`],
      [3 * deeper, () => `(${inner()} ${this.#random.pick(["and", "or"])} ${inner()})`],
      [2, () => `count(${path()}) ${this.#random.pick(["<", ">", "="])} ${this.#random.below(4)}`],
      [1, () => `(${path()} | ${path()})`],
      [0.5, () => `boolean(${path()})`],
      [0.5, () => `re-match(${value()}, '[ab12]*')`],
      [0.5, () => `${this.#random.pick(["contains", "starts-with"])}(${value()}, ${value()})`],
      [0.5, () => `derived-from${this.#random.pick(["", "-or-self"])}(${path()}, 'm:base1')`],
      [0.5, () => `enum-value(${path()}) > 0`],
      [0.5, () => `bit-is-set(${path()}, 'a')`],
      [0.2, () => this.#random.pick(["true()", "false()"])],
    );
  }

  #comparison(context: RandomNode, depth: number): string {
    const target = this.#random.pick(this.#known);
    const path = this.#pathTo(context, target, depth);
    if (!isLeaf(target)) return `count(${path}) ${this.#random.pick(["=", "<", ">"])} ${this.#random.below(3)}`;
    return `${path} ${this.#random.pick(["=", "!="])} ${this.#literal(target)}`;
  }

  /** What depends on more than on where a path ends. */
  #subtle(context: RandomNode, depth: number): string {
    const pathTo = (node: RandomNode) => this.#pathTo(context, node, 0);
    const node = this.#random.pick(this.#known);
    const siblings = childrenOf(dataParent(node), this.#schema).filter((sibling) => this.#known.includes(sibling));
    const before = `${this.#random.pick(["preceding", "following"])}-sibling`;
    const list = this.#random.pick(this.#known.filter(({ kind }) => kind === "list"));
    const inList = this.#random.pick(childrenOf(list, this.#schema).filter((child) => this.#known.includes(child)));
    const inner = this.#random.pick(this.#known.filter((other) => !isLeaf(other)));
    const count = this.#random.below(3);
    return this.#random.oneOf(
      [1, () => `count(${pathTo(node)}/..) > ${count}`],
      [1, () => `(${pathTo(node)})[${before}::${this.#name(this.#random.pick(siblings))}]`],
      [1, () => `count(${pathTo(node)}/${before}::*) > ${count}`],
      [
        1,
        () =>
          `(${pathTo(list)})[${this.#random.pick(["1", "2", "last()"])}]/${this.#name(inList)} = ${this.#literal(inList)}`,
      ],
      [1, () => `(${pathTo(list)})[${this.#name(inList)} = current()/${plain(this.#relative(this.#current, node))}]`],
      [1, () => `contains(${pathTo(inner)}, 'a')`],
      [1, () => `string-length(${pathTo(inner)}) > ${count * 10}`],
      [depth > 1 ? 2 : 0, () => this.#dereferenced(context) ?? "true()"],
    );
  }

  /** Of anything else but a leafref, and in a when that has no target, it ends libyang 3.12. */
  #dereferenced(context: RandomNode): string | undefined {
    const references = this.#known.filter((node): node is RandomLeaf => isLeaf(node) && node.type.base === "leafref");
    if (references.length === 0) return undefined;
    const reference = this.#random.pick(references);
    const call = `deref(${plain(this.#relative(context, reference))})`;
    const siblings =
      reference.type.base === "leafref" ? childrenOf(dataParent(reference.type.target), this.#schema) : [];
    const beside = this.#random.pick(siblings);
    return this.#known.includes(beside) ? `${call}/../${this.#name(beside)} = ${this.#literal(beside)}` : call;
  }

  /** A value that the node may well have. */
  #literal(node: RandomNode): string {
    return `'${this.#random.pick((isLeaf(node) ? VALUES[node.type.base] : undefined) ?? ["a", "1"])}'`;
  }

  #pathTo(context: RandomNode, target: RandomNode, depth: number): string {
    if (this.#isStraight) return plain(this.#relative(context, target));
    return this.#random.oneOf(
      [5, () => this.#written(this.#relative(context, target), depth)],
      [2, () => `current()/${this.#written(this.#relative(this.#current, target), depth)}`],
      [3, () => `/${this.#written(this.#steps(chainOf(target)), depth)}`],
    );
  }

  #value(context: RandomNode, depth: number): string {
    const path = () => this.#path(context, depth);
    return this.#random.oneOf(
      [6, path],
      [2, () => `'${this.#random.pick(["a", "b", "c", "true"])}'`],
      [2, () => String(this.#random.below(4))],
      [1, () => `count(${path()})`],
      [0.5, () => `sum(${path()})`],
      [0.5, () => `string(${path()})`],
      [0.5, () => `concat(${path()}, ${path()})`],
      [0.5, () => `string-length(${path()})`],
      [0.5, () => `${this.#random.pick(["name", "local-name", "namespace-uri"])}(${path()})`],
      [0.5, () => `normalize-space(${path()})`],
      [0.5, () => `(${path()} ${this.#random.pick(["+", "-", "*", "div", "mod"])} ${path()})`],
      [0.3, () => `-${path()}`],
      [0.3, () => `translate(${path()}, 'ab', 'ba')`],
      [0.3, () => `substring(${path()}, 1, 1)`],
      [0.3, () => `substring-${this.#random.pick(["before", "after"])}(${path()}, ' ')`],
      [0.3, () => `${this.#random.pick(["floor", "ceiling", "round", "number"])}(${path()})`],
      [0.3, () => `${this.#random.pick(["string", "number", "normalize-space", "string-length"])}()`],
    );
  }

  /** Mostly one that leads from the context to some node, but often not straight. */
  #path(context: RandomNode, depth: number): string {
    const target = this.#random.pick(this.#known);
    if (this.#isStraight) return this.#pathTo(context, target, depth);
    return this.#random.oneOf(
      [11, () => this.#pathTo(context, target, depth)],
      [1, () => "."],
      [0.5, () => `//${this.#name(target)}${this.#predicates(target, depth)}`],
      [0.5, () => `.//${this.#name(target)}`],
      [0.5, () => `(${this.#written(this.#relative(context, target), depth)})[${this.#random.pick(["1", "last()"])}]`],
      [0.5, () => `ancestor::${this.#random.pick([this.#name(target), "*", "node()"])}${this.#tail()}`],
      [0.5, () => `ancestor-or-self::*${this.#tail()}`],
      [0.5, () => `${this.#random.pick(["following", "preceding"])}-sibling::${this.#name(target)}${this.#tail()}`],
      [0.2, () => `${this.#random.pick(["following", "preceding"])}::${this.#name(target)}`],
    );
  }

  #relative(context: RandomNode, target: RandomNode): Step[] {
    const from = chainOf(context);
    const to = chainOf(target);
    let common = 0;
    while (common < from.length && common < to.length && from[common] === to[common]) common++;
    // Sometimes higher than needed: then it is about other entries too.
    if (common > 0 && this.#random.chance(0.2)) common--;
    const up = from.slice(common).map(() => ({ text: "..", node: undefined }));
    const down = this.#steps(to.slice(common));
    return up.length + down.length === 0 ? [{ text: ".", node: undefined }] : [...up, ...down];
  }

  #steps(chain: readonly RandomNode[]): Step[] {
    return chain.map((node) => ({ text: this.#name(node), node }));
  }

  #name(node: RandomNode): string {
    return this.#random.chance(0.2) ? `${node.module}:${node.name}` : nameIn(this.#module, node);
  }

  #written(steps: readonly Step[], depth: number): string {
    // At most one, and on the way down: libyang 3.12 ends where several find a node twice.
    const places = steps.slice(0, -1).flatMap(({ node }, index) => (node === undefined ? [] : [index]));
    const anywhere = places.length > 0 && this.#random.chance(0.1) ? this.#random.pick(places) : -1;
    const texts = steps.map((step, index) => this.#step(step, depth) + (index === anywhere ? "/" : ""));
    return texts.join("/") + (this.#random.chance(0.15) ? this.#tail() : "");
  }

  #step({ text, node }: Step, depth: number): string {
    if (node === undefined) return text;
    const predicates = this.#predicates(node, depth);
    return this.#random.oneOf(
      [15, () => text + predicates],
      [1, () => `*${predicates}`],
      [0.5, () => `child::${text}${predicates}`],
      [0.5, () => `descendant::${text}${predicates}`],
      [0.5, () => `descendant-or-self::*${predicates}`],
      [0.3, () => `self::node()/${text}`],
      [0.3, () => `${text}${predicates}/../${text}`],
      [0.3, () => `${this.#module}:*${predicates}`],
      [0.3, () => "node()"],
    );
  }

  /** No text(): where libyang 3.12 sorts several of them, it ends. */
  #tail(): string {
    const child = this.#name(this.#random.pick(this.#known));
    return this.#random.oneOf(
      [2, () => `/${child}`],
      [2, () => "/.."],
      [1, () => `/../${child}`],
      [1, () => "/*"],
      [1, () => "/ancestor::*"],
      [1, () => `/${this.#random.pick(["following", "preceding"])}-sibling::*${this.#random.pick(["", "[1]"])}`],
    );
  }

  #predicates(node: RandomNode, depth: number): string {
    const isMany = node.kind === "list" || node.kind === "leaf-list";
    if (depth <= 0 || !this.#random.chance(isMany ? 0.5 : 0.1)) return "";
    const [key] = node.kind === "list" ? childrenOf(node, this.#schema) : [];
    const predicate = this.#random.oneOf(
      [key === undefined ? 0 : 3, () => `${this.#name(key as RandomNode)} = ${this.#keyValue()}`],
      [2, () => this.#random.pick(["1", "2", "last()", "position() < 3", "position() = last()", "last() - 1"])],
      [3, () => this.condition(node, depth - 1)],
    );
    return `[${predicate}]${this.#random.chance(0.1) ? "[1]" : ""}`;
  }

  #keyValue(): string {
    if (this.#random.chance(0.4)) return `'${this.#random.pick(["a", "b", "1", "2"])}'`;
    return `current()/${this.#written(this.#relative(this.#current, this.#random.pick(this.#known)), 0)}`;
  }
}

const plain = (steps: readonly Step[]): string => steps.map(({ text }) => text).join("/");
