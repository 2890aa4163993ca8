import type { Random } from "./random.ts";
import { conditionText } from "./random-condition.ts";
import { moduleText } from "./random-module-text.ts";
import { allNodes, dataParent, isData, isLeaf, type RandomNode, type RandomNodes } from "./random-node.ts";
import { addReference, addRules } from "./random-rules.ts";
import { RandomStructure } from "./random-structure.ts";

export interface RandomSchemaOptions {
  /** About how many data nodes. */
  readonly nodes: number;
  /** How many of the nodes have a must; half as many have a when. */
  readonly conditions: number;
}

/** A model with all that can make data invalid: what it says is random, but libyang takes it. */
export interface RandomSchema extends RandomNodes {
  /** Texts of the modules m and n, in the order to load them in. */
  readonly moduleTexts: readonly string[];
}

/** A random schema, and what `compile` made of the texts of its modules: undefined where it does not want them. */
export function randomSchema<Compiled>(
  random: Random,
  options: RandomSchemaOptions,
  compile: (moduleTexts: readonly string[]) => Compiled | undefined,
): { schema: RandomSchema; compiled: Compiled } {
  const topLevel = new RandomStructure(random, options.nodes).make();
  const nodes = allNodes(topLevel);
  for (const node of nodes) if (isLeaf(node)) addReference(random, node, nodes.filter(isLeaf));
  for (const node of nodes) addRules(random, node);
  for (const node of nodes) addConditions(random, { topLevel }, node, options.conditions);
  for (;;) {
    const schema = { topLevel, moduleTexts: [moduleText("m", topLevel), moduleText("n", topLevel)] };
    const compiled = compile(schema.moduleTexts);
    if (compiled !== undefined) return { schema, compiled };
    for (const node of nodes) if (random.chance(0.3)) node.when = undefined;
  }
}

function addConditions(random: Random, schema: RandomNodes, node: RandomNode, share: number): void {
  if (isData(node) && random.chance(share)) node.musts.push(conditionText(random, schema, node, node, 3));
  const isKey = isLeaf(node) && node.isKey;
  // The context of a choice's condition is its parent.
  const context = isData(node) ? node : dataParent(node);
  if (!isKey && context !== undefined && random.chance(share / 2)) {
    node.when = conditionText(random, schema, node, context, 1);
  }
}
