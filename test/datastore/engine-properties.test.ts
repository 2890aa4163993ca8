import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { Libyang } from "libyang-wasm";
import { beforeAll, expect, test, vi } from "vitest";
import type { EngineEdit } from "../../src/datastore/engine-api.ts";
import { replay } from "../../src/datastore/stored-configuration.ts";
import type { UnitChange } from "../../src/datastore/subscriber.ts";
import type { Schema } from "../../src/yang/schema.ts";
import {
  applyEdits,
  checkCases,
  describe,
  fromXml,
  isOtherCase,
  type ModelEdit,
  type ModelInsert,
  type ModelNode,
  type ModelSchema,
  type Operation,
  toXml,
} from "./edit-model.ts";
import {
  commit,
  type EngineFixture,
  edit,
  engineFixture,
  MemoryHistory,
  refusal,
  schemaFixture,
} from "./engine-fixture.ts";

/** The parts of our modules, and of test/yang/modules/orders.yang, that the edits touch, with the values they use. */
interface Part extends ModelSchema {
  readonly values?: readonly string[];
  /** No text is a value of it: deleted without one it reaches the engine as an opaque node. */
  readonly isNumber?: boolean;
  readonly children?: readonly Part[];
}
const leaf = (name: string, values: readonly string[], more: Partial<Part> = {}): Part => ({
  name,
  kind: "leaf",
  values,
  ...more,
});
const number = (name: string, values: readonly number[], more: Partial<Part> = {}): Part =>
  leaf(name, values.map(String), { isNumber: true, ...more });
const entry = (keys: readonly [string, string][]): string =>
  keys.map(([name, value]) => `<${name}>${value}</${name}>`).join("");
const courier = "way/courier";

const parts: readonly Part[] = [
  {
    name: "bmp",
    kind: "presence",
    children: [
      number("statistics-interval", [3600, 60]),
      leaf("system-name", ["a", "b"]),
      {
        name: "bmp-session",
        kind: "list",
        values: ["_public_", "red"].flatMap((vpn) =>
          ["", `a'b"c`].map((alias) =>
            entry([
              ["vpn-instance", vpn],
              ["address", "2001:db8::1"],
              ["alias", alias],
            ]),
          ),
        ),
        children: [
          number("port", [11019, 5000]),
          {
            name: "connect-retry",
            kind: "container",
            children: [number("initial", [30, 5]), number("maximum", [720, 60])],
          },
        ],
      },
    ],
  },
  {
    name: "bgp",
    kind: "presence",
    children: [
      number("local-as", [65000, 65001]),
      leaf("router-id", ["10.0.0.1"]),
      {
        name: "neighbor",
        kind: "list",
        values: ["10.0.0.2", "10.0.0.3"].map((address) => entry([["address", address]])),
        children: [
          number("remote-as", [65000, 65001]),
          { name: "address-family", kind: "leaf-list", values: ["ipv4-unicast", "ipv6-unicast"] },
        ],
      },
    ],
  },
  {
    name: "vpn-instances",
    kind: "container",
    children: [
      {
        name: "vpn-instance",
        kind: "list",
        values: [entry([["name", "red"]])],
        children: [leaf("device", ["lo", "eth0"])],
      },
    ],
  },
  {
    name: "orders",
    kind: "container",
    children: [
      leaf("stamp", ["a", "b"], { cases: ["way/post"] }),
      number("weight", [5, 6], { cases: ["way/post"] }),
      leaf("name", ["a", "b"], { cases: [courier] }),
      leaf("slow", [""], { cases: [courier, "speed/slow"] }),
      { name: "fast", kind: "container", cases: [courier, "speed/fast"], children: [number("price", [1, 2])] },
      { name: "pigeon", kind: "list", cases: ["way/pigeon"], values: [1, 2].map((n) => entry([["ring", String(n)]])) },
      {
        name: "item",
        kind: "list",
        isUserOrdered: true,
        values: [1, 2, 3].map((n) => entry([["id", String(n)]])),
        children: [leaf("colour", ["red", "blue"])],
      },
      { name: "note", kind: "leaf-list", isUserOrdered: true, values: ["a", "b", "c"] },
    ],
  },
];
const xmlns = {
  bmp: "urn:bmpconfd:yang:bmp",
  bgp: "urn:bmpconfd:yang:bgp",
  "vpn-instances": "urn:bmpconfd:yang:vpn-instance",
  orders: "urn:orders",
};
const keys = { "bmp-session": 3, neighbor: 1, "vpn-instance": 1, pigeon: 1, item: 1 };

