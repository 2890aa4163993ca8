import { afterAll, describe, expect, test } from "vitest";
import { type DataNode, type DataTree, type SchemaNode, StaleHandleError, ValidationPass } from "../src/index.ts";
import { failure, only } from "./failure.ts";
import { field, orchard, orchardContext, tree, valid } from "./orchard.ts";

const { context, libyang } = orchardContext("gate");
const gate = context.module("gate");
const orchardModule = context.module("orchard");
if (gate === undefined || orchardModule === undefined) throw new Error("no module");

const H = "<height>4.5</height>";
const BASE = orchard(`${field("north")}${tree(1, H)}${tree(2, H)}`);
const entryPath = (number: number, fieldName = "north") =>
  `/orchard:orchard/tree[field='${fieldName}'][number='${number}']`;

const nodeAt = (data: DataTree, path: string): DataNode => {
  const node = data.findPath(path);
  if (node === undefined) throw new Error(`no node ${path}`);
  return node;
};
const schemaOf = (path: string): SchemaNode => context.findSchema(path)[0] as SchemaNode;

/** A valid tree, and an entry that was put into it and is not validated yet. */
function withEntry(entry: string, path = entryPath(3)): { data: DataTree; node: DataNode } {
  const data = valid(context, BASE);
  using extra = context.parseData(orchard(entry));
  data.merge(extra, { consume: true });
  return { data, node: nodeAt(data, path) };
}

/** All that is to be done for a new subtree. */
function validateNew(data: DataTree, node: DataNode): void {
  using pass = new ValidationPass(data);
  pass.completeSubtree(node);
  pass.evaluateWhens();
  while (!pass.resolveTypes(1)) expect(node.isAlive).toBe(true);
  pass.checkSubtree(node);
  pass.finish();
}

afterAll(() => context.dispose());

describe("a new subtree", () => {
  test("gets its defaults, and is then what validating the whole tree makes of it", () => {
    const { data, node } = withEntry(tree(3, H));
    validateNew(data, node);
    expect(nodeAt(data, `${entryPath(3)}/crop`).isDefault).toBe(true);
    using whole = valid(context, orchard(`${field("north")}${tree(1, H)}${tree(2, H)}${tree(3, H)}`));
    expect(data.isEqual(whole)).toBe(true);
    data.dispose();
  });

  test.each([
    ["must", tree(3, "<height>13</height>"), "too-tall"],
    ["mandatory", tree(3), undefined],
    ["leafref", tree(3, H, "south"), "instance-required"],
    [
      "max-elements",
      tree(3, `${H}<picker>a</picker><picker>b</picker><picker>c</picker><picker>d</picker>`),
      "too-many-elements",
    ],
  ])("is refused for %s", (_, entry, appTag) => {
    const { data, node } = withEntry(entry, entry.includes("south") ? entryPath(3, "south") : entryPath(3));
    const item = only(failure(() => validateNew(data, node)));
    expect(item.appTag).toBe(appTag);
    expect(item.dataPath?.startsWith(node.path)).toBe(true);
    data.dispose();
  });

  test("with a when that is false is refused", () => {
    const { data, node } = withEntry(tree(3, `${H}<state-of-life>dead</state-of-life><crop>1</crop>`));
    expect(only(failure(() => validateNew(data, node))).message).toContain("When condition");
    data.dispose();
  });

  test("may break unique with others, which is looked at by itself", () => {
    const { data, node } = withEntry(tree(3, `${H}<nickname>x</nickname>`));
    data.setPath(`${entryPath(1)}/nickname`, "x");
    validateNew(data, node);
    using pass = new ValidationPass(data);
    pass.checkUnique(node.parent, schemaOf("/orchard:orchard/tree"));
    const item = only(failure(() => pass.finish()));
    expect([item.appTag, item.message.includes(entryPath(1))]).toEqual(["data-not-unique", true]);
    data.dispose();
  });
});

