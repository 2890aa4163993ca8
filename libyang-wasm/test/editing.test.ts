import { describe, expect, test } from "vitest";
import { StaleHandleError, YangError } from "../src/index.ts";
import { field, orchard, orchardContext, printed, tree } from "./orchard.ts";

const { context } = orchardContext("gate");
const START = orchard(`${field("north")}${field("south")}${tree(1, "<height>1</height>")}`);
const parse = (xml: string) => context.parseData(xml);
const must = <T>(value: T | undefined): T => {
  if (value === undefined) throw new Error("missing");
  return value;
};
const names = (data: { roots(): Iterable<{ name: string }> }): string[] => [...data.roots()].map((node) => node.name);

describe("looking around", () => {
  test("goes to parents, siblings and children", () => {
    using data = parse(START);
    const top = must(data.first());
    const [north, south, entry] = top.children();
    expect(top.children().map((node) => node.name)).toEqual(["field", "field", "tree"]);
    expect(top.parent).toBeUndefined();
    expect([north?.previousSibling, entry?.nextSibling]).toEqual([undefined, undefined]);
    expect(must(north?.nextSibling).isSame(must(south))).toBe(true);
    expect(must(south?.previousSibling).isSame(must(north))).toBe(true);
    expect(must(north?.parent).isSame(top)).toBe(true);
    expect(entry?.keyValues()).toEqual(["north", "1"]);
    expect(entry?.path).toBe("/orchard:orchard/tree[field='north'][number='1']");
    expect([entry?.kind, entry?.isConfig, entry?.moduleName]).toEqual(["list", true, "orchard"]);
    expect(entry?.print()).toBe(
      '<tree xmlns="urn:example:orchard"><field>north</field><number>1</number><height>1.0</height></tree>',
    );
  });

  test("finds the same instance in another tree", () => {
    using data = parse(START);
    using other = parse(
      orchard(
        `${tree(1, "<height>9</height>")}${tree(2, "<height>9</height>")}${field("south")}<ladder><id>3</id></ladder>`,
      ),
    );
    const top = must(data.findTop(must(other.first())));
    const found = must(other.first())
      .children()
      .map((node) => top.findChild(node)?.path);
    expect(found).toEqual([
      "/orchard:orchard/field[name='south']",
      "/orchard:orchard/tree[field='north'][number='1']",
      undefined,
      undefined,
    ]);
    using empty = context.emptyTree();
    expect(empty.findTop(top)).toBeUndefined();
  });

  test("finds a leaf by its name, whatever its value and however few its siblings", () => {
    using data = parse(orchard("<open>true</open>"));
    using other = parse(orchard("<open>false</open>"));
    const [open] = must(other.first()).children();
    expect(must(must(data.first()).findChild(must(open))).value).toBe("true");
    using copy = must(open).duplicate();
    expect(() => must(data.first()).insertChild(copy)).toThrow(expect.objectContaining({ code: "EEXIST" }));
  });

  test("finds opaque nodes, too", () => {
    using data = context.parseData(orchard("<goat>a</goat><goat>b</goat>"), { unknown: "keep-opaque" });
    const top = must(data.first());
    const [, b] = top.children();
    expect(must(top.findChild(must(b))).isSame(must(b))).toBe(true);
  });
});

describe("leaves", () => {
  test("change their value, in canonical form", () => {
    using data = parse(START);
    const height = must(data.findPath("/orchard:orchard/tree[field='north'][number='1']/height"));
    height.changeValue("2.50");
    expect(height.value).toBe("2.5");
    height.changeValue("2.5");
    expect(height.value).toBe("2.5");
  });

  test("refuse a bad value and keep the old one", () => {
    using data = parse(START);
    const height = must(data.findPath("/orchard:orchard/tree[field='north'][number='1']/height"));
    expect(() => height.changeValue("tall")).toThrow(YangError);
    expect(height.value).toBe("1.0");
  });

  test("of one leaf-list stay different", () => {
    using data = parse(orchard(tree(1, "<picker>a</picker><picker>b</picker>")));
    const [a] = data.find("//picker");
    expect(() => must(a).changeValue("b")).toThrow(expect.objectContaining({ code: "EEXIST" }));
    must(a).changeValue("c");
    expect(data.find("//picker").map((node) => node.value)).toEqual(["c", "b"]);
  });

  test("stop being defaults when set, also to the same value", () => {
    using data = context.emptyTree();
    context.addDefaults(data, context.module("orchard"));
    const open = must(data.findPath("/orchard:orchard/open"));
    expect(open.isDefault).toBe(true);
    open.changeValue("true");
    expect(open.isDefault).toBe(false);
    expect(data.print()).toBe(printed("<open>true</open>"));
  });
});

