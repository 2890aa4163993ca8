import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { type DataNode, type DataTree, type InstanceSet, StaleHandleError } from "../src/index.ts";
import { field, orchard, orchardContext, tree, valid } from "./orchard.ts";

const { context, libyang } = orchardContext("gate");
const H = "<height>4.5</height>";
const ROOT = "/orchard:orchard";
const entryPath = (number: number) => `${ROOT}/tree[field='north'][number='${number}']`;

afterAll(() => context.dispose());

const nodeAt = (data: DataTree, path: string): DataNode => {
  const node = data.findPath(path);
  if (node === undefined) throw new Error(`no node ${path}`);
  return node;
};

/** Its members, those without their content marked. */
const members = (set: InstanceSet): string[] =>
  [...set.members()].map((member) => member.path + (set.isShallow(member) ? " alone" : ""));

/** Brings `to` to what `from` is, `limit` places at a time. */
function settleAll(set: InstanceSet, from: DataTree, to: DataTree, limit: number): void {
  const places = 2 * [...set.members()].length + 1;
  for (let steps = 0; !set.isEmpty; steps++) {
    expect(steps).toBeLessThan(places);
    set.settle(from, to, limit);
  }
}

describe("a set", () => {
  test("knows instances by what they are, with all below them", () => {
    using data = valid(context, orchard(`${field("north")}${tree(1, H)}${tree(2, H)}`));
    using set = context.emptyInstanceSet();
    expect(set.isEmpty).toBe(true);
    expect(set.add(nodeAt(data, `${entryPath(1)}/height`))).toBe(true);
    expect(set.add(nodeAt(data, `${entryPath(2)}/crop`))).toBe(true);
    expect(set.isEmpty).toBe(false);
    expect(members(set)).toEqual([`${entryPath(1)}/height`, `${entryPath(2)}/crop`]);
    // Of the same instance in another tree, and again.
    using copy = data.duplicate();
    expect(set.add(nodeAt(copy, `${entryPath(1)}/height`))).toBe(false);
    // What it is in stands for it from now on.
    expect(set.add(nodeAt(data, entryPath(1)))).toBe(true);
    expect(set.add(nodeAt(data, `${entryPath(1)}/crop`))).toBe(false);
    expect(members(set)).toEqual([entryPath(1), `${entryPath(2)}/crop`]);
    nodeAt(data, entryPath(1)).remove();
    expect(members(set)).toHaveLength(2);
    expect([...set.members()].map((member) => data.counterpart(member)?.path)).toEqual([
      undefined,
      `${entryPath(2)}/crop`,
    ]);
    set.clear();
    expect(members(set)).toEqual([]);
  });

  test("has containers without what is in them, beside what is in them", () => {
    using data = valid(context, orchard("<shop><till>1</till><shelf><id>1</id></shelf><cash/></shop>"));
    using set = context.emptyInstanceSet();
    const shop = nodeAt(data, `${ROOT}/shop`);
    set.addShallow(shop);
    expect(members(set)).toEqual([`${ROOT}/shop alone`]);
    expect(set.add(nodeAt(data, `${ROOT}/shop/till`))).toBe(true);
    expect(members(set)).toEqual([`${ROOT}/shop alone`, `${ROOT}/shop/till`]);
    using other = context.emptyInstanceSet();
    other.addAll(set);
    expect(members(other)).toEqual(members(set));
    expect(set.add(shop)).toBe(true);
    expect(members(set)).toEqual([`${ROOT}/shop`]);
    set.addShallow(shop);
    expect(members(set)).toEqual([`${ROOT}/shop`]);
    expect(() => set.addShallow(nodeAt(data, `${ROOT}/shop/till`))).toThrow(TypeError);
  });

  test("finds the places where two trees differ", () => {
    using one = valid(context, orchard(`${field("north")}${tree(1, H)}${tree(2, H)}`));
    using other = valid(
      context,
      orchard(
        `${field("north")}${tree(1, "<height>5</height>")}${tree(3, H)}<shop><till>1</till><shelf><id>1</id></shelf><cash/></shop>`,
      ),
    );
    using set = context.emptyInstanceSet();
    set.addDifferences(one, other);
    expect(members(set).sort()).toEqual([`${ROOT}/shop`, entryPath(2), entryPath(3), `${entryPath(1)}/height`].sort());
    settleAll(set, one, other, 1);
    expect(other.isEqual(one)).toBe(true);
  });

  test("counts as a difference what is only there by default, and where entries are that the user ordered", () => {
    using one = valid(context, orchard("<ladder><id>1</id></ladder><ladder><id>2</id></ladder><open>true</open>"));
    using other = valid(context, orchard("<ladder><id>2</id></ladder><ladder><id>1</id></ladder>"));
    using set = context.emptyInstanceSet();
    set.addDifferences(one, other);
    expect(members(set).sort()).toEqual([`${ROOT}/ladder[id='1']`, `${ROOT}/ladder[id='2']`, `${ROOT}/open`]);
  });

  test("refuses what belongs to another context", () => {
    const another = orchardContext().context;
    using mine = valid(context, orchard(field("north")));
    using elsewhere = valid(another, orchard(field("north")));
    using set = context.emptyInstanceSet();
    const calls = [
      () => set.add(elsewhere.first() as DataNode),
      () => set.addShallow(elsewhere.first() as DataNode),
      () => set.isShallow(elsewhere.first() as DataNode),
      () => set.addDifferences(mine, elsewhere),
      () => set.addDifferences(elsewhere, mine),
      () => set.settle(mine, elsewhere, 1),
      () => set.settle(elsewhere, mine, 1),
    ];
    for (const call of calls) expect(call).toThrow(/different contexts/);
    another.dispose();
  });

  test("refuses nodes and trees that are gone, and its own use once disposed", () => {
    using data = valid(context, orchard(field("north")));
    using gone = valid(context, orchard(field("north")));
    const node = nodeAt(gone, `${ROOT}/field[name='north']`);
    gone.dispose();
    const set = context.emptyInstanceSet();
    for (const call of [() => set.add(node), () => set.settle(gone, data, 1), () => set.addDifferences(data, gone)]) {
      expect(call).toThrow(StaleHandleError);
    }
    set.dispose();
    set.dispose();
    expect(() => set.add(data.first() as DataNode)).toThrow(StaleHandleError);
    expect(() => [...set.members()]).toThrow(StaleHandleError);
  });

  test("lets a member go with the nodes of the set, not with those of a tree", () => {
    const set = context.emptyInstanceSet();
    using data = valid(context, orchard(`${field("north")}${tree(1, H)}`));
    set.add(nodeAt(data, `${entryPath(1)}/height`));
    const [member] = set.members();
    set.add(nodeAt(data, entryPath(1)));
    expect(member?.isAlive).toBe(false);
    set.dispose();
  });
});