describe("a when that is evaluated anew", () => {
  test("takes out what it no longer allows, with its handles, and says so", () => {
    using data = valid(context, BASE);
    const crop = nodeAt(data, `${entryPath(1)}/crop`);
    nodeAt(data, `${entryPath(1)}/state-of-life`).changeValue("dead");
    using pass = new ValidationPass(data);
    pass.noteWhens(nodeAt(data, entryPath(1)), schemaOf("/orchard:orchard/tree/crop"));
    pass.evaluateWhens();
    using changes = pass.takeChanges();
    pass.finish();
    expect(crop.isAlive).toBe(false);
    expect(nodeAt(changes, `${entryPath(1)}/crop`).metadata()[0]?.value).toBe("delete");
    using none = pass.takeChanges();
    expect(none.isEmpty).toBe(true);
  });

  test("is that of all instances below a node, or in the tree", () => {
    using data = valid(context, BASE);
    for (const number of [1, 2]) nodeAt(data, `${entryPath(number)}/state-of-life`).changeValue("dead");
    using pass = new ValidationPass(data);
    pass.noteWhens(undefined, schemaOf("/orchard:orchard/tree/crop"));
    pass.evaluateWhens();
    expect(data.find("//orchard:crop")).toEqual([]);
  });

  test("lets a default come where it turns true", () => {
    using data = valid(context, orchard(`${field("north")}${tree(1, `${H}<state-of-life>dead</state-of-life>`)}`));
    nodeAt(data, `${entryPath(1)}/state-of-life`).changeValue("alive");
    using pass = new ValidationPass(data);
    pass.completeChildren(undefined, schemaOf("/orchard:orchard/tree"));
    pass.evaluateWhens();
    expect(nodeAt(data, `${entryPath(1)}/crop`).value).toBe("10");
    using changes = pass.takeChanges();
    expect(nodeAt(changes, `${entryPath(1)}/crop`).metadata()[0]?.value).toBe("create");
  });
});

test("defaults come at the top of a module", () => {
  using data = context.parseData('<code xmlns="urn:example:gate">1</code>');
  using pass = new ValidationPass(data);
  pass.completeTop(gate);
  pass.finish();
  expect(nodeAt(data, "/gate:colour").value).toBe("green");
});

test("a tree without data lacks the mandatory nodes of the modules named", () => {
  using data = context.emptyTree();
  using pass = new ValidationPass(data);
  pass.checkTop(orchardModule);
  pass.checkTop(gate);
  expect(only(failure(() => pass.finish())).message).toContain('"code"');
});

test("mandatory, min-elements and max-elements are checked among the children", () => {
  using data = context.parseData(orchard("<shop><till>1</till><cash/></shop>"));
  using pass = new ValidationPass(data);
  const shop = schemaOf("/orchard:orchard/shop");
  pass.checkChildren(data.findPath("/orchard:orchard/shop"), shop);
  expect(only(failure(() => pass.finish())).appTag).toBe("too-few-elements");
});

test("all leafrefs of a schema node are resolved, some at a time, and all that are broken are told", () => {
  using data = valid(context, orchard(`${field("north")}${[1, 2, 3, 4, 5].map((number) => tree(number, H)).join("")}`));
  nodeAt(data, "/orchard:orchard/field[name='north']").remove();
  using pass = new ValidationPass(data);
  pass.noteTypes(undefined, schemaOf("/orchard:orchard/tree/field"));
  let slices = 1;
  while (!pass.resolveTypes(2)) slices++;
  expect(slices).toBe(3);
  const { items } = failure(() => pass.finish());
  expect(items.map(({ appTag }) => appTag)).toEqual(Array(5).fill("instance-required"));
  expect(new Set(items.map(({ dataPath }) => dataPath)).size).toBe(5);
});

test("musts are those of all instances below a node, or in the tree", () => {
  using data = context.parseData(orchard(`${tree(1, "<height>13</height>")}${tree(2, "<height>14</height>")}`));
  const height = schemaOf("/orchard:orchard/tree/height");
  using one = new ValidationPass(data);
  one.checkMusts(nodeAt(data, entryPath(2)), height);
  expect(only(failure(() => one.finish())).dataPath).toBe(`${entryPath(2)}/height`);
  using all = new ValidationPass(data);
  all.checkMusts(undefined, height);
  expect(failure(() => all.finish()).items).toHaveLength(2);
  using first = new ValidationPass(data, { allErrors: false });
  first.checkMusts(undefined, height);
  expect(failure(() => first.finish()).items).toHaveLength(1);
});