describe("paths", () => {
  test("are created with their parents", () => {
    using data = context.emptyTree();
    const leaf = data.setPath("/orchard:orchard/tree[field='north'][number='7']/height", "3.10");
    expect([leaf.name, leaf.value]).toEqual(["height", "3.1"]);
    expect(data.print()).toBe(printed(tree(7, "<height>3.1</height>")));
  });

  test("update what is there", () => {
    using data = parse(START);
    const path = "/orchard:orchard/tree[field='north'][number='1']/height";
    expect(data.setPath(path, "5").value).toBe("5.0");
    expect(data.setPath(path, "5").value).toBe("5.0");
    expect(data.setPath("/orchard:orchard").name).toBe("orchard");
  });

  test("may start a new top-level node before or after the others", () => {
    using data = context.emptyTree();
    data.setPath("/orchard:orchard/open", "false");
    data.setPath("/gate:code", "1");
    data.setPath("/gate:colour", "red");
    expect(names(data).sort()).toEqual(["code", "colour", "orchard"]);
    using other = context.emptyTree();
    other.setPath("/gate:colour", "red");
    other.setPath("/orchard:orchard/open", "false");
    other.setPath("/gate:code", "1");
    expect(names(other)).toEqual(names(data));
  });

  test("unknown or with a bad value are refused", () => {
    using data = parse(START);
    expect(() => data.setPath("/orchard:goat", "1")).toThrow(YangError);
    expect(() => data.setPath("/orchard:orchard/open", "maybe")).toThrow(YangError);
    using untouched = parse(START);
    expect(data.print()).toBe(untouched.print());
  });
});

