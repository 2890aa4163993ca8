import { describe, expect, test } from "vitest";
import { type DataNode, type DataTree, StaleHandleError } from "../src/index.ts";
import { field, orchard, orchardContext, tree } from "./orchard.ts";

const { context } = orchardContext();
const XML = orchard(`${field("north")}${tree(1, "<height>1</height><crop>5</crop>")}${tree(2, "<height>2</height>")}`);
const ENTRY = "/orchard:orchard/tree[field='north'][number='1']";

/** A tree and handles to an entry in it and to a leaf below. */
function setup(): { data: DataTree; entry: DataNode; leaf: DataNode; top: DataNode } {
  const data = context.parseData(XML);
  const [entry, leaf, top] = [data.findPath(ENTRY), data.findPath(`${ENTRY}/height`), data.first()];
  if (entry === undefined || leaf === undefined || top === undefined) throw new Error("missing");
  return { data, entry, leaf, top };
}

/** Every way to use a node. */
const uses: Record<string, (node: DataNode) => unknown> = {
  name: (node) => node.name,
  kind: (node) => node.kind,
  value: (node) => node.value,
  path: (node) => node.path,
  parent: (node) => node.parent,
  children: (node) => node.children(),
  metadata: (node) => node.metadata(),
  print: (node) => node.print(),
  find: (node) => node.find("*"),
  changeValue: (node) => node.changeValue("1"),
  unlink: (node) => node.unlink(),
  remove: (node) => node.remove(),
  duplicate: (node) => node.duplicate(),
  stripMetadata: (node) => node.stripMetadata(),
  "counterpart in another tree": (node) => {
    using other = context.emptyTree();
    other.counterpart(node);
  },
  "a set's add": (node) => {
    using set = context.emptyInstanceSet();
    set.add(node);
  },
};

const endings: Record<string, (at: ReturnType<typeof setup>) => void> = {
  "remove of its entry": ({ entry }) => entry.remove(),
  "unlink of its entry": ({ entry }) => entry.unlink().dispose(),
  "unlink of its entry, inserted again": ({ entry, top }) => void top.insertChild(entry.unlink()),
  "dispose of its tree": ({ data }) => data.dispose(),
  "being consumed by a merge": ({ data }) => {
    using other = context.parseData(XML);
    other.merge(data, { consume: true });
  },
  "a diff that deletes it": ({ data }) => {
    using to = context.parseData(orchard(field("north")));
    using diff = data.diff(to);
    data.applyDiff(diff);
  },
};

describe.each(Object.entries(endings))("after %s", (_, end) => {
  test.each(Object.entries(uses))("%s throws", (_name, use) => {
    const at = setup();
    end(at);
    expect(at.leaf.isAlive).toBe(false);
    expect(() => use(at.leaf)).toThrow(StaleHandleError);
    at.data.dispose();
  });
});

test("a handle does not come alive again when its memory is used for new nodes", () => {
  const { data, leaf, entry } = setup();
  entry.remove();
  const again = Array.from({ length: 50 }, () => context.parseData(XML));
  const handles = again.flatMap((other) => other.find("//*"));
  expect(handles.length).toBeGreaterThan(100);
  expect(() => leaf.value).toThrow(StaleHandleError);
  for (const other of [data, ...again]) other.dispose();
});

test("a node that validation removes takes its handles with it", () => {
  using data = context.parseData(orchard(`${field("north")}${tree(1, "<height>1</height>")}`));
  context.validate(data);
  const crop = data.findPath(`${ENTRY}/crop`);
  expect(crop?.isDefault).toBe(true);
  data.setPath(`${ENTRY}/state-of-life`, "dead");
  context.validate(data);
  expect(crop?.isAlive).toBe(false);
  expect(() => crop?.value).toThrow(StaleHandleError);
});

test("handles to other nodes stay good, whatever happens around them", () => {
  const { data, entry, top } = setup();
  const other = data.findPath("/orchard:orchard/tree[field='north'][number='2']");
  entry.remove();
  data.setPath("/orchard:orchard/open", "false");
  context.validate(data);
  using more = context.parseData(orchard(tree(3, "<height>3</height>")));
  data.merge(more, { consume: true });
  expect([other?.keyValues(), top.name]).toEqual([["north", "2"], "orchard"]);
  data.dispose();
});

test("the tree of a disposed context is disposed, and so is everything in it", () => {
  const mine = orchardContext().context;
  const data = mine.parseData(XML);
  const node = data.first();
  const detached = data.first()?.firstChild?.unlink();
  const module = mine.module("orchard");
  const schema = node?.schema;
  mine.dispose();
  mine.dispose();
  expect(() => data.print()).toThrow(StaleHandleError);
  expect(() => node?.name).toThrow(StaleHandleError);
  expect(() => detached?.node.name).toThrow(StaleHandleError);
  expect(() => module?.topLevelSchema()).toThrow(StaleHandleError);
  expect(() => schema?.path).toThrow(StaleHandleError);
  expect(() => mine.parseData(XML)).toThrow(StaleHandleError);
  expect(() => mine.emptyTree()).toThrow(StaleHandleError);
});

test("modules cannot be loaded under living data", () => {
  const mine = orchardContext().context;
  const schema = mine.module("orchard")?.topLevelSchema()[0];
  const data = mine.parseData(XML);
  expect(() => mine.loadModule("gate")).toThrow(/in use/);
  data.dispose();
  mine.loadModule("gate");
  expect(() => schema?.children()).toThrow(StaleHandleError);
  mine.dispose();
});
