import { describe, expect, test } from "vitest";
import { type Context, type DataTree, type FindOptions, YangError } from "../src/index.ts";
import { field, orchard, orchardContext, tree } from "./orchard.ts";

const SUSPECT = `${"a".repeat(28)}!`;

function grown(context: Context, trees: number): DataTree {
  const content = (number: number): string => `<nickname>${SUSPECT}${number}</nickname><height>1</height>`;
  const entries = Array.from({ length: trees }, (_, index) => tree(index, content(index)));
  return context.parseData(orchard(field("north") + entries.join("")), { ordered: true });
}

/** The smallest maxNodes with which an expression is evaluated to its end. */
function costOf(data: DataTree, xpath: string): number {
  const isEnough = (maxNodes: number): boolean => outcome(data, xpath, { maxNodes }) !== "ELIMIT";
  let [low, high] = [1, 1];
  while (!isEnough(high)) [low, high] = [high + 1, high * 2];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

function outcome(data: DataTree, xpath: string, options: FindOptions): number | string {
  try {
    return data.find(xpath, options).length;
  } catch (error) {
    if (error instanceof YangError) return error.code;
    throw error;
  }
}

const { libyang, context } = orchardContext();
const data = grown(context, 1_000);

describe("maxNodes", () => {
  test("is the number of nodes looked at, the same in every instance", () => {
    const other = orchardContext();
    for (const xpath of ["//*", "/orchard:orchard/tree/nickname", "//tree[height > 0]", "//height/.."]) {
      expect(costOf(grown(other.context, 1_000), xpath)).toBe(costOf(data, xpath));
    }
    other.context.dispose();
    // Each of the 5,003 nodes once, and what it takes to start.
    expect(costOf(data, "//*")).toBeGreaterThan(5_003);
    expect(costOf(data, "//*")).toBeLessThan(5_050);
  });

  test("bounds an instance found by its keys by a few, however many there are", () => {
    const one = "/orchard:orchard/tree[field='north'][number='77']/nickname";
    using few = grown(context, 10);
    expect(costOf(data, one)).toBe(costOf(few, one.replace("77", "7")));
    expect(costOf(data, one)).toBeLessThan(30);
  });

  test("does not change the result when it is just enough", () => {
    using few = grown(context, 20);
    for (const xpath of ["//height", "//tree[number > 5]/nickname", "//tree[count(preceding-sibling::tree) = 3]"]) {
      const paths = (options?: FindOptions) => few.find(xpath, options).map((node) => node.path);
      expect(paths({ maxNodes: costOf(few, xpath) })).toEqual(paths());
    }
  });

  test.each([
    ["predicates that walk the tree", "//tree[count(//tree) > 5]"],
    ["predicates within predicates", "//*[//*[//*]]"],
    ["functions of node sets", "//*[sum(//number) > 1]"],
    ["comparisons of node sets", "/orchard:orchard/tree[nickname = /orchard:orchard/tree/number]"],
    ["each node's siblings", "//tree[not(preceding-sibling::tree[number = current()/number])]"],
    ["each node's followers", "//*/following::*"],
    ["each node's predecessors", "//*/preceding::*"],
    ["order lost and found", "//tree/ancestor::*/descendant::*/ancestor-or-self::node()/following-sibling::*"],
    ["unions", "//*[//* | //*]"],
    ["the whole tree as a string", "//*[string(/) = 'x']"],
    ["strings searched", "//*[contains(string(/), 'x')]"],
    ["strings translated", "//tree[translate(string(/), string(/), string(//number))]"],
    ["a pattern that backtracks", "//tree[re-match(nickname, '(a+)+')]"],
    ["attributes of all nodes", "//*[//@*]"],
  ])("ends %s", (_, xpath) => {
    const before = libyang.liveAllocations;
    const started = performance.now();
    const run = () => data.find(xpath, { maxNodes: 500_000 });
    expect(run).toThrow(expect.objectContaining({ name: "YangError", code: "ELIMIT" }));
    // Half a million nodes take about 50 ms; unbounded, each of these takes from many seconds to hours.
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(libyang.liveAllocations).toBe(before);
    expect(data.find("//field").length).toBe(1_001);
  });

  test("says so in the error", () => {
    expect(() => data.find("//*", { maxNodes: 100 })).toThrow(
      expect.objectContaining({
        code: "ELIMIT",
        phase: "other",
        items: [
          { code: "ELIMIT", validationCode: "XPATH", message: "The XPath expression looks at more than 100 nodes." },
        ],
      }),
    );
  });

  test("holds for one call: must and when are not counted", () => {
    expect(() => data.find("//*", { maxNodes: 1 })).toThrow(YangError);
    context.validate(data);
    expect(data.find("//height").length).toBe(1_000);
  });

  test("holds from a node, and for a boolean", () => {
    const top = data.first();
    expect(() => top?.find(".//*", { maxNodes: 100 })).toThrow(expect.objectContaining({ code: "ELIMIT" }));
    expect(() => top?.test("count(.//*) > 1", { maxNodes: 100 })).toThrow(expect.objectContaining({ code: "ELIMIT" }));
    expect(top?.test("count(.//*) > 1", { maxNodes: 100_000 })).toBe(true);
  });

  test.each([0, -1, 2 ** 32, Number.NaN])("of %d is a mistake", (maxNodes) => {
    expect(() => data.find("//*", { maxNodes })).toThrow(RangeError);
  });
});

describe("the expression itself", () => {
  test("has a greatest length", () => {
    const long = `/orchard:orchard[${"1 or ".repeat(20_000)}1]`;
    expect(() => data.find(long)).toThrow(expect.objectContaining({ code: "ELIMIT" }));
    expect(() => data.find("//*", { maxExpressionLength: 2 })).toThrow(/longer than 2 characters/);
    expect(data.find("//tree", { maxExpressionLength: 6 }).length).toBe(1_000);
    expect(data.find(`/orchard:orchard[${"1 or ".repeat(10_000)}1]`).length).toBe(1);
  });

  test.each([
    ["parentheses", "(", "1", ")"],
    ["functions", "not(", "1", ")"],
    ["predicates", "number[", "1", "]"],
  ])("may not be nested more than 100 deep: %s", (_, open, middle, close) => {
    const nested = (depth: number): string => `/orchard:orchard[${open.repeat(depth)}${middle}${close.repeat(depth)}]`;
    expect(() => data.find(nested(101), { maxNodes: 100_000 })).toThrow(/101|depth|exceed/i);
    expect(() => data.find(nested(5_000), { maxNodes: 100_000 })).toThrow(YangError);
    expect(libyang.isDead).toBe(false);
    expect(() => data.find(nested(20), { maxNodes: 100_000 })).not.toThrow();
  });
});