describe("moving nodes", () => {
  test("from one tree to another", () => {
    using from = parse(START);
    using to = parse(orchard(field("east")));
    const entry = must(from.findPath("/orchard:orchard/tree[field='north'][number='1']"));
    const moved = must(to.first()).insertChild(entry.unlink());
    expect(moved.path).toBe("/orchard:orchard/tree[field='north'][number='1']");
    expect(from.print()).toBe(printed(`${field("north")}${field("south")}`));
    expect(to.print()).toBe(printed(`${field("east")}${tree(1, "<height>1.0</height>")}`));
  });

  test("beside entries the user orders", () => {
    using data = parse(orchard("<ladder><id>1</id></ladder><ladder><id>2</id></ladder>"));
    using other = parse(orchard("<ladder><id>3</id></ladder><ladder><id>4</id></ladder>"));
    const [one, two] = must(data.first()).children();
    const [three, four] = must(other.first()).children();
    must(one).insertBefore(must(three).duplicate());
    must(one).insertAfter(must(four).unlink());
    must(one).insertBefore(must(two).unlink());
    const order = must(data.first())
      .children()
      .map((node) => node.keyValues()[0]);
    expect(order).toEqual(["3", "2", "1", "4"]);
  });

  test("keeps the tree's first node right, whatever moves", () => {
    using data = parse('<code xmlns="urn:example:gate">1</code>');
    using other = parse(START);
    data.insertTop(must(other.first()).unlink());
    expect(other.isEmpty).toBe(true);
    expect(names(data)).toEqual(["code", "orchard"].sort((a, b) => names(data).indexOf(a) - names(data).indexOf(b)));
    const [first] = data.roots();
    must(first).remove();
    expect(names(data)).toHaveLength(1);
    must(data.first()).remove();
    expect(data.isEmpty).toBe(true);
    expect(data.print()).toBe("");
    data.setPath("/gate:code", "2");
    expect(names(data)).toEqual(["code"]);
  });

  test("of a container's only child leaves the container", () => {
    using data = parse(orchard(field("north")));
    must(data.first()?.firstChild).remove();
    expect(data.first()?.children()).toEqual([]);
  });

  test("to a wrong place is refused, and the node can still go elsewhere", () => {
    using data = parse(START);
    const top = must(data.first());
    const [north, , entry] = top.children();
    const detached = must(north).unlink();
    expect(() => must(entry).insertChild(detached)).toThrow(YangError);
    expect(top.insertChild(detached).path).toBe("/orchard:orchard/field[name='north']");
  });

  test("beside an equal one is refused: there can be only one", () => {
    using data = parse(START);
    const top = must(data.first());
    for (const child of top.children()) {
      using copy = child.duplicate();
      expect(() => top.insertChild(copy)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    }
    using again = top.duplicate();
    expect(() => data.insertTop(again)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    using ladders = parse(orchard("<ladder><id>1</id></ladder>"));
    const ladder = must(ladders.first()?.firstChild);
    using same = ladder.duplicate();
    expect(() => ladder.insertAfter(same)).toThrow(expect.objectContaining({ code: "EEXIST" }));
    expect(() => ladder.insertBefore(same)).toThrow(expect.objectContaining({ code: "EEXIST" }));
  });

  test("in place of a default is not", () => {
    using data = context.emptyTree();
    context.addDefaults(data, context.module("orchard"));
    using other = parse(orchard("<open>true</open>"));
    const inserted = must(data.first()).insertChild(must(other.first()?.firstChild).duplicate());
    expect([inserted.isDefault, data.find("/orchard:orchard/open").length]).toEqual([false, 1]);
    expect(data.print()).toBe(printed("<open>true</open>"));
  });

  test("to the top of an empty tree takes a top-level node", () => {
    using data = parse(START);
    using empty = context.emptyTree();
    using entry = must(data.first()?.firstChild).duplicate();
    expect(() => empty.insertTop(entry)).toThrow(YangError);
    expect(empty.isEmpty).toBe(true);
  });

  test("of a list's key is refused", () => {
    using data = parse(START);
    const key = must(data.findPath("/orchard:orchard/tree[field='north'][number='1']/number"));
    expect(() => key.unlink()).toThrow(YangError);
    expect(() => key.remove()).toThrow(YangError);
    expect(() => key.changeValue("5")).toThrow(YangError);
    using copy = key.duplicate();
    expect(() => must(key.parent).insertChild(copy)).toThrow(YangError);
    expect(key.value).toBe("1");
  });

  test("to another context is refused", () => {
    const another = orchardContext().context;
    using data = parse(START);
    using elsewhere = another.parseData(START);
    using copy = must(data.first()?.firstChild).duplicate();
    const top = must(data.first());
    const uses: (() => unknown)[] = [
      () => must(elsewhere.first()).insertChild(copy),
      () => elsewhere.insertTop(copy),
      () => elsewhere.findTop(top),
      () => must(elsewhere.first()).findChild(top),
      () => elsewhere.merge(data),
      () => another.validate(data),
      () => elsewhere.counterpart(top),
      () => another.addDefaults(data),
      () => another.validate(elsewhere, { modules: [must(context.module("gate"))] }),
    ];
    for (const use of uses) expect(use).toThrow(/different contexts/);
    expect(top.isSame(must(elsewhere.first()))).toBe(false);
    another.dispose();
  });
});

describe("copies", () => {
  test("are deep unless told, and carry metadata unless told", () => {
    using data = parse(START);
    const entry = must(data.findPath("/orchard:orchard/tree[field='north'][number='1']"));
    entry.addMetadata("yang", "insert", "first");
    using deep = entry.duplicate();
    using shallow = entry.duplicate({ recursive: false, noMetadata: true });
    expect(deep.node.children().map((node) => node.name)).toEqual(["field", "number", "height"]);
    expect(shallow.node.children().map((node) => node.name)).toEqual(["field", "number"]);
    expect([deep.node.metadata().length, shallow.node.metadata().length]).toEqual([1, 0]);
    deep.node.findPath("height")?.changeValue("7");
    expect(entry.findPath("height")?.value).toBe("1.0");
  });

  test("of a tree are equal to it and independent", () => {
    using data = parse(START);
    using copy = data.duplicate();
    expect(copy.isEqual(data)).toBe(true);
    copy.setPath("/orchard:orchard/open", "false");
    expect(copy.isEqual(data)).toBe(false);
  });
});

describe("metadata", () => {
  test("is added, removed by name, and stripped everywhere", () => {
    using data = parse(START);
    const top = must(data.first());
    top.addMetadata("yang", "operation", "create");
    const leaf = must(top.firstChild);
    leaf.addMetadata("yang", "operation", "delete");
    leaf.addMetadata("yang", "insert", "first");
    leaf.removeMetadata("yang", "operation");
    expect(leaf.metadata()).toEqual([{ moduleName: "yang", name: "insert", value: "first" }]);
    top.stripMetadata();
    expect([top.metadata(), leaf.metadata()]).toEqual([[], []]);
  });

  test("that no module defines is refused", () => {
    using data = parse(START);
    expect(() => must(data.first()).addMetadata("yang", "nonsense", "1")).toThrow(YangError);
    expect(() => must(data.first()).addMetadata("nowhere", "operation", "create")).toThrow(YangError);
  });

  test("libyang's own survives stripping: order is kept and entries are found", () => {
    using data = parse(orchard(Array.from({ length: 20 }, (_, index) => tree(20 - index)).join("")));
    must(data.first()).stripMetadata();
    must(data.findPath("/orchard:orchard/tree[field='north'][number='7']")).remove();
    data.setPath("/orchard:orchard/tree[field='north'][number='7']/nickname", "x");
    const order = must(data.first())
      .children()
      .map((node) => Number(node.keyValues()[1]));
    expect(order).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
  });
});

test("inserting a detached node twice is refused", () => {
  using data = parse(START);
  const detached = must(data.first()?.firstChild).unlink();
  must(data.first()).insertChild(detached);
  expect(() => must(data.first()).insertChild(detached)).toThrow(StaleHandleError);
});
