import fc from "fast-check";
import type { SchemaNode } from "libyang-wasm";
import { expect, test } from "vitest";
import { DataSchema } from "../../../src/yang/constraints/data-schema.ts";
import { type Dependencies, findDependencies } from "../../../src/yang/constraints/dependency-finder.ts";
import type { NodeDependency } from "../../../src/yang/constraints/dependency-set.ts";
import { compileWithoutCircles, type Model } from "./model.ts";
import { Difference, Observation } from "./observation.ts";
import { qualifiedXPath } from "./qualified-xpath.ts";
import { Random } from "./random.ts";
import { conditionText } from "./random-condition.ts";
import { RandomData } from "./random-data.ts";
import { allNodes, chainOf, isData } from "./random-node.ts";
import { type RandomSchema, randomSchema } from "./random-schema.ts";

const MODELS = 60;
const EDITS = 8;
const CONDITIONS = 60;

const tally = { evaluations: 0, altered: 0, affected: 0 };

interface Probe {
  readonly context: SchemaNode;
  readonly condition: string;
  readonly found: Dependencies;
}

/** Conditions need not be in the model to be evaluated: so there can be many. */
function randomProbes(random: Random, schema: RandomSchema, model: Model): Probe[] {
  const dataSchema = new DataSchema(model.topLevel);
  const nodes = allNodes(schema.topLevel).filter(isData);
  return Array.from({ length: CONDITIONS }, () => {
    const owner = random.pick(nodes);
    const expression = conditionText(random, schema, owner, owner, 2);
    const names = { prefixes: new Map(["m", "n"].map((name) => [name, name])), defaultModule: owner.module };
    const context = model.node(
      chainOf(owner)
        .map(({ module, name }) => `/${module}:${name}`)
        .join(""),
    );
    const found = findDependencies(dataSchema, { ...names, expression, context }, "existence");
    return { context, condition: qualifiedXPath(expression, names), found };
  });
}

/** Whether a change can alter the condition at an instance, by what it is said to depend on. */
function isAffected({ node, scope, on }: NodeDependency, difference: Difference, at: string): boolean {
  const { before, after, created, deleted, changed, moved } = difference;
  const concerns = (observed: Observation, path: string): boolean =>
    observed.schemaOf(path) === node && after.isWithin(at, observed.scopeOf(path, scope));
  return (
    created.some((path) => concerns(after, path)) ||
    deleted.some((path) => concerns(before, path)) ||
    (on === "value" && changed.some((path) => concerns(after, path))) ||
    (moved !== undefined && isMoveOf(after.schemaOf(moved), node) && after.isWithin(at, after.scopeOf(moved, scope)))
  );
}

/** Something of what is below an entry has another place when the entry has. */
function isMoveOf(entry: SchemaNode, node: SchemaNode): boolean {
  for (let at: SchemaNode | undefined = node; at !== undefined; at = at.parent) if (at === entry) return true;
  return false;
}

function checkModel(seed: number, nodes: number): void {
  const random = new Random(seed);
  const { schema, compiled: model } = randomSchema(random, { nodes, conditions: 0 }, compileWithoutCircles);
  const probes = randomProbes(random, schema, model);
  const data = new RandomData(random, schema);
  data.fill();
  let before = new Observation(model.parse(data.toXml()));
  for (let count = 0; count < EDITS; count++) {
    const xml = data.toXml();
    const edit = data.edit();
    const after = new Observation(model.parse(data.toXml()));
    const difference = new Difference(before, after, edit.operation === "move" ? edit.path : undefined);
    for (const { context, condition, found } of probes) {
      for (const at of after.instancesOf(context).filter((path) => before.nodes.has(path))) {
        const isAltered = before.evaluate(at, condition) !== after.evaluate(at, condition);
        const { dependencies } = found;
        const mayBe = dependencies === undefined || dependencies.some((one) => isAffected(one, difference, at));
        if (isAltered && !mayBe) {
          const list = dependencies.map(({ node, scope, on }) => `${node.path} ${on} within ${scope?.path ?? "/"}`);
          const story = [...schema.moduleTexts, xml, JSON.stringify(edit), data.toXml(), condition, ...list];
          expect(at, story.join("\n")).toBe("affected");
        }
        tally.evaluations++;
        tally.altered += isAltered ? 1 : 0;
        tally.affected += mayBe ? 1 : 0;
      }
    }
    before = after;
  }
}

test("a condition that an edit alters depends on what the edit changed", () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 8, max: 20 }), checkModel), { numRuns: MODELS });
  console.info(`dependencies: ${JSON.stringify(tally)}`);
  // Else it was put to no test.
  expect(tally.altered).toBeGreaterThan(tally.evaluations / 200);
}, 120_000);