const ACTIVE: readonly Operation[] = ["merge", "merge", "replace", "create", "delete", "remove"];
type ChosenOperation = Operation | undefined;

/**
 * A container without presence always says what is to be done with it, and a leaf is never just looked for: whether
 * they exist for "create", "delete" and "none" depends on defaults, which the model does not know.
 */
function operations({ kind }: Part, inherited: Operation): fc.Arbitrary<ChosenOperation> {
  if (kind === "container") return fc.constantFrom("merge", "merge", "merge", "replace", "remove");
  if (kind === "presence" || kind === "list") return fc.constantFrom(undefined, undefined, ...ACTIVE);
  return inherited === "none" ? fc.constantFrom(...ACTIVE) : fc.constantFrom(undefined, undefined, ...ACTIVE);
}

/** Edits of the children of one node, in the order in which the engine carries them out: opaque nodes are the last. */
function editsOf(siblings: readonly Part[], inherited: Operation): fc.Arbitrary<ModelEdit[]> {
  return fc.tuple(fc.nat(9), ...siblings.map((part) => editsOfPart(part, inherited))).map(([mixed, ...lists]) => {
    const all = lists.flat();
    // Data of two cases is refused as it is: most requests have none.
    const edits =
      mixed === 0
        ? all
        : all.filter((one, at) => !all.slice(0, at).some((other) => isOtherCase(one.schema, other.schema)));
    return [...edits.filter((one) => !isOpaque(one)), ...edits.filter(isOpaque)];
  });
}

function editsOfPart(part: Part, inherited: Operation): fc.Arbitrary<ModelEdit[]> {
  const isMany = part.kind === "list" || part.kind === "leaf-list";
  return fc.uniqueArray(editOf(part, inherited), { maxLength: isMany ? 3 : 1, selector: ({ id }) => id });
}

function editOf(schema: Part, inherited: Operation): fc.Arbitrary<ModelEdit> {
  return operations(schema, inherited).chain((operation) =>
    fc.record({
      schema: fc.constant(schema),
      id: fc.constantFrom(
        ...(schema.values ?? [""]),
        ...(schema.isNumber === true && (operation === "delete" || operation === "remove") ? [""] : []),
      ),
      operation: fc.constant(operation),
      insert: insertOf(schema),
      children: editsOf(schema.children ?? [], operation ?? inherited),
    }),
  );
}

function insertOf({ isUserOrdered, values = [] }: Part): fc.Arbitrary<ModelInsert | undefined> {
  if (isUserOrdered !== true) return fc.constant(undefined);
  return fc.option(
    fc.record({
      where: fc.constantFrom("first", "last", "before", "before", "after", "after"),
      beside: fc.constantFrom(...values),
    }),
    { nil: undefined },
  );
}

const isOpaque = ({ schema, id }: ModelEdit) => (schema as Part).isNumber === true && id === "";

interface EditStep {
  readonly edits: readonly ModelEdit[];
  readonly defaultOperation: EngineEdit["defaultOperation"];
}
type Step = EditStep | "commit" | "discard" | "look";
const editStep: fc.Arbitrary<EditStep> = fc
  .constantFrom("merge" as const, "merge" as const, "replace" as const, "none" as const)
  .chain((defaultOperation) =>
    editsOf(parts, defaultOperation).map((edits) => ({
      edits,
      defaultOperation,
      [fc.toStringMethod]: () => `${defaultOperation}: ${toXml(edits, xmlns)}`,
    })),
  );
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: editStep },
  { weight: 3, arbitrary: fc.constant("commit" as const) },
  { weight: 1, arbitrary: fc.constantFrom("discard" as const, "look" as const) },
);
/** Running becomes what it was after one of the commits. */
interface UndoStep {
  readonly undo: number;
}
const stepOrUndo: fc.Arbitrary<Step | UndoStep> = fc.oneof(
  { weight: 4, arbitrary: step },
  { weight: 1, arbitrary: fc.record({ undo: fc.nat() }) },
);

