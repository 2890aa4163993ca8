import fc from "fast-check";
import { expect, test } from "vitest";
import { ConstraintTable } from "../../../src/yang/constraints/constraint-table.ts";
import { constraintValues, Named } from "./change-oracle.ts";
import { compileWithoutCircles, printTable } from "./model.ts";
import { Difference, Observation } from "./observation.ts";
import { Random } from "./random.ts";
import { RandomData } from "./random-data.ts";
import { randomSchema } from "./random-schema.ts";

const MODELS = 60;
const EDITS = 6;

/** Constraints of all instances after an edit, those whose value it altered, and those the table named. */
const tally = { edits: 0, constraints: 0, altered: 0, namedBySubtree: 0, namedByNode: 0 };

function checkModel(seed: number, nodes: number): void {
  const random = new Random(seed);
  const { schema, compiled: model } = randomSchema(random, { nodes, conditions: 0.5 }, compileWithoutCircles);
  const table = new ConstraintTable(model.topLevel);
  const data = new RandomData(random, schema);
  data.fill();
  let before = new Observation(model.parse(data.toXml()));
  let valuesBefore = constraintValues(model, before);
  for (let count = 0; count < EDITS; count++) {
    const xml = data.toXml();
    const edit = data.edit();
    const after = new Observation(model.parse(data.toXml()));
    const values = constraintValues(model, after);
    const altered = [...values].flatMap(([key, value]) => ((valuesBefore.get(key) ?? value) === value ? [] : [key]));
    const named = new Named(table, new Difference(before, after, edit.operation === "move" ? edit.path : undefined));
    const bySubtree = named.bySubtree();
    const byNode = named.byNode();
    const missed = altered.filter((key) => !bySubtree.has(key) || !byNode.has(key));
    if (missed.length > 0) {
      const story = [...schema.moduleTexts, xml, JSON.stringify(edit), data.toXml(), ...printTable(table, model)];
      expect(missed, story.join("\n")).toEqual([]);
    }
    tally.edits++;
    tally.constraints += values.size;
    tally.altered += altered.length;
    tally.namedBySubtree += [...bySubtree].filter((key) => values.has(key)).length;
    tally.namedByNode += [...byNode].filter((key) => values.has(key)).length;
    before = after;
    valuesBefore = values;
  }
}

test("each constraint whose value an edit alters is among those the table names", () => {
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 8, max: 25 }), checkModel), { numRuns: MODELS });
  console.info(`constraint table: ${JSON.stringify(tally)}`);
  // Else it was put to no test.
  expect(tally.altered).toBeGreaterThan(tally.edits / 20);
}, 120_000);
