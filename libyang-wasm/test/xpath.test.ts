import { expect, test } from "vitest";
import { YangError } from "../src/index.ts";
import { field, orchard, orchardContext, tree } from "./orchard.ts";

const { context } = orchardContext();
const data = context.parseData(
  orchard(
    `${field("north")}${tree(1, "<nickname>Ida</nickname><height>1.5</height>")}${tree(2, "<nickname>Ada</nickname><height>3</height>")}`,
  ),
);
const values = (xpath: string) => data.find(xpath).map((node) => node.value);

test("selects by value, key, function and number", () => {
  expect(values("/orchard:orchard/tree[height > 2]/nickname")).toEqual(["Ada"]);
  expect(values("/orchard:orchard/tree[field='north'][number='1']/nickname")).toEqual(["Ida"]);
  expect(values("/orchard:orchard/tree[re-match(nickname, 'A.*')]/number")).toEqual(["2"]);
  expect(values("/orchard:orchard/tree[last()]/number")).toEqual(["2"]);
});

test.each([
  // The C library's plain printf traps on the type libyang has numbers in.
  ["1 div 3", "0.3333333333333333"],
  ["2 div 3", "0.6666666666666666"],
  ["-2.50", "-2.5"],
  ["2.25 * 1", "2.25"],
  ["0.1 + 0.2", "0.3"],
  ["0.000001", "0.000001"],
  ["1 div 1024", "0.0009765625"],
  ["123456789.125", "123456789.125"],
  ["7 * 6", "42"],
  ["1 div 0", "Infinity"],
  ["-1 div 0", "-Infinity"],
  ["0 div 0", "NaN"],
])("the number %s is the text %s (XPath 1.0 4.2)", (number, text) => {
  expect(data.test(`string(${number}) = '${text}'`)).toBe(true);
});

test("selects nothing for an unknown node, and in an empty tree", () => {
  expect(data.find("/orchard:orchard/tree[number='9']")).toEqual([]);
  expect(data.find("/orchard:goat")).toEqual([]);
  using empty = context.emptyTree();
  expect(empty.find("/orchard:orchard")).toEqual([]);
});

test("refuses wrong syntax and unknown modules", () => {
  expect(() => data.find("/orchard:orchard[")).toThrow(YangError);
  expect(() => data.find("/goat:orchard")).toThrow(YangError);
  expect(() => data.find("/orchard:orchard\0")).toThrow(RangeError);
});

test("starts from a node when asked there", () => {
  const [entry] = data.find("/orchard:orchard/tree[number='2']");
  expect(entry?.find("height").map((node) => node.value)).toEqual(["3.0"]);
  expect(entry?.find("../tree/number").map((node) => node.value)).toEqual(["1", "2"]);
});

test("paths name one node", () => {
  expect(data.findPath("/orchard:orchard/tree[field='north'][number='2']/nickname")?.value).toBe("Ada");
  expect(data.findPath("/orchard:orchard/tree[field='north'][number='3']")).toBeUndefined();
  expect(data.findPath("/orchard:orchard/tree[field='north'][number='2']/crop")).toBeUndefined();
  expect(data.findPath("/orchard:orchard")?.findPath("field[name='north']/name")?.value).toBe("north");
  expect(() => data.findPath("/orchard:goat")).toThrow(YangError);
  using empty = context.emptyTree();
  expect(empty.findPath("/orchard:orchard")).toBeUndefined();
});
