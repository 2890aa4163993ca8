import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { type DataNode, type DataTree, StaleHandleError } from "libyang-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { UserRules } from "../../src/nacm/user-rules.ts";
import { schemaAccess } from "../../src/yang/data-access.ts";
import { type PrintLimits, yangLimits } from "../../src/yang/limits.ts";
import type { Pieces } from "../../src/yang/pieces.ts";
import { printTree, printWithState } from "../../src/yang/print-tree.ts";
import type { Schema } from "../../src/yang/schema.ts";
import type { SubtreeFilter, SubtreeFilterNode } from "../../src/yang/subtree-filter.ts";
import { schemaFixture } from "../datastore/engine-fixture.ts";
import { ann, rulesAbout } from "../nacm/random-rules.ts";
import { isPermitted } from "../nacm/section-3-4.ts";
import { stepsTo } from "../nacm/steps-to.ts";
import { modelled } from "./filter-model.ts";

const module = (name: string) => fileURLToPath(new URL(`modules/${name}.yang`, import.meta.url));

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture([module("garden"), module("garden-extra")]);
});

const GARDEN = "urn:garden";
const EXTRA = "urn:garden-extra";

function parsed(xml: string): DataTree {
  const tree = schema.context.parseData(xml);
  schema.context.validate(tree);
  return tree;
}

/** A filter element; children in place of text make a containment node. */
function node(name: string, content: string | SubtreeFilter = "", namespace = GARDEN): SubtreeFilterNode {
  const isText = typeof content === "string";
  return { name, namespace, attributes: [], children: isText ? [] : content, text: isText ? content : "" };
}

/** Takes all steps; gives the text, and how many steps gave a piece of it and how many none. */
function all(pieces: Pieces): { text: string; pieces: number; pauses: number } {
  const steps = [...pieces];
  const given = steps.filter((step) => step !== undefined);
  return { text: Buffer.concat(given).toString(), pieces: given.length, pauses: steps.length - given.length };
}

const print = (tree: DataTree, filter?: SubtreeFilter, limits?: PrintLimits) =>
  all(printTree(schema, tree, filter, "explicit", undefined, limits));

const beds = (count: number, content = "<note>n</note>") =>
  `<garden xmlns="${GARDEN}">${Array.from({ length: count }, (_, index) => `<bed><row>${index % 200}</row><column>c${Math.floor(index / 200)}</column>${content}</bed>`).join("")}</garden>`;

describe("output comes in pieces", () => {
  test("of pieceBytes or a little more, the last excepted, and is all that print gives", () => {
    using tree = parsed(beds(5000));
    const pieces = [...printTree(schema, tree, undefined)] as Uint8Array[];
    expect(Buffer.concat(pieces).toString()).toBe(tree.print());
    for (const piece of pieces.slice(0, -1)) {
      expect(piece.length).toBeGreaterThanOrEqual(yangLimits.pieceBytes);
      expect(piece.length).toBeLessThan(yangLimits.pieceBytes + 256);
    }
    expect(pieces.length).toBe(Math.ceil(tree.print().length / yangLimits.pieceBytes));
  });

  test("nothing selected is no piece at all", () => {
    using tree = parsed(beds(3));
    using empty = schema.context.emptyTree();
    expect([print(tree, []), print(empty), print(empty, [node("garden")])]).toEqual(
      Array.from({ length: 3 }, () => ({ text: "", pieces: 0, pauses: 0 })),
    );
  });

  test("a filtered list comes in pieces too", () => {
    using tree = parsed(beds(5000));
    const filter = [node("garden", [node("bed", [node("note")])])];
    const { text, pieces } = print(tree, filter);
    expect(text).toBe(tree.print());
    expect(pieces).toBe(Math.ceil(text.length / yangLimits.pieceBytes));
  });
});

describe("where only defaults are selected, which are not printed", () => {
  const selecting = (...children: SubtreeFilterNode[]) => [node("garden", children)];

  test("the entries they are in are there all the same", () => {
    using tree = parsed(beds(2, ""));
    const filter = selecting(node("bed", [node("note")]), node("shed", [node("lock")]));
    expect(print(tree, filter).text).toBe(beds(2, ""));
    expect(print(tree, filter).text).toBe(modelled(schema.context, tree, "{}", filter));
  });

  test.each([
    ["nothing is in them", "", {}],
    ["there is other configuration in them", "<tag>a</tag>", {}],
    ["there is other state in them", "", { shed: { mice: 3 } }],
    ["there is state of entries that are not in the configuration", "", { bed: [{ row: 1, column: "a" }] }],
  ])("containers without presence are not, whether or not %s", (_, content, garden) => {
    using tree = parsed(`<garden xmlns="${GARDEN}">${content}</garden>`);
    const state = JSON.stringify({ "garden:garden": garden });
    const filter = selecting(node("title"), node("shed", [node("lock")]));
    expect(all(printWithState(schema, tree, [state], filter)).text).toBe("");
    expect(modelled(schema.context, tree, state, filter)).toBe("");
  });
});

