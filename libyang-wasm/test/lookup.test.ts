import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { DataNode, SchemaNode } from "../src/index.ts";
import { field, ORCHARD, orchard, orchardContext, tree } from "./orchard.ts";

const { context, libyang } = orchardContext("meadow", "ietf-interfaces");

function schema(path: string): SchemaNode {
  const [found] = context.findSchema(path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
}

const TREE = schema("/orchard:orchard/tree");
const data = context.parseData(
  orchard(
    `${field("north")}${[3, 1, 2].map((number) => tree(number, `<height>${number}</height><tag>t${number}</tag><tag>x</tag>`)).join("")}` +
      "<ladder><id>3</id></ladder><ladder><id>1</id></ladder><ladder><id>2</id></ladder>",
  ),
);
const top = data.first() as DataNode;
const keys = (node: DataNode | undefined) => node?.keyValues();

describe("firstInstance", () => {
  test("is the first child, or top-level node, of a schema node", () => {
    expect(keys(top.firstInstance(TREE))).toEqual(["north", "1"]);
    expect(top.firstInstance(schema("/orchard:orchard/best"))).toBeUndefined();
    expect(top.firstInstance(schema("/meadow:meadow"))).toBeUndefined();
    expect(data.firstInstance(schema("/orchard:orchard"))?.isSame(top)).toBe(true);
    expect(data.firstInstance(schema("/meadow:meadow"))).toBeUndefined();
    using empty = context.emptyTree();
    expect(empty.firstInstance(TREE)).toBeUndefined();
  });
});

describe("findEntry", () => {
  test("finds by key, in any lexical form (RFC 7950 section 9)", () => {
    expect(keys(top.findEntry(TREE, ["north", "+002"]))).toEqual(["north", "2"]);
  });

  test.each([
    ["another key", ["north", "9"]],
    ["no value of the key's type", ["north", "two"]],
    ["a value out of the key's range", ["north", "70000"]],
    ["a key with a NUL character", ["north\0", "2"]],
  ])("%s: undefined, and no error is left behind", (_, values) => {
    expect(top.findEntry(TREE, values)).toBeUndefined();
    expect(() => data.setPath("/orchard:orchard/open", "neither")).toThrow(/Invalid boolean value "neither"/);
  });

  test("keys are texts, with any quotes and brackets", () => {
    using hedges = context.emptyTree();
    const meadow = hedges.setPath("/meadow:meadow");
    const hedge = schema("/meadow:meadow/hedge");
    fc.assert(
      fc.property(fc.stringMatching(/^[ -~]{0,12}$/), (id) => {
        expect(meadow.findEntry(hedge, [id])).toBeUndefined();
        const made = context.parseData(
          JSON.stringify({ "meadow:meadow": { hedge: [{ id: `${id}other` }, { id }, { id: `'"${id}` }] } }),
          { format: "json" },
        );
        hedges.merge(made, { consume: true });
        const found = meadow.findEntry(hedge, [id]);
        expect(keys(found)).toEqual([id]);
        made.dispose();
        for (const each of meadow.children()) each.remove();
      }),
    );
  });

  test("at the top of a tree, and among few entries", () => {
    const INTERFACE = schema("/ietf-interfaces:interfaces/interface");
    using interfaces = context.parseData(
      '<interfaces xmlns="urn:ietf:params:xml:ns:yang:ietf-interfaces"><interface><name>eth0</name></interface></interfaces>',
    );
    expect(keys(interfaces.first()?.findEntry(INTERFACE, ["eth0"]))).toEqual(["eth0"]);
    expect(interfaces.findEntry(INTERFACE, ["eth0"])).toBeUndefined();
  });

  test("takes exactly the list's keys", () => {
    for (const wrong of [[], ["north"], ["north", "1", "1"]])
      expect(() => top.findEntry(TREE, wrong)).toThrow("entries of tree are not told apart by");
    expect(() => top.findEntry(schema("/orchard:orchard/best"), [])).toThrow(RangeError);
    expect(() =>
      top.findEntry(orchardContext().context.findSchema("/orchard:orchard/tree")[0] as SchemaNode, ["a", "1"]),
    ).toThrow("different contexts");
  });

  test("a leaf-list's entry has its value for a key", () => {
    const TAG = schema("/orchard:orchard/tree/tag");
    const entry = top.findEntry(TREE, ["north", "2"]);
    expect(entry?.findEntry(TAG, ["t2"])?.value).toBe("t2");
    expect(entry?.findEntry(TAG, ["t3"])).toBeUndefined();
  });

  test("leaves nothing behind", () => {
    top.findEntry(TREE, ["north", "1"]);
    const before = libyang.liveAllocations;
    for (const number of ["1", "9", "x"]) top.findEntry(TREE, ["north", number]);
    expect(libyang.liveAllocations).toBe(before);
  });
});

describe("canonicalValue", () => {
  test.each([
    ["/orchard:orchard/tree/height", "04.50", "4.5"],
    ["/orchard:orchard/tree/sensor", "2001:DB8:0:0::1", "2001:db8::1"],
    ["/orchard:orchard/tree/fruit", "pear", "orchard:pear"],
    ["/orchard:orchard/tree/tag", "", ""],
    ["/orchard:orchard/tree/number", "1.5", undefined],
    ["/orchard:orchard/tree/tag", "a\0", undefined],
  ])("%s: %j is %j", (path, text, canonical) => {
    expect(schema(path).canonicalValue(text)).toBe(canonical);
  });

  test("is of leafs and leaf-lists only", () => {
    expect(() => TREE.canonicalValue("1")).toThrow(TypeError);
  });
});

describe("findMatch", () => {
  const first = top.firstInstance(TREE) as DataNode;
  const condition = (leaf: string, value: string) => ({ leaf: schema(`/orchard:orchard/tree/${leaf}`), value });

  test("finds the next entry whose leafs have the values, itself included", () => {
    const match = first.findMatch([condition("height", "2.0"), condition("tag", "x")], 10);
    expect([match.isMatch, keys(match.node)]).toEqual([true, ["north", "2"]]);
    expect(first.findMatch([], 10).node?.isSame(first)).toBe(true);
  });

  test("ends with the list", () => {
    expect(first.findMatch([condition("height", "9.0")], 10)).toEqual({ node: undefined, isMatch: false });
    expect(first.findMatch([condition("number", "1"), condition("tag", "t2")], 3)).toEqual({
      node: undefined,
      isMatch: false,
    });
  });

  test("looks at no more entries than it may", () => {
    const stop = first.findMatch([condition("number", "3")], 2);
    expect([stop.isMatch, keys(stop.node)]).toEqual([false, ["north", "3"]]);
    expect(stop.node?.findMatch([condition("number", "3")], 1).isMatch).toBe(true);
  });

  test("a condition on what has no value is never met", () => {
    expect(first.findMatch([{ leaf: schema("/orchard:orchard/tree/observed"), value: "" }], 10).isMatch).toBe(false);
  });
});

test("precedes tells the order of siblings, whoever orders them", () => {
  const children = top.children();
  for (const [index, node] of children.entries()) {
    for (const [other, sibling] of children.entries()) expect(node.precedes(sibling)).toBe(index < other);
  }
  expect(top.namespace).toBe(ORCHARD);
});
