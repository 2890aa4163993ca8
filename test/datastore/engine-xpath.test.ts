import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { DataNode } from "libyang-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { yangLimits } from "../../src/yang/limits.ts";
import { printWithState } from "../../src/yang/print-tree.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { readXPath, type XPathFilter } from "../../src/yang/xpath-filter.ts";
import { commit, type EngineFixture, edit, engineFixture, refusal, schemaFixture } from "./engine-fixture.ts";

const LAMPS = "urn:example:lamps";
const SCOPE = new Map([
  ["l", LAMPS],
  ["b", "urn:bmpconfd:yang:bmp"],
  ["none", "urn:none"],
  ["_", LAMPS],
]);

function xpath(select: string): XPathFilter {
  const read = readXPath(select, (prefix) => SCOPE.get(prefix));
  if ("problem" in read) throw new Error(read.problem);
  return read;
}

const room = (children: string) => `<room xmlns="${LAMPS}">${children}</room>`;
const lamp = (id: number, more = "") => `<lamp><id>${id}</id>${more}</lamp>`;
const state = (...lamps: object[]) => JSON.stringify({ "lamps:room": { lamp: lamps } });
const STATE = [
  state({ id: 1, state: { lit: true, hours: 7 } }),
  state({ id: 3, state: { lit: false, hours: 5 } }, { id: 9, state: { hours: 1 } }),
];

let schema: Schema;
let engine: EngineFixture;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("../yang/modules/lamps.yang", import.meta.url))]);
  engine = engineFixture(schema);
  engine.editCandidate(
    edit(
      room(`<colour>red</colour>${lamp(1, "<watts>5</watts>")}${lamp(2, "<note>x</note>")}${lamp(3)}<timer/>`) +
        '<bmp xmlns="urn:bmpconfd:yang:bmp"><system-name>r1</system-name></bmp>',
    ),
  );
  commit(engine);
});
const running = (select: string) => engine.getConfig("running", xpath(select));
const get = (select: string) => engine.get(STATE, xpath(select));

describe("what is selected (RFC 6241 sections 8.9.1 and 8.9.5)", () => {
  test.each([
    ["a list entry", "/l:room/l:lamp[l:id=2]", room(lamp(2, "<note>x</note>"))],
    ["a leaf, with the keys of what it is in", "/l:room/l:lamp[l:watts=5]/l:watts", room(lamp(1, "<watts>5</watts>"))],
    ["a key", "/l:room/l:lamp[2]/l:id", room(lamp(2))],
    [
      "each once, in the order of the data",
      "//l:note | //l:colour | //l:note/..",
      room(`<colour>red</colour>${lamp(2, "<note>x</note>")}`),
    ],
    ["by a reverse axis", "//l:lamp[3]/preceding-sibling::l:lamp[1]", room(lamp(2, "<note>x</note>"))],
    ["what is in another selected node, once", "/l:room/l:timer | /l:room/l:timer/..//l:timer", room("<timer/>")],
    [
      "of two modules",
      "//l:colour | //b:system-name",
      `<bmp xmlns="urn:bmpconfd:yang:bmp"><system-name>r1</system-name></bmp>${room("<colour>red</colour>")}`,
    ],
    ["a text: its leaf", "//l:note/text()", room(lamp(2, "<note>x</note>"))],
    ["nothing", "//l:lamp[l:id=7]", ""],
    ["an attribute: our data have none", "//@*", ""],
    ["a name without prefix: it is in no namespace (XPath 1.0 2.3)", "/room | //lamp/@id", ""],
    ["a namespace of no module", "/none:room | //none:*", ""],
    ["any name of a module", "/b:*", '<bmp xmlns="urn:bmpconfd:yang:bmp"><system-name>r1</system-name></bmp>'],
    [
      "the prefix that stands for no namespace, if a client has it",
      "/_:room/_:colour | /room",
      room("<colour>red</colour>"),
    ],
    ["a default, in explicit mode: that is not there", "/l:room/l:lamp[3]/l:watts", ""],
  ])("%s", (_, select, shown) => {
    expect(running(select)).toBe(shown);
    expect(get(select)).toBe(shown);
  });

  test("the root is everything", () => {
    expect(running("/")).toBe(engine.getConfig("running"));
    expect(get("/")).toBe(engine.get(STATE));
    expect(running("//*")).toBe(engine.getConfig("running"));
    expect(get("//*/..")).toBe(engine.get(STATE));
  });

  test("defaults, where they are shown", () => {
    expect(engine.getConfig("running", xpath("/l:room/l:lamp[3]/l:watts"), "report-all")).toBe(
      room(lamp(3, "<watts>60</watts>")),
    );
    expect(engine.getConfig("running", xpath("//l:lamp[l:watts=60]/l:watts"), "report-all")).toBe(
      room(lamp(2, "<watts>60</watts>") + lamp(3, "<watts>60</watts>")),
    );
  });

  test("state, from configuration and back", () => {
    expect(get("//l:lamp[l:state/l:hours > 5]")).toBe(
      room(lamp(1, "<watts>5</watts><state><lit>true</lit><hours>7</hours></state>")),
    );
    expect(get("//l:lamp[l:id=3]/l:state/l:lit")).toBe(room(lamp(3, "<state><lit>false</lit></state>")));
    expect(get("//l:hours[. = 5]/../../l:id | //l:lamp[1]/l:state")).toBe(
      room(lamp(1, "<state><lit>true</lit><hours>7</hours></state>") + lamp(3)),
    );
  });

  test("state of an entry that is not in running is left out", () => {
    expect(get("//l:lamp[l:id=9] | //l:hours")).toBe(
      room(lamp(1, "<state><hours>7</hours></state>") + lamp(3, "<state><hours>5</hours></state>")),
    );
  });

  test("candidate and startup", () => {
    engine.editCandidate(edit(room(lamp(4, "<note>new</note>"))));
    expect(engine.getConfig("candidate", xpath("//l:note"))).toBe(
      room(lamp(2, "<note>x</note>") + lamp(4, "<note>new</note>")),
    );
    expect(running("//l:note")).toBe(room(lamp(2, "<note>x</note>")));
    engine.discardCandidate();
    expect(engine.getConfig("startup", xpath("/"))).toBe("");
    engine.copyToStartup("running");
    expect(engine.getConfig("startup", xpath("//l:note"))).toBe(room(lamp(2, "<note>x</note>")));
  });
});

