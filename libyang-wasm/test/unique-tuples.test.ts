import { afterAll, expect, test } from "vitest";
import { type DataNode, type SchemaNode, uniqueTuples } from "../src/index.ts";
import { field, orchard, orchardContext, tree, valid } from "./orchard.ts";

const { context, libyang } = orchardContext();
const LIST = context.findSchema("/orchard:orchard/tree")[0] as SchemaNode;
const nicknamed = (number: number, name: string, fieldName = "north") =>
  tree(number, `<nickname>${name}</nickname><height>1</height>`, fieldName);

afterAll(() => context.dispose());

/** Of all entries of a tree, `maxNodes` at a time. */
function numbersOf(content: string, maxNodes = 1): number[] {
  using data = valid(context, orchard(field("north") + content));
  const numbers: number[] = [];
  let node: DataNode | undefined = data.find("/orchard:orchard/tree")[0];
  while (node !== undefined) {
    const found = uniqueTuples(node, LIST, 0, maxNodes);
    numbers.push(...found.numbers);
    node = found.next;
  }
  return numbers;
}

test("the numbers of entries are equal where their values are, in whatever tree they are", () => {
  const [one, two] = numbersOf(nicknamed(1, "a") + nicknamed(2, "b"));
  expect(one).not.toBe(two);
  expect(numbersOf(nicknamed(7, "b"))).toEqual([two]);
  expect(Number.isSafeInteger(one)).toBe(true);
});

test("an entry without one of the values has none", () => {
  expect(numbersOf(tree(1, "<height>1</height>"))).toEqual([]);
});

test("entries are looked at some at a time, or all below a node", () => {
  const content = [1, 2, 3, 4, 5].map((number) => nicknamed(number, `n${number}`)).join("");
  const all = numbersOf(content);
  expect(new Set(all).size).toBe(5);
  expect(numbersOf(content, 2)).toEqual(all);
  expect(numbersOf(content, 100)).toEqual(all);
  using data = valid(context, orchard(field("north") + content));
  const top = data.findPath("/orchard:orchard") as DataNode;
  expect(uniqueTuples(top, LIST, 0, 1)).toEqual({ numbers: all, next: undefined });
  const other = data.findPath("/orchard:orchard/field[name='north']") as DataNode;
  expect(uniqueTuples(other, LIST, 0, 1).numbers).toEqual([]);
});

test("what has no such statement is refused", () => {
  using data = valid(context, orchard(field("north")));
  const top = data.findPath("/orchard:orchard") as DataNode;
  expect(() => uniqueTuples(top, LIST, 1, 1)).toThrow(RangeError);
  expect(() => uniqueTuples(top, context.findSchema("/orchard:orchard/field")[0] as SchemaNode, 0, 1)).toThrow(
    RangeError,
  );
  expect(() => uniqueTuples(top, context.findSchema("/orchard:orchard")[0] as SchemaNode, 0, 1)).toThrow(RangeError);
});

test("nothing leaks", () => {
  numbersOf(nicknamed(1, "a"));
  const before = libyang.liveAllocations;
  for (let count = 0; count < 100; count++) numbersOf(nicknamed(1, "a"));
  expect(libyang.liveAllocations).toBe(before);
});