describe("a step is bounded", () => {
  test("a list that is looked through in vain is so in steps of nodesPerStep", () => {
    using tree = parsed(beds(5000));
    const { text, pauses } = print(tree, [node("garden", [node("bed", [node("soil"), node("plant")])])]);
    expect(text).toBe("");
    expect(pauses).toBe(Math.floor(5001 / yangLimits.nodesPerStep));
  });

  test("entries passed over for a value count an eighth of a step for each entriesPerScan", () => {
    using tree = parsed(beds(5000));
    const filter = [node("garden", [node("bed", [node("note", "other")])])];
    const limits = { ...yangLimits, nodesPerStep: 16, entriesPerScan: 50 };
    expect(print(tree, filter, limits)).toEqual({ text: "", pieces: 0, pauses: Math.floor((100 * 2) / 16) });
  });

  test("many filter elements for the same entries count each", () => {
    using tree = parsed(beds(100));
    const filter = Array.from({ length: 1000 }, (_, index) =>
      node("garden", [node("bed", [node("note", `${index}`)])]),
    );
    expect(print(tree, filter).pauses).toBeGreaterThanOrEqual(Math.floor((100 * 1000) / yangLimits.nodesPerStep / 2));
  });
});

describe("an entry that is named by all its keys is found by key", () => {
  /** Looking at no other: with a step for each node looked at, it takes as many whatever the list's length. */
  const steps = (tree: DataTree, filter: SubtreeFilter) => print(tree, filter, { ...yangLimits, nodesPerStep: 1 });
  const bed = (row: string, column: string, ...more: SubtreeFilterNode[]) =>
    node("bed", [node("row", row), node("column", column), ...more]);

  test.each([
    ["one entry", [bed("7", "c0")]],
    ["in any form of its keys", [bed("+07", "c0", node("note"))]],
    ["several entries, each once, in the list's order", [bed("9", "c0"), bed("7", "c0", node("note")), bed("9", "c0")]],
    ["an entry that is not there", [bed("7", "none")]],
    ["no value of a key's type", [bed("seven", "c0")]],
  ])("%s", (_, filter) => {
    const inGarden = [node("garden", filter)];
    using few = parsed(beds(10));
    using many = parsed(beds(5000));
    expect(steps(many, inGarden)).toEqual(steps(few, inGarden));
    expect(steps(few, inGarden).text).toBe(modelled(schema.context, few, "{}", inGarden));
  });

  test("the cost of leaf-lists does not grow either", () => {
    const tags = (count: number) =>
      `<garden xmlns="${GARDEN}">${Array.from({ length: count }, (_, index) => `<tag>t${index}</tag>`).join("")}</garden>`;
    using few = parsed(tags(10));
    using many = parsed(tags(5000));
    const filter = [node("garden", [node("tag", "t5"), node("tag", "t3"), node("title")])];
    expect(steps(many, filter)).toEqual(steps(few, filter));
    expect(steps(many, filter).text).toBe(`<garden xmlns="${GARDEN}"><tag>t3</tag><tag>t5</tag></garden>`);
  });

  test("several entries of a list that the user orders come in the user's order", () => {
    using tree = parsed(
      beds(1, "<plant><name>z</name></plant><plant><name>a</name></plant><plant><name>m</name></plant>"),
    );
    const plant = (name: string) => node("plant", [node("name", name)]);
    const { text } = print(tree, [node("garden", [node("bed", [plant("a"), plant("z")])])]);
    expect(text.match(/<name>.<\/name>/g)).toEqual(["<name>z</name>", "<name>a</name>"]);
  });
});

describe("state", () => {
  const document = (bed: object) => JSON.stringify({ "garden:garden": { bed: [bed] } });

  test("comes in several documents, a step for each, and only below entries that are there", () => {
    using tree = parsed(beds(3));
    const documents = [1, 2, 9].map((row) => document({ row, column: "c0", state: { moisture: row } }));
    const { text, pauses } = all(printWithState(schema, tree, documents, undefined));
    expect(text).toBe(
      beds(3)
        .replace("<row>1</row><column>c0</column><note>n</note>", "$&<state><moisture>1</moisture></state>")
        .replace("<row>2</row><column>c0</column><note>n</note>", "$&<state><moisture>2</moisture></state>"),
    );
    expect(pauses).toBe(3);
  });

  test("without any configuration is what has none", () => {
    using empty = schema.context.emptyTree();
    const documents = [JSON.stringify({ "garden:weather": { sky: "grey" }, "garden:garden": { gate: "shut" } })];
    expect(all(printWithState(schema, empty, documents, undefined)).text).toBe(
      `<weather xmlns="${GARDEN}"><sky>grey</sky></weather>`,
    );
  });
});

