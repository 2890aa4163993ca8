import fc from "fast-check";
import { type DataTree, type Module, YangError } from "libyang-wasm";
import { expect, test } from "vitest";
import { WorkingPair } from "../../src/datastore/working-pair.ts";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { finishJob } from "../../src/job.ts";
import { Schema } from "../../src/yang/schema.ts";
import { compileWithoutCircles, type Model } from "./constraints/model.ts";
import { Random } from "./constraints/random.ts";
import { RandomData } from "./constraints/random-data.ts";
import { LAST_NODE } from "./constraints/random-module-text.ts";
import { type RandomSchema, randomSchema } from "./constraints/random-schema.ts";
import { randomEdit } from "./random-edit.ts";

const MODELS = 120;
const VALIDATIONS = 12;

const tally = {
  validations: 0,
  valid: 0,
  invalid: 0,
  errors: 0,
  edits: 0,
  refusedEdits: 0,
  fullValidations: 0,
  orderDependent: 0,
  modelsWithoutData: 0,
};

function schemaOf({ context }: Model): Schema {
  const netconf = context.loadModule("ietf-netconf", { features: ["candidate", "writable-running"] });
  return new Schema(
    context,
    [netconf],
    ["m", "n"].map((name) => context.module(name) as Module),
    [],
  );
}

/** What is wrong, one line an error. */
function errorsOf(work: () => void): string[] {
  try {
    work();
    return [];
  } catch (error) {
    if (!(error instanceof YangError) || error.phase !== "validate") throw error;
    const lines = error.items.map(({ message, dataPath, appTag }) => `${message} | ${dataPath} | ${appTag}`);
    return [...new Set(lines)].sort();
  }
}

const namesInstance = (error: string): boolean => !error.includes("| undefined |");

/** The outcome of validating the whole tree, which is completed. */
interface Verdict {
  readonly errors: readonly string[];
  /**
   * Validating it again would change it: what is left of a case when a when has taken the rest goes only the next time.
   */
  readonly isOrderDependent: boolean;
}

function fullVerdict(schema: Schema, tree: DataTree): Verdict {
  const errors = errorsOf(() => schema.validate(tree));
  using again = tree.duplicate();
  const errorsAgain = errorsOf(() => schema.validate(again));
  return { errors, isOrderDependent: !again.isEqual(tree) || errorsAgain.join("\n") !== errors.join("\n") };
}

/** Some valid configuration, of which there may be little; undefined where none was found. */
function validStart(random: Random, randomly: RandomSchema, schema: Schema): DataTree | undefined {
  const data = new RandomData(random, randomly);
  data.fill();
  const tree = schema.context.parseData(data.toXml());
  for (let attempt = 0; attempt < 30; attempt++) {
    try {
      schema.validate(tree);
      if (!fullVerdict(schema, tree).isOrderDependent) return tree;
    } catch (error) {
      if (!(error instanceof YangError)) throw error;
      for (const { dataPath } of error.items) {
        // Of a list as a whole: any of its entries.
        const node = dataPath === undefined ? undefined : tree.find(dataPath)[0];
        const removed = node?.schema?.isKey === true ? node.parent : node;
        if (removed !== undefined && !removed.path.startsWith("/m:last")) removed.remove();
      }
    }
  }
  tree.dispose();
  const least = schema.context.parseData(LAST_NODE.xml);
  if (errorsOf(() => schema.validate(least)).length === 0) return least;
  least.dispose();
  return undefined;
}

class Run {
  readonly #random: Random;
  readonly #randomly: RandomSchema;
  readonly #schema: Schema;
  readonly #pair: WorkingPair;
  readonly #story: string[] = [];

  constructor(random: Random, randomly: RandomSchema, schema: Schema, running: DataTree) {
    this.#random = random;
    this.#randomly = randomly;
    this.#schema = schema;
    this.#pair = WorkingPair.of(schema, running, function* () {});
    this.#story.push(...randomly.moduleTexts, `start: ${print(running)}`);
  }

