import { describe, expect, test } from "vitest";
import { type DataTree, YangError } from "../src/index.ts";
import { field, orchard, orchardContext, printed, tree, valid } from "./orchard.ts";

const { context } = orchardContext("gate", "meadow");
const A = orchard(
  `${field("north")}${tree(1, "<height>1</height><picker>x</picker><picker>y</picker>")}${tree(2, "<height>2</height>")}`,
);
const B = orchard(
  `<open>false</open>${field("north")}${tree(1, "<height>3</height><picker>y</picker><picker>x</picker>")}${tree(3, "<height>3</height>")}`,
);
const parse = (xml: string) => context.parseData(xml);

describe("a diff", () => {
  test("says what was created, replaced and deleted", () => {
    using a = parse(orchard("<open>true</open><best>Ida</best>"));
    using b = parse(orchard("<open>false</open><notes/>"));
    using diff = a.diff(b);
    const operations = diff
      .first()
      ?.children()
      .map((node) => [node.name, node.metadata().find(({ name }) => name === "operation")?.value]);
    expect(operations).toEqual([
      ["open", "replace"],
      ["best", "delete"],
      ["notes", "create"],
    ]);
  });

  test("turns one tree into the other, and back", () => {
    using a = parse(A);
    using b = parse(B);
    using diff = a.diff(b);
    using work = a.duplicate();
    work.applyDiff(diff);
    expect(work.print()).toBe(b.print());
    using back = diff.reverseDiff();
    work.applyDiff(back);
    expect(work.print()).toBe(a.print());
  });

  test("of equal trees is empty, and changes nothing", () => {
    using a = parse(A);
    using same = parse(A);
    using diff = a.diff(same);
    using reverse = diff.reverseDiff();
    expect([diff.isEmpty, reverse.isEmpty, diff.print()]).toEqual([true, true, ""]);
    a.applyDiff(diff);
    expect(a.isEqual(same)).toBe(true);
  });

  test("works from and to nothing", () => {
    using empty = context.emptyTree();
    using a = parse(A);
    using up = empty.diff(a);
    using down = a.diff(empty);
    using work = context.emptyTree();
    work.applyDiff(up);
    expect(work.print()).toBe(a.print());
    work.applyDiff(down);
    expect(work.isEmpty).toBe(true);
    using none = empty.diff(work);
    expect(none.isEmpty).toBe(true);
  });

  test("that does not fit is refused", () => {
    using a = parse(A);
    using b = parse(B);
    using diff = a.diff(b);
    expect(() => b.applyDiff(diff)).toThrow(YangError);
  });

  test("can be joined with the one after it", () => {
    using a = parse(A);
    using b = parse(B);
    using c = parse(orchard(field("south")));
    using first = a.diff(b);
    using second = b.diff(c);
    first.mergeDiff(second);
    a.applyDiff(first);
    expect(a.print()).toBe(c.print());
  });

  test("counts default marks when asked", () => {
    using a = context.emptyTree();
    context.addDefaults(a, context.module("orchard"));
    using b = parse(orchard("<open>true</open>"));
    using without = a.diff(b);
    using withDefaults = a.diff(b, { defaults: true });
    const operation = (diff: DataTree): string | undefined => diff.first()?.metadata()[0]?.value;
    // Not counted, defaults are as good as absent: the container is new.
    expect([operation(without), operation(withDefaults)]).toEqual(["create", "none"]);
    expect(withDefaults.first()?.firstChild?.metadata()[0]?.name).toBe("orig-default");
  });

  test("made without defaults takes their place where they are", () => {
    const base = `${field("north")}${tree(1, "<height>1</height>")}`;
    using a = parse(orchard(base));
    using b = parse(
      orchard(
        `<open>true</open>${field("north")}${tree(1, "<height>1</height><tag>local</tag>")}` +
          '<pond xmlns="urn:example:meadow"><bank><side>right</side></bank></pond>',
      ),
    );
    using diff = a.diff(b);
    using work = valid(context, orchard(base));
    work.setPath("/gate:code", "1");
    const open = work.findPath("/orchard:orchard/open");
    const code = work.findPath("/gate:code");
    work.applyDiff(diff);
    const once = ["open", "tree/tag[. = 'local']", "meadow:pond", "meadow:pond/bank/side"];
    for (const path of once) expect(work.find(`/orchard:orchard/${path}`), path).toHaveLength(1);
    expect([open?.isAlive, code?.isAlive]).toEqual([false, true]);
    context.validate(work);
    work.findPath("/gate:code")?.remove();
    expect(work.print()).toBe(b.print());
  });

  test("at the top too", () => {
    using a = parse('<code xmlns="urn:example:gate">1</code>');
    using b = parse('<code xmlns="urn:example:gate">1</code><colour xmlns="urn:example:gate">green</colour>');
    using diff = a.diff(b);
    context.validate(a);
    expect(a.find("/gate:colour").map((node) => node.isDefault)).toEqual([true]);
    a.applyDiff(diff);
    expect(a.find("/gate:colour").map((node) => node.isDefault)).toEqual([false]);
    expect(() => a.applyDiff(diff)).toThrow(/an instance of "colour" already/);
  });

  test("of trees of different contexts is refused", () => {
    const other = orchardContext().context;
    using a = parse(A);
    expect(() => a.diff(other.emptyTree())).toThrow(/different contexts/);
    other.dispose();
  });
});

describe("a merge", () => {
  test("adds nodes and takes the source's values", () => {
    using target = parse(orchard(`${field("north")}${tree(1, "<height>1</height>")}`));
    using source = parse(orchard(`${field("south")}${tree(1, "<height>2</height>")}`));
    target.merge(source);
    expect(target.print()).toBe(printed(`${field("north")}${field("south")}${tree(1, "<height>2.0</height>")}`));
    expect(source.isEmpty).toBe(false);
  });

  test("may consume its source, which is empty afterwards", () => {
    using target = parse(orchard(field("north")));
    using source = parse(orchard(field("south")));
    target.merge(source, { consume: true });
    expect(target.print()).toBe(printed(`${field("north")}${field("south")}`));
    expect([source.isEmpty, source.print()]).toEqual([true, ""]);
    source.setPath("/gate:code", "1");
    expect(source.print()).toContain("code");
  });

  test("into an empty tree, from an empty one, and with itself", () => {
    using target = context.emptyTree();
    using source = parse(A);
    target.merge(source);
    expect(target.isEqual(source)).toBe(true);
    using empty = context.emptyTree();
    target.merge(empty);
    target.merge(target, { consume: true });
    expect(target.isEqual(source)).toBe(true);
  });

  test("puts a new top-level node where it belongs", () => {
    using target = parse('<code xmlns="urn:example:gate">1</code>');
    using source = parse(A);
    target.merge(source, { consume: true });
    expect([...target.roots()].map((node) => node.name).sort()).toEqual(["code", "orchard"]);
    expect(target.first()?.previousSibling).toBeUndefined();
  });
});