/** Where every run starts, so that a commit needs little luck to be valid. */
const START =
  `<bgp xmlns="${xmlns.bgp}"><local-as>65000</local-as><router-id>10.0.0.1</router-id>` +
  `<neighbor><address>10.0.0.2</address><remote-as>65001</remote-as></neighbor></bgp>` +
  `<vpn-instances xmlns="${xmlns["vpn-instances"]}"><vpn-instance><name>red</name><device>lo</device></vpn-instance></vpn-instances>`;

let schema: Schema;
let libyang: Libyang;
beforeAll(async () => {
  const instantiate = vi.spyOn(Libyang, "instantiate");
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/orders.yang", import.meta.url))]);
  libyang = instantiate.mock.results[0]?.value as Libyang;
  instantiate.mockRestore();
});

const candidateOf = (engine: EngineFixture) => engine.getConfig("candidate");
const modelOf = (xml: string) => fromXml(xml, parts, keys);
const toRequest = ({ edits, defaultOperation }: EditStep) => edit(toXml(edits, xmlns), { defaultOperation });

function started(history = new MemoryHistory()): EngineFixture {
  const engine = engineFixture(schema, history);
  engine.editCandidate(edit(START));
  commit(engine);
  return engine;
}

/** Units by path and keys; the order of leaf-lists that the system orders means nothing. */
function byKey(units: readonly UnitChange[]): Map<string, unknown> {
  const normal = (_: string, value: unknown) => (Array.isArray(value) ? (value as string[]).toSorted() : value);
  return new Map(
    units.map(({ path, keys, after }) => [JSON.stringify([path, keys]), JSON.parse(JSON.stringify(after, normal))]),
  );
}

/** Commits, and checks that the changes told are those between what was running and what is. */
function checkedCommit(engine: EngineFixture, history: MemoryHistory): void {
  const units = byKey(engine.units());
  const before = [candidateOf(engine), engine.getConfig("running")];
  let changes: readonly UnitChange[] | undefined;
  if (refusal(() => (changes = engine.stage({ kind: "candidate" }))) !== undefined) {
    expect([candidateOf(engine), engine.getConfig("running")]).toEqual(before);
    return;
  }
  for (const change of changes ?? []) {
    const [[key, after]] = [...byKey([{ ...change, after: change.after ?? {} }])] as [[string, unknown]];
    if (change.after === undefined) units.delete(key);
    else units.set(key, after);
  }
  if (changes !== undefined) {
    engine.finish({ id: engine.commitId() + 1, time: "t", username: "admin", sessionId: 1 });
  }
  expect(byKey(engine.units())).toEqual(units);
  expect(engine.isCandidateModified()).toBe(false);
  expectRecovery(engine, history, units);
  const { base } = history;
  history.base = compactedBefore(history);
  expectRecovery(engine, history, units);
  history.base = base;
}

function expectRecovery(engine: EngineFixture, history: MemoryHistory, units: ReadonlyMap<string, unknown>): void {
  const again = engineFixture(schema, history);
  expect(byKey(again.units())).toEqual(units);
  expect(again.getConfig("running")).toBe(engine.getConfig("running"));
  expect(again.isCandidateModified()).toBe(false);
}

/** The validated snapshot of the last commit but one. */
function compactedBefore({ base, changes }: MemoryHistory): MemoryHistory["base"] {
  const id = changes.length - 1;
  using tree = replay(schema, base?.config, changes.slice(0, id));
  schema.validate(tree);
  return { id, config: tree.printBytes({ format: "xml" }), schemaId: schema.id };
}