describe("settling", () => {
  test("copies the mark of what is only there by default", () => {
    using from = valid(context, orchard(`${field("north")}${tree(1, H)}`));
    using to = valid(context, orchard(`${field("north")}${tree(1, `${H}<crop>10</crop><tag>x</tag>`)}`));
    using set = context.emptyInstanceSet();
    set.addDifferences(from, to);
    settleAll(set, from, to, 1);
    expect(to.isEqual(from)).toBe(true);
    expect(nodeAt(to, `${entryPath(1)}/crop`).isDefault).toBe(true);
    expect(to.find("//orchard:tag").map(({ value, isDefault }) => [value, isDefault])).toEqual([
      ["fresh", true],
      ["local", true],
    ]);
  });

  test("makes and empties trees", () => {
    using from = valid(context, orchard(`${field("north")}${tree(1, H)}`));
    using to = context.emptyTree();
    using set = context.emptyInstanceSet();
    set.addDifferences(from, to);
    settleAll(set, from, to, 2);
    expect(to.isEqual(from)).toBe(true);
    using nothing = context.emptyTree();
    set.addDifferences(nothing, to);
    settleAll(set, nothing, to, 1);
    expect(to.isEmpty).toBe(true);
  });

  test("does what the limit says at a time", () => {
    const entries = [1, 2, 3, 4, 5].map((id) => `<ladder><id>${id}</id></ladder>`).join("");
    using from = valid(context, orchard(entries));
    using to = valid(context, orchard(""));
    using set = context.emptyInstanceSet();
    set.addDifferences(from, to);
    let steps = 0;
    for (; !set.isEmpty; steps++) set.settle(from, to, 2);
    expect(steps).toBeGreaterThan(1);
    expect(to.isEqual(from)).toBe(true);
  });
});

/** The lists and leaf-lists of a tree in which all that varies is there and where: of values 0 to 9. */
interface Content {
  readonly ladders: readonly number[];
  readonly pickers: readonly number[];
  readonly trees: readonly number[];
  readonly tags: readonly number[];
}