describe("refused by the evaluation", () => {
  test.each([
    ["a wrong number of arguments", "//l:lamp[contains(l:note)]"],
    ["a wrong type of argument", "//l:lamp[count(1)]"],
    ["an axis that YANG data have not", "//l:lamp/namespace::x"],
  ])("%s", (_, select) => {
    expect(refusal(() => running(select))).toMatchObject([
      {
        type: "protocol",
        tag: "bad-attribute",
        message: expect.stringContaining("The expression cannot be evaluated: "),
        info: { badAttribute: "select", badElement: "filter" },
      },
    ]);
  });

  test("one that looks at too much", () => {
    const many = engineFixture(schema);
    many.editCandidate(
      edit(
        room(
          Array.from({ length: 2_000 }, (_, id) => lamp(id % 250, `<note>${id}</note>`))
            .slice(0, 250)
            .join(""),
        ),
      ),
    );
    const notes = "count(//l:note[. != //l:note])";
    const began = performance.now();
    expect(refusal(() => many.getConfig("candidate", xpath(`//l:lamp[${notes} > ${notes}]`)))).toEqual([
      {
        type: "protocol",
        tag: "resource-denied",
        message: `The expression looks at more than ${yangLimits.xpathNodes} nodes. Name the way to what is wanted, or use a subtree filter.`,
      },
    ]);
    expect(performance.now() - began).toBeLessThan(1_000);
  });
});

/** What is left of all data when everything is taken out that is neither selected, nor in it, nor around it. */
function expected(select: string): string {
  using tree = schema.context.emptyTree();
  using config = schema.context.parseData(engine.getConfig("running"));
  tree.merge(config);
  schema.addDefaults(tree);
  for (const document of STATE) {
    using parsed = schema.context.parseData(document.replace(/,\{"id":9.*?\}\}/, ""), { format: "json" });
    tree.merge(parsed);
  }
  const names = select.replaceAll("l:", "lamps:");
  const selected = new Set(tree.find(names).map((node) => node.handle));
  const prune = (node: DataNode): boolean => {
    if (selected.has(node.handle)) return true;
    let isKept = false;
    for (const child of node.children()) {
      if (prune(child)) isKept = true;
      else if (child.schema?.isKey !== true) child.remove();
    }
    return isKept;
  };
  for (const root of tree.roots()) if (!prune(root)) root.remove();
  return tree.print({ withDefaults: "report-all" });
}

const names = [
  "l:room",
  "l:lamp",
  "l:id",
  "l:watts",
  "l:note",
  "l:state",
  "l:hours",
  "l:lit",
  "l:dimmer",
  "l:level",
  "*",
  "l:*",
];
const axes = ["", "", "", "descendant::", "ancestor::", "following-sibling::", "preceding::", "parent::", "self::"];
const step = fc
  .tuple(
    fc.constantFrom(...axes),
    fc.constantFrom(...names),
    fc.constantFrom(
      "",
      "",
      "",
      "[1]",
      "[last()]",
      "[l:id > 1]",
      "[l:state]",
      "[not(l:note)]",
      "[. = 5]",
      "[../l:id = 3]",
    ),
  )
  .map((parts) => parts.join(""));
const path = fc
  .tuple(fc.constantFrom("/l:room/l:lamp/", "//", "/"), fc.array(step, { minLength: 1, maxLength: 3 }))
  .map(([start, steps]) => start + steps.join("/"));
const expression = fc.array(path, { minLength: 1, maxLength: 3 }).map((paths) => paths.join(" | "));

test("whatever is selected is shown as if all else had been taken out of one tree", () => {
  let shown = 0;
  fc.assert(
    fc.property(expression, (select) => {
      using tree = schema.context.parseData(engine.getConfig("running"));
      schema.addDefaults(tree);
      const limits = { ...yangLimits, pieceBytes: 64, nodesPerStep: 3 };
      const pieces = [...printWithState(schema, tree, STATE, xpath(select), "report-all", undefined, limits)];
      const text = Buffer.concat(pieces.flatMap((piece) => piece ?? [])).toString();
      expect(text).toBe(expected(select));
      if (text !== "") shown++;
    }),
    { numRuns: 400 },
  );
  expect(shown).toBeGreaterThan(50);
});