test("what was noted and is gone when its turn comes is passed over", () => {
  const { data, node } = withEntry(tree(3, `${H}<crop>5</crop>`, "south"), entryPath(3, "south"));
  using pass = new ValidationPass(data);
  pass.completeSubtree(node);
  node.remove();
  pass.evaluateWhens();
  expect(pass.resolveTypes(10)).toBe(true);
  pass.finish();
  data.dispose();
});

describe("refused are", () => {
  const calls = (pass: ValidationPass, node: DataNode, schema: SchemaNode): (() => unknown)[] => [
    () => pass.completeSubtree(node),
    () => pass.checkSubtree(node),
    () => pass.completeChildren(node, schema),
    () => pass.noteWhens(node, schema),
    () => pass.noteTypes(node, schema),
    () => pass.checkChildren(node, schema),
    () => pass.checkMusts(node, schema),
    () => pass.checkUnique(node, schema),
  ];
  const schema = schemaOf("/orchard:orchard/tree");

  test("nodes of another tree", () => {
    using data = valid(context, BASE);
    using other = valid(context, BASE);
    using pass = new ValidationPass(data);
    for (const call of calls(pass, nodeAt(other, entryPath(1)), schema)) expect(call).toThrow(TypeError);
  });

  test("nodes and modules of another context", () => {
    const another = orchardContext("gate").context;
    using data = valid(context, BASE);
    using other = valid(another, BASE);
    using pass = new ValidationPass(data);
    const foreign = another.findSchema("/orchard:orchard/tree")[0] as SchemaNode;
    for (const call of calls(pass, nodeAt(other, entryPath(1)), schema)) expect(call).toThrow(/different contexts/);
    for (const call of calls(pass, nodeAt(data, entryPath(1)), foreign).slice(2)) {
      expect(call).toThrow(/different contexts/);
    }
    const module = another.module("gate");
    if (module === undefined) throw new Error("no gate");
    expect(() => pass.completeTop(module)).toThrow(/different contexts/);
    expect(() => pass.checkTop(module)).toThrow(/different contexts/);
    another.dispose();
  });

  test("stale nodes", () => {
    using data = valid(context, BASE);
    using pass = new ValidationPass(data);
    const node = nodeAt(data, entryPath(1));
    node.remove();
    for (const call of calls(pass, node, schema)) expect(call).toThrow(StaleHandleError);
  });

  test("a pass that was disposed", () => {
    using data = valid(context, BASE);
    const pass = new ValidationPass(data);
    pass.dispose();
    pass.dispose();
    const node = nodeAt(data, entryPath(1));
    const more = [
      () => pass.completeTop(gate),
      () => pass.checkTop(gate),
      () => pass.evaluateWhens(),
      () => pass.resolveTypes(1),
      () => pass.takeChanges(),
    ];
    for (const call of [...calls(pass, node, schema), ...more]) expect(call).toThrow(StaleHandleError);
  });

  test("a tree that was disposed", () => {
    const data = valid(context, BASE);
    using pass = new ValidationPass(data);
    data.dispose();
    expect(() => pass.evaluateWhens()).toThrow(StaleHandleError);
    expect(() => pass.checkMusts(undefined, schema)).toThrow(StaleHandleError);
  });
});

test("nothing leaks", () => {
  const round = (): void => {
    const { data, node } = withEntry(tree(3, `${H}<crop>5</crop>`));
    nodeAt(data, `${entryPath(1)}/state-of-life`).changeValue("dead");
    const pass = new ValidationPass(data);
    pass.completeSubtree(node);
    pass.noteWhens(undefined, schemaOf("/orchard:orchard/tree/crop"));
    pass.evaluateWhens();
    pass.takeChanges().dispose();
    // Ended with work left.
    pass.noteTypes(undefined, schemaOf("/orchard:orchard/tree/field"));
    pass.dispose();
    data.dispose();
  };
  for (let count = 0; count < 20; count++) round();
  const before = libyang.liveAllocations;
  for (let count = 0; count < 200; count++) round();
  expect(libyang.liveAllocations).toBe(before);
});
