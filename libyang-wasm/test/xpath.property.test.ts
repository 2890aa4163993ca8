import fc from "fast-check";
import { expect, test } from "vitest";
import { YangError } from "../src/index.ts";
import { field, NETCONF, ORCHARD, orchard, orchardContext, tree } from "./orchard.ts";
import { expressions, prefixedExpressions } from "./xpath-expressions.ts";

/** Data with what expressions may stumble over: attributes, anydata with content, leafrefs, order of the user's. */
const { libyang, context } = orchardContext("gate", "ietf-netconf");
const entry = (number: number): string =>
  tree(number, `<nickname>N${number}</nickname><height>${number}</height><picker>b</picker><picker>a</picker>`).replace(
    "<tree>",
    `<tree xmlns:nc="${NETCONF}" nc:operation="merge">`,
  );
const content = [1, 2, 3, 4, 5, 6].map(entry).join("");
const data = context.parseData(
  `${orchard(`${field("north")}${field("south")}${content}<ladder><id>3</id></ladder><ladder><id>1</id></ladder><notes>${orchard("<open>false</open>")}</notes><best>N1</best>`)}<code xmlns="urn:example:gate">7</code>`,
);
context.validate(data);
const all = data.find("//*");

test("no expression traps; each ends within its bound, with each node once, and leaks nothing", () => {
  const before = libyang.liveAllocations;
  fc.assert(
    fc.property(
      fc.oneof(expressions.path, expressions.expression),
      fc.constantFrom(200, 5_000, 200_000),
      (xpath, maxNodes) => {
        try {
          const paths = data.find(xpath, { maxNodes }).map((node) => node.path);
          expect(new Set(paths).size).toBe(paths.length);
        } catch (error) {
          if (!(error instanceof YangError)) throw error;
          expect(["EINVAL", "EVALID", "ELIMIT", "ENOTFOUND"]).toContain(error.code);
        }
        expect(libyang.liveAllocations).toBe(before);
      },
    ),
    { numRuns: 3_000 },
  );
});

test("what an expression selects is in the order of the data", () => {
  const position = new Map(all.map((node, index) => [node.path, index]));
  fc.assert(
    fc.property(expressions.path, (xpath) => {
      let paths: string[];
      try {
        paths = data.find(xpath, { maxNodes: 200_000 }).map((node) => node.path);
      } catch {
        return;
      }
      const places = paths.map((path) => position.get(path) ?? -1);
      expect(places).toEqual([...places].sort((a, b) => a - b));
    }),
    { numRuns: 1_000 },
  );
});

test("with prefixes of XML the outermost of the same nodes are selected, by any expression, and nothing leaks", () => {
  const namespaces = new Map([
    ["orchard", ORCHARD],
    ["gate", "urn:example:gate"],
    ["ietf-netconf", NETCONF],
  ]);
  const before = libyang.liveAllocations;
  let compared = 0;
  fc.assert(
    fc.property(
      fc.oneof(prefixedExpressions.path, prefixedExpressions.path, prefixedExpressions.expression),
      fc.constantFrom(200, 200_000, 200_000),
      (xpath, maxNodes) => {
        let found: Set<string>;
        let selected: string[];
        try {
          // Texts and the root are no nodes of find.
          if (/text\(\)|node\(\)|self|\.|^\/$/.test(xpath)) throw new YangError("EINVAL", [], "other");
          found = new Set(data.find(xpath, { maxNodes }).map((node) => node.path));
        } catch {
          expect(() => [...data.select(xpath, namespaces, { maxNodes })].length).not.toThrow(TypeError);
          return;
        } finally {
          expect(libyang.liveAllocations).toBe(before);
        }
        try {
          selected = [...data.select(xpath, namespaces, { maxNodes })].map((node) => node.path);
        } catch (error) {
          // Only XML wants a prefix on the identity. A few nodes more may be looked at.
          expect(error).toBeInstanceOf(YangError);
          if ((error as YangError).code !== "ELIMIT") expect(xpath).toContain("derived-from");
          return;
        }
        const outermost = all.filter((node) => {
          for (let at = node.parent; at !== undefined; at = at.parent) if (found.has(at.path)) return false;
          return found.has(node.path);
        });
        expect(selected).toEqual(outermost.map((node) => node.path));
        compared++;
        expect(libyang.liveAllocations).toBe(before);
      },
    ),
    { numRuns: 2_000 },
  );
  expect(compared).toBeGreaterThan(150);
  expect(libyang.isDead).toBe(false);
});

test.each([
  ["a node below another of the set, found twice", "//*//height"],
  ["attributes after a step down", "//tree/@*/.."],
  ["attributes with a predicate", "//@*[//*]"],
  ["attributes by axis", "//attribute::node()"],
  ["children of attributes and texts", "//@*/* | //text()/*"],
  ["deref of a leaf that refers to nothing", "deref(//height)"],
  ["deref of the root", "deref(/)"],
  ["enum-value of the root", "//*[enum-value(/) > 0]"],
  ["bit-is-set of the root", "//*[bit-is-set(/, 'x')]"],
  ["a container as an enum", "//*[enum-value(//tree) > 0]"],
])("%s is no trap", (_, xpath) => {
  try {
    data.find(xpath, { maxNodes: 100_000 });
  } catch (error) {
    expect(error).toBeInstanceOf(YangError);
  }
  expect(libyang.isDead).toBe(false);
});

test("opaque nodes have no model for functions to ask about", () => {
  using opaque = context.parseData(
    `<goat xmlns="urn:none" a="1"><kid b="2">Ida</kid></goat>${orchard('<open xmlns:x="urn:x" x:y="z">maybe</open>')}`,
    { unknown: "keep-opaque" },
  );
  for (const xpath of [
    "//*",
    "//@*",
    "//*[lang('en')]",
    "//*[namespace-uri() = '']",
    "//*[bit-is-set(., 'x')]",
    "//open",
  ]) {
    expect(() => opaque.find(xpath)).not.toThrow();
  }
});

test("empty anydata is the empty string", () => {
  using empty = context.parseData(orchard("<notes/>"));
  expect(empty.test("string(/orchard:orchard/notes) = ''")).toBe(true);
});

test("the value of an expression as a boolean (XPath 1.0 4.3)", () => {
  expect([data.test("//tree"), data.test("//tree[number = 9]"), data.test("count(//tree) = 6")]).toEqual([
    true,
    false,
    true,
  ]);
  using empty = context.emptyTree();
  expect([data.test("0"), data.test("'x'"), data.test("''"), empty.test("true()")]).toEqual([
    false,
    true,
    false,
    false,
  ]);
  expect(data.find("//tree")[1]?.test("number = 2")).toBe(true);
  expect(() => data.test("//tree[")).toThrow(YangError);
});

test("a bound that is reached when nothing but the order is left to find is a bound", () => {
  const before = libyang.liveAllocations;
  const namespaces = new Map([["orchard", ORCHARD]]);
  expect(() => data.find("//*/orchard:*", { maxNodes: 200 })).toThrow("looks at more than 200 nodes");
  expect(() => data.select("//*/orchard:*", namespaces, { maxNodes: 200 })).toThrow("looks at more than 200 nodes");
  expect(libyang.liveAllocations).toBe(before);
});