const someOf = fc.shuffledSubarray([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
const content: fc.Arbitrary<Content> = fc.record({ ladders: someOf, pickers: someOf, trees: someOf, tags: someOf });

function treeOf({ ladders, pickers, trees, tags }: Content): DataTree {
  const all = (name: string, values: readonly number[]) =>
    values.map((value) => `<${name}>${value}</${name}>`).join("");
  const data = context.parseData(
    orchard(
      trees.map((number) => tree(number, all("picker", pickers) + all("tag", tags))).join("") +
        ladders.map((id) => `<ladder><id>${id}</id></ladder>`).join(""),
    ),
  );
  for (const name of ["orchard", "gate"]) context.addDefaults(data, context.module(name) as never);
  return data;
}

test("settling all places makes trees equal, whatever differs and however many at a time", () => {
  const check = (one: Content, other: Content, limit: number): void => {
    using from = treeOf(one);
    using to = treeOf(other);
    using set = context.emptyInstanceSet();
    set.addDifferences(from, to);
    settleAll(set, from, to, limit);
    if (!to.isEqual(from)) expect(to.print()).toBe(from.print());
    expect(to.isEqual(from)).toBe(true);
    set.addDifferences(from, to);
    expect(set.isEmpty).toBe(true);
  };
  fc.assert(fc.property(content, content, fc.integer({ min: 1, max: 12 }), check), { numRuns: 200 });
});

/** One step of somebody who edits a list that the user orders. */
const step = fc.record({
  action: fc.constantFrom("move", "remove", "insert"),
  id: fc.integer({ min: 0, max: 9 }),
  anchor: fc.integer({ min: 0, max: 9 }),
  isBefore: fc.boolean(),
});

test("of a list that the user orders, the entries that were touched are enough", () => {
  const ladder = (data: DataTree, id: number) => data.findPath(`${ROOT}/ladder[id='${id}']`);
  const check = (
    ids: readonly number[],
    steps: readonly (typeof step extends fc.Arbitrary<infer S> ? S : never)[],
    limit: number,
  ): void => {
    using before = treeOf({ ladders: ids, pickers: [], trees: [], tags: [] });
    using after = before.duplicate();
    using set = context.emptyInstanceSet();
    for (const { action, id, anchor, isBefore } of steps) {
      const [node, beside] = [ladder(after, id), ladder(after, anchor)];
      if (action === "insert" && node === undefined) {
        using extra = context.parseData(orchard(`<ladder><id>${id}</id></ladder>`));
        const entry = nodeAt(extra, `${ROOT}/ladder[id='${id}']`);
        set.add(entry);
        const copy = entry.duplicate();
        if (beside === undefined) nodeAt(after, ROOT).insertChild(copy);
        else if (isBefore) beside.insertBefore(copy);
        else beside.insertAfter(copy);
      } else if (action === "remove" && node !== undefined) {
        set.add(node);
        node.remove();
      } else if (action === "move" && node !== undefined && beside !== undefined && id !== anchor) {
        set.add(node);
        const moved = node.unlink();
        if (isBefore) beside.insertBefore(moved);
        else beside.insertAfter(moved);
      }
    }
    // Either way: a commit and a discard.
    using back = after.duplicate();
    using again = context.emptyInstanceSet();
    again.addAll(set);
    settleAll(set, after, before, limit);
    expect(before.print()).toBe(after.print());
    using original = treeOf({ ladders: ids, pickers: [], trees: [], tags: [] });
    settleAll(again, original, back, limit);
    expect(back.print()).toBe(original.print());
  };
  fc.assert(
    fc.property(someOf, fc.array(step, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: 5 }), check),
    {
      numRuns: 300,
    },
  );
});

test("nothing leaks", () => {
  const round = (): void => {
    using from = valid(context, orchard(`${field("north")}${tree(1, H)}<ladder><id>1</id></ladder>`));
    using to = valid(context, orchard(`${field("south")}<ladder><id>2</id></ladder><ladder><id>1</id></ladder>`));
    using set = context.emptyInstanceSet();
    using other = context.emptyInstanceSet();
    set.addDifferences(from, to);
    other.addAll(set);
    other.clear();
    set.settle(from, to, 2);
    set.settle(from, to, 1);
  };
  for (let count = 0; count < 20; count++) round();
  const before = libyang.liveAllocations;
  for (let count = 0; count < 200; count++) round();
  expect(libyang.liveAllocations).toBe(before);
});