  step(): void {
    for (let edits = 1 + this.#random.below(3); edits > 0; edits--) this.#edit();
    using copy = this.#pair.candidate.duplicate();
    this.#story.push(`candidate: ${print(copy)}`);
    const whole = fullVerdict(this.#schema, copy);
    this.#story.push(`whole: ${JSON.stringify(whole)}`);
    const before = this.#schema.fullValidations;
    const errors = errorsOf(() => finishJob(this.#pair.validate()));
    tally.fullValidations += this.#schema.fullValidations - before;
    tally.validations++;
    tally.errors += errors.length;
    tally[errors.length === 0 ? "valid" : "invalid"]++;
    if (whole.isOrderDependent) tally.orderDependent++;
    else this.#compare(whole, errors, copy);
    if (errors.length === 0) this.#checkValid();
    this.#end(errors.length === 0);
  }

  dispose(): void {
    this.#pair.running.dispose();
    this.#pair.candidate.dispose();
    this.#pair.touched.dispose();
  }

  #edit(): void {
    const config = randomEdit(this.#random, this.#randomly, this.#pair.candidate);
    this.#story.push(`edit: ${config.replace(/ xmlns(:\w+)?="[^"]*"/g, "")}`);
    tally.edits++;
    try {
      finishJob(this.#pair.edit({ config, defaultOperation: "merge" }));
    } catch (error) {
      if (!(error instanceof RpcError)) throw error;
      tally.refusedEdits++;
      this.#story.push(`refused: ${error.entries.map(({ message }) => message).join()}`);
    }
  }

  #compare(whole: Verdict, errors: readonly string[], copy: DataTree): void {
    this.#expect(errors.length > 0, whole.errors.length > 0);
    // Where libyang cannot evaluate a must it looks no further, and names no instance.
    const isWhole = whole.errors.every(namesInstance);
    const missed = whole.errors.filter((error) => namesInstance(error) && !errors.includes(error));
    const wrong = isWhole ? errors.filter((error) => !whole.errors.includes(error)) : [];
    this.#expect({ missed, wrong }, { missed: [], wrong: [] });
    if (errors.length > 0) return;
    this.#expectSame(this.#pair.candidate, copy);
  }

  /** What a valid candidate has to be, whatever way it came about. */
  #checkValid(): void {
    const { running, candidate, touched } = this.#pair;
    using copy = candidate.duplicate();
    this.#expect({ errors: errorsOf(() => this.#schema.validate(copy)) }, { errors: [] });
    using caughtUp = running.duplicate();
    using places = this.#schema.context.emptyInstanceSet();
    places.addAll(touched);
    while (!places.isEmpty) places.settle(candidate, caughtUp, 3);
    this.#expectSame(caughtUp, candidate);
  }

  #end(isValid: boolean): void {
    if (isValid && this.#random.chance(0.8)) {
      finishJob(this.#pair.commit());
      finishJob(this.#pair.catchUp());
    } else if (this.#random.chance(0.5)) finishJob(this.#pair.discard());
    else return;
    const { running, candidate } = this.#pair;
    this.#story.push(`running: ${print(running)}`);
    this.#expectSame(candidate, running);
  }

  #expectSame(found: DataTree, wanted: DataTree): void {
    if (found.isEqual(wanted)) return;
    // Values of a union are sorted by the type they have when they come, which may be another one later.
    using difference = wanted.diff(found, { defaults: true });
    if (difference.isEmpty) return;
    this.#expect(`${print(found)} differs in ${difference.print({ withDefaults: "report-all" })}`, print(wanted));
  }

  #expect<T>(found: T, wanted: T): void {
    const differs = JSON.stringify(found) !== JSON.stringify(wanted);
    if (differs) expect(found, `${this.#story.join("\n")}\n${JSON.stringify({ found, wanted })}`).toEqual(wanted);
  }
}

/** With what is only there by default marked. */
const print = (tree: DataTree): string =>
  tree.print({ withDefaults: "report-all-tagged" }).replace(/ xmlns(:\w+)?="[^"]*"/g, "");

function checkModel(seed: number, nodes: number, conditions: number): void {
  const random = new Random(seed);
  const { schema: randomly, compiled } = randomSchema(random, { nodes, conditions }, compileWithoutCircles);
  const schema = schemaOf(compiled);
  const running = validStart(random, randomly, schema);
  if (running === undefined) {
    tally.modelsWithoutData++;
    return;
  }
  const run = new Run(random, randomly, schema, running);
  for (let count = 0; count < VALIDATIONS; count++) run.step();
  run.dispose();
}

test("validating what changes can affect comes to the same as validating the whole", () => {
  const conditions = fc.constantFrom(0, 0.1, 0.2, 0.4);
  fc.assert(fc.property(fc.nat(), fc.integer({ min: 6, max: 25 }), conditions, checkModel), { numRuns: MODELS });
  console.info(`incremental validation: ${JSON.stringify(tally)}`);
  // Else it was put to no test.
  expect(tally.valid).toBeGreaterThan(tally.validations / 3);
  expect(tally.invalid).toBeGreaterThan(tally.validations / 6);
  expect(tally.orderDependent).toBeLessThan(tally.validations / 50);
  expect(tally.fullValidations).toBeLessThan(tally.validations / 50);
}, 120_000);