test("any edits do what RFC 6241 section 7.2 says; one that is refused changes nothing; a commit tells what changed, and can be undone", () => {
  const seen = { refused: 0, taken: 0, committed: 0, undone: 0 };
  fc.assert(
    fc.property(fc.array(stepOrUndo, { maxLength: 20, size: "large" }), (steps) => {
      const history = new MemoryHistory();
      const engine = started(history);
      /** What running was after each commit. */
      const past = new Map([[engine.commitId(), engine.getConfig("running")]]);
      for (const one of steps) {
        const before = candidateOf(engine);
        const model: ModelNode[] = modelOf(before);
        if (one === "commit") {
          checkedCommit(engine, history);
          seen.committed = Math.max(seen.committed, engine.commitId());
          past.set(engine.commitId(), engine.getConfig("running"));
        } else if (isUndo(one)) {
          const commitId = 1 + (one.undo % engine.commitId());
          if (undo(engine, commitId)) seen.undone++;
          expect(engine.getConfig("running")).toBe(past.get(commitId));
          past.set(engine.commitId(), engine.getConfig("running"));
        } else if (one === "discard") {
          engine.discardCandidate();
          expect(candidateOf(engine)).toBe(engine.getConfig("running"));
        } else if (one === "look") {
          const isModified = engine.isCandidateModified();
          if (!isModified) expect(candidateOf(engine)).toBe(engine.getConfig("running"));
        } else if (isRefused(model, one)) {
          expect(refusal(() => engine.editCandidate(toRequest(one)))?.[0]?.tag).toMatch(
            /^(data-(missing|exists)|bad-(attribute|element))$/,
          );
          expect(candidateOf(engine)).toBe(before);
          seen.refused++;
        } else {
          engine.editCandidate(toRequest(one));
          expect(describe(modelOf(candidateOf(engine)))).toEqual(describe(model));
          seen.taken++;
        }
      }
    }),
    { numRuns: 200 },
  );
  expect(Math.min(seen.refused, seen.taken, seen.committed, seen.undone)).toBeGreaterThan(1);
});

const isUndo = (one: Step | UndoStep): one is UndoStep => typeof one === "object" && "undo" in one;

/** Takes running back to what it was after a commit, and tells whether that made a difference. */
function undo(engine: EngineFixture, commitId: number): boolean {
  if (engine.stage({ kind: "copy", source: { commitId } }) === undefined) return false;
  engine.finish({ id: engine.commitId() + 1, time: "t", username: "admin", sessionId: 1 });
  return true;
}

/** Edits the model. */
function isRefused(model: ModelNode[], { edits, defaultOperation }: EditStep): boolean {
  try {
    checkCases(edits, defaultOperation);
    if (defaultOperation === "replace") model.splice(0);
    applyEdits(model, edits, defaultOperation);
    return false;
  } catch {
    return true;
  }
}

test("thousands of edits, refusals, commits and reads leave no memory behind", () => {
  const history = new MemoryHistory();
  const engine = started(history);
  const filter = [
    {
      name: "bmp",
      attributes: [],
      text: "",
      children: [{ name: "bmp-session", attributes: [], text: "", children: [] }],
    },
  ];
  const state = JSON.stringify({ "bmpconfd-bmp:bmp": { "bmp-session": [] } });
  /** Allocations when the engine holds what it held at first, after all `steps`. */
  const allocationsAfter = (steps: readonly Step[]): number => {
    for (const one of steps) {
      if (one === "commit") refusal(() => commit(engine));
      else if (one === "discard") engine.discardCandidate();
      else if (one === "look") {
        engine.isCandidateModified();
        engine.get([state], filter);
        refusal(() => engine.validate("candidate"));
        refusal(() => engine.copyToStartup("candidate"));
        refusal(() => engine.editCandidate({ ...edit(START), testOption: "test-only" }));
      } else refusal(() => engine.editCandidate(toRequest(one)));
    }
    engine.copyToCandidate({ config: edit(START).config });
    commit(engine);
    engine.deleteStartup();
    return libyang.liveAllocations;
  };
  const steps = fc.sample(step, { numRuns: 3_000, seed: 1 });
  // What libyang and the handles keep for good is there after the first round.
  const before = allocationsAfter(steps);
  expect(allocationsAfter(steps)).toBe(before);
});