describe("a generator that is given up or broken", () => {
  test("frees what it holds", async () => {
    const mine = await schemaFixture([module("garden")]);
    const tree = mine.context.parseData(beds(5000));
    const filter = [node("garden", [node("bed", [node("note")])])];
    for (const given of [undefined, filter]) {
      const pieces = printWithState(mine, tree, ["{}", JSON.stringify({ "garden:weather": { sky: "x" } })], given);
      for (let step = 0; step < 4; step++) expect(pieces.next().done).toBe(false);
      pieces.return();
    }
    tree.dispose();
    // Modules can be loaded only while no tree is in use.
    expect(() => mine.context.parseModule("module m { namespace m; prefix m; }")).not.toThrow();
  });

  test("tells that the tree changed below it", () => {
    const tree = parsed(beds(5000));
    const pieces = printTree(schema, tree, undefined);
    pieces.next();
    tree.dispose();
    expect(() => pieces.next()).toThrow(StaleHandleError);
  });
});

describe("whatever the data and the filter, RFC 6241 section 6 holds", () => {
  const VALUES = ["1", "+2", "3", "a", "b", "none", "7", ""];
  const NAMES =
    "garden title tag walk gate bed row column note crop clay loam ph state moisture reading visitor plant name size height shed lock mice papers tool use weather sky day date rain nothing".split(
      " ",
    );
  const filterNode = fc.letrec<{ element: SubtreeFilterNode }>((tie) => ({
    element: fc
      .record({
        name: fc.constantFrom(...NAMES),
        content: fc.oneof(
          { depthSize: "small", withCrossShrink: true },
          fc.constantFrom(...VALUES),
          fc.array(tie("element"), { maxLength: 4 }),
        ),
        namespace: fc.constantFrom(undefined, undefined, GARDEN, GARDEN, EXTRA, "urn:none"),
        attributes: fc.constantFrom(...Array.from({ length: 12 }, () => []), [{ name: "a", value: "b" }]),
      })
      .map(({ name, content, namespace, attributes }) => ({
        name,
        ...(namespace === undefined ? {} : { namespace }),
        attributes,
        children: typeof content === "string" ? [] : content,
        text: typeof content === "string" ? content : "",
      })),
  })).element;

  /** Filters that are about the data more often than not. */
  const likely = fc
    .tuple(
      fc.array(filterNode, { maxLength: 3 }),
      fc.array(filterNode, { maxLength: 4 }),
      fc.array(filterNode, { maxLength: 4 }),
      fc.array(
        fc.tuple(fc.constantFrom("1", "+2", "3"), fc.constantFrom("a", "b"), fc.array(filterNode, { maxLength: 2 })),
        { maxLength: 3 },
      ),
      fc.array(fc.constantFrom("p", "q", "r"), { maxLength: 2 }),
    )
    .map(
      ([top, inGarden, inBed, keyed, plants]): SubtreeFilter => [
        ...top,
        node("garden", [
          ...inGarden,
          ...(inBed.length > 0 ? [node("bed", inBed)] : []),
          ...keyed.map(([row, column, more]) =>
            node("bed", [
              node("row", row),
              ...more,
              node("column", column),
              ...plants.map((name) => node("plant", [node("name", name)])),
            ]),
          ),
        ]),
      ],
    );

  const subset = <T>(...items: T[]) => fc.subarray(items);
  const bedData = fc.record({
    row: fc.constantFrom(1, 2, 3),
    column: fc.constantFrom("a", "b"),
    leafs: subset(
      "<note>a</note>",
      "<note xmlns='urn:garden-extra'>7</note>",
      "<crop>b</crop>",
      "<crop>a</crop>",
      "<loam><ph>3</ph></loam>",
    ),
    plants: fc.shuffledSubarray(["p", "q", "r"]),
  });
  const bedList = fc.uniqueArray(bedData, { selector: ({ row, column }) => `${row}${column}`, maxLength: 6 });
  const config = fc
    .record({
      beds: bedList,
      leafs: subset(
        "<title>a</title>",
        "<title xmlns='urn:garden-extra'>b</title>",
        "<tag>a</tag>",
        "<tag>1</tag>",
        "<walk>3</walk>",
        "<walk>1</walk>",
        "<shed><lock>a</lock></shed>",
        "<papers><sheet xmlns='urn:any'>1</sheet></papers>",
      ),
      roots: subset(
        `<tool xmlns="${GARDEN}"><name>b</name><use>a</use></tool>`,
        `<tool xmlns="${GARDEN}"><name>a</name></tool>`,
        `<garden xmlns="${EXTRA}"><title>a</title></garden>`,
      ),
    })
    .map(({ beds: entries, leafs, roots }) => {
      const bedXml = entries.map(
        ({ row, column, leafs: own, plants }) =>
          `<bed><row>${row}</row><column>${column}</column>${own.join("")}${plants.map((name) => `<plant><name>${name}</name></plant>`).join("")}</bed>`,
      );
      return roots.join("") + `<garden xmlns="${GARDEN}">${leafs.join("")}${bedXml.join("")}</garden>`;
    });
  const state = fc
    .record({ beds: bedList, hasGate: fc.boolean(), hasMice: fc.boolean(), hasWeather: fc.boolean() })
    .map(({ beds: entries, hasGate, hasMice, hasWeather }) => {
      const bed = entries.map(({ row, column, plants, leafs }) => ({
        row,
        column,
        ...(leafs.length > 1 && {
          state: { moisture: row, reading: [1, 3, 1], visitor: [{ name: "a" }, { name: "b" }] },
        }),
        plant: plants.map((name) => ({ name, height: 3 })),
      }));
      return JSON.stringify({
        "garden:garden": { bed, ...(hasGate && { gate: "a" }), ...(hasMice && { shed: { mice: 3 } }) },
        ...(hasWeather && { "garden:weather": { sky: "a", day: [{ date: 1, rain: 3 }, { date: 2 }] } }),
      });
    });
  const limits = fc.record({
    pieceBytes: fc.integer({ min: 1, max: 200 }),
    nodesPerStep: fc.integer({ min: 1, max: 20 }),
    entriesPerScan: fc.integer({ min: 1, max: 3 }),
  });

  test("as if all had been merged and copied", () => {
    fc.assert(
      fc.property(
        config,
        state,
        fc.option(likely, { nil: undefined }),
        limits,
        fc.boolean(),
        (xml, json, filter, some, isValid) => {
          using tree = isValid ? parsed(xml) : schema.context.parseData(xml);
          expect(all(printWithState(schema, tree, [json], filter, "explicit", undefined, some)).text).toBe(
            modelled(schema.context, tree, json, filter),
          );
          expect(print(tree, filter, some).text).toBe(modelled(schema.context, tree, "{}", filter));
        },
      ),
      { numRuns: 2_000 },
    );
  }, 60_000);

  test("of what may be read, as if nothing else were there (RFC 8341 section 3.2.4)", () => {
    fc.assert(
      fc.property(
        config,
        state,
        fc.option(likely, { nil: undefined }),
        limits,
        readRules,
        (xml, json, filter, some, rules) => {
          using tree = parsed(xml);
          const access = schemaAccess(new UserRules(rules, ann));
          const mayRead = (node: DataNode) =>
            isPermitted(rules, ann, { operation: "read", instance: stepsTo(node), marks: [] });
          expect(all(printWithState(schema, tree, [json], filter, "explicit", access, some)).text).toBe(
            modelled(schema.context, tree, json, filter, mayRead),
          );
        },
      ),
      { numRuns: 3_000 },
    );
  }, 60_000);
});

