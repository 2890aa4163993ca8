import type { Random } from "./random.ts";
import {
  chainOf,
  childrenOf,
  nameIn,
  type RandomLeaf,
  type RandomNode,
  type RandomParent,
  type RandomType,
  VALUES,
} from "./random-node.ts";

/** Turns some leaves into references, without circles. */
export function addReference(random: Random, leaf: RandomLeaf, leaves: readonly RandomLeaf[]): void {
  const targets = leaves.filter(
    (target) =>
      target !== leaf &&
      (target.module === "m" || leaf.module === "n") &&
      target.type.base !== "union" &&
      target.type.base !== "instance-identifier" &&
      !refersTo(target, leaf),
  );
  if (targets.length === 0 || !random.chance(leaf.isKey ? 0.15 : 0.3)) return;
  const requireInstance = random.chance(0.85);
  const target = random.pick(targets);
  const leafref: RandomType = { base: "leafref", target, path: leafrefPath(random, leaf, target), requireInstance };
  const isTarget = leaves.some((other) => refersTo(other, leaf));
  leaf.type = random.oneOf<RandomType>(
    [8, () => leafref],
    [
      isTarget ? 0 : 1,
      () => ({ base: "union", members: [leafref, { base: random.pick(["string", "int8"] as const) }] }),
    ],
    [
      isTarget || leaf.isKey || leaf.kind === "leaf-list" ? 0 : 1,
      () => ({ base: "instance-identifier", requireInstance }),
    ],
  );
}

function refersTo({ type }: Pick<RandomLeaf, "type">, leaf: RandomLeaf): boolean {
  if (type.base === "union") return type.members.some((member) => refersTo({ type: member }, leaf));
  return type.base === "leafref" && (type.target === leaf || refersTo(type.target, leaf));
}

/** RFC 7950 §9.9.2: absolute or relative, in some lists with an entry chosen by a sibling of the leaf. */
function leafrefPath(random: Random, leaf: RandomLeaf, target: RandomLeaf): string {
  const from = chainOf(leaf).slice(0, -1);
  const to = chainOf(target);
  const siblings = childrenOf(from.at(-1), { topLevel: [] }).filter((node): node is RandomLeaf => node.kind === "leaf");
  const step = (node: RandomNode): string => {
    const name = nameIn(leaf.module, node);
    const other = siblings.filter((sibling) => sibling !== leaf && (sibling.module === "m" || leaf.module === "n"));
    if (node.kind !== "list" || other.length === 0 || !random.chance(0.3)) return name;
    const key = nameIn(leaf.module, node.children[0] as RandomNode);
    return `${name}[${key} = current()/../${nameIn(leaf.module, random.pick(other))}]`;
  };
  if (random.chance(0.5)) return `/${to.map(step).join("/")}`;
  let common = 0;
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++;
  return "../".repeat(from.length - common + 1) + to.slice(common).map(step).join("/");
}

/** Cardinalities, defaults and unique; of parents first. The top has nothing mandatory: no data are valid data. */
export function addRules(random: Random, node: RandomNode): void {
  const canBeMandatory = node.parent !== undefined && !mustBeOptional(node);
  if (node.kind === "list" || node.kind === "leaf-list") {
    if (canBeMandatory && random.chance(0.15)) node.minElements = 1 + random.below(2);
    if (random.chance(0.2)) node.maxElements = 1 + random.below(3) + (node.minElements ?? 0);
  }
  if (node.kind === "leaf" && !node.isKey) {
    const values = VALUES[node.type.base];
    if (canBeMandatory && random.chance(0.15)) node.isMandatory = true;
    else if (values !== undefined && random.chance(0.3)) node.default = random.pick(values);
  }
  if (node.kind === "choice") {
    if (canBeMandatory && random.chance(0.2)) node.isMandatory = true;
    else if (random.chance(0.3)) node.defaultCase = random.pick(node.children).name;
  }
  if (node.kind === "list" && random.chance(0.4)) addUnique(random, node);
}

/** RFC 7950 §7.9.3, §7.17: where nothing may be mandatory. */
function mustBeOptional({ module, parent }: RandomNode): boolean {
  if (module === "n") return true;
  if (parent === undefined || parent.isPresence || parent.kind === "list") return false;
  return (parent.kind === "case" && parent.parent?.defaultCase === parent.name) || mustBeOptional(parent);
}

function addUnique(random: Random, list: RandomParent): void {
  const leaves = uniqueLeaves(list.children, "");
  if (leaves.length === 0) return;
  list.uniques.push([...new Set([random.pick(leaves), random.pick(leaves)])].join(" "));
}

function uniqueLeaves(nodes: readonly RandomNode[], prefix: string): string[] {
  return nodes.flatMap((node) => {
    if (node.module === "n") return [];
    if (node.kind === "leaf") return node.isKey ? [] : [prefix + node.name];
    if (node.kind === "container" || node.kind === "choice" || node.kind === "case") {
      return uniqueLeaves(node.children, `${prefix}${node.name}/`);
    }
    return [];
  });
}