const readRules = rulesAbout(
  [
    "/",
    "/garden:garden",
    "/garden:garden/bed",
    "/garden:garden/bed/note",
    "/garden:garden/bed/row",
    "/garden:garden/bed[row='1'][column='a']",
    "/garden:garden/bed[row='2'][column='b']/note",
    "/garden:garden/bed/plant",
    "/garden:garden/bed/plant[name='p']",
    "/garden:garden/bed/plant/height",
    "/garden:garden/bed[row='1'][column='a']/plant[name='q']/height",
    "/garden:garden/bed/state",
    "/garden:garden/bed[row='3'][column='a']/state/moisture",
    "/garden:garden/bed/state/visitor",
    "/garden:garden/bed/loam/ph",
    "/garden:garden/bed/garden-extra:note",
    "/garden:garden/tag",
    "/garden:garden/tag[.='a']",
    "/garden:garden/title",
    "/garden:garden/garden-extra:title",
    "/garden:garden/gate",
    "/garden:garden/shed",
    "/garden:garden/shed/lock",
    "/garden:tool/use",
    "/garden:tool[name='a']",
    "/garden:weather",
    "/garden:weather/day",
    "/garden:weather/day[date='1']/rain",
    "/garden-extra:garden",
  ],
  ["read", "update"],
  ["*", "garden", "garden-extra"],
);
