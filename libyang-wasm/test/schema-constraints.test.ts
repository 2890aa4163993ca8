import { expect, test } from "vitest";
import { type ConstraintExpression, type SchemaNode, StaleHandleError } from "../src/index.ts";
import { createContext } from "./orchard.ts";

/** The model is test/yang/ferry.yang. */
const context = createContext();
context.loadModule("ferry");

const at = (path: string): SchemaNode => {
  const [node] = context.findSchema(path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
};
const ferry = (path: string): SchemaNode => at(`/ferry:ferry/${path}`);

/** All a constraint says, as plain data. */
const told = (constraint: ConstraintExpression | undefined) => ({
  expression: constraint?.expression,
  prefixes: Object.fromEntries(constraint?.prefixes ?? []),
  defaultModule: constraint?.defaultModule,
  context: constraint?.context?.path,
  errorMessage: constraint?.errorMessage,
  appTag: constraint?.appTag,
});
const expressions = (constraints: readonly ConstraintExpression[]) => constraints.map((one) => one.expression);
const paths = (nodes: readonly SchemaNode[] | undefined) => nodes?.map((node) => node.path).sort();

test("a must has an expression, its context, and what it says when it is broken (RFC 7950 7.5.3)", () => {
  expect(ferry("crew").musts().map(told)).toEqual([
    {
      expression: "../kind",
      prefixes: {},
      defaultModule: "ferry",
      context: "/ferry:ferry/crew",
      errorMessage: undefined,
      appTag: undefined,
    },
    {
      expression: ". > 1",
      prefixes: {},
      defaultModule: "ferry",
      context: "/ferry:ferry/crew",
      errorMessage: "One is alone.",
      appTag: undefined,
    },
  ]);
  expect(ferry("kind").musts()).toEqual([]);
});

test("a must of a grouping is about the module that uses it (RFC 7950 6.4.1); refine adds to it", () => {
  expect(ferry("engine/limit").musts().map(told)).toEqual([
    {
      expression: ". < 100 or ../../fr-free = 'x'",
      prefixes: {},
      defaultModule: "ferry",
      context: "/ferry:ferry/engine/limit",
      errorMessage: "Too much.",
      appTag: "limit-broken",
    },
    expect.objectContaining({ expression: "count(../../car) < 3" }),
  ]);
});

test("input, output and notifications have musts", () => {
  const [input, output] = at("/ferry:sail").children();
  expect(expressions(input?.musts() ?? [])).toEqual(["wind or current"]);
  const knots = output?.children().find(({ name }) => name === "knots");
  expect(expressions(knots?.musts() ?? [])).toEqual(["../arrived"]);
  expect(
    knots
      ?.musts()[0]
      ?.atoms()
      .map(({ name }) => name),
  ).toContain("arrived");
  expect(expressions(at("/ferry:sunk").musts())).toEqual(["/ferry/crew"]);
});

test("a when has the node itself as context (RFC 7950 7.21.5)", () => {
  expect(ferry("engine").whens().map(told)).toEqual([
    {
      expression: "../kind = 'k:motor'",
      prefixes: { k: "ferry-kinds" },
      defaultModule: "ferry",
      context: "/ferry:ferry/engine",
      errorMessage: undefined,
      appTag: undefined,
    },
  ]);
});

test("a when of a uses or an augment has the parent as context, and is on each node it brings", () => {
  for (const name of ["limit", "fr-free"]) {
    expect(ferry(`engine/${name}`).whens().map(told)).toEqual([
      expect.objectContaining({
        expression: "f:kind != 'k:sail'",
        prefixes: { f: "ferry", k: "ferry-kinds" },
        context: "/ferry:ferry/engine",
      }),
    ]);
  }
  expect(ferry("hat").whens().map(told)).toEqual([
    expect.objectContaining({ expression: "f:crew < 9", context: "/ferry:ferry" }),
  ]);
});

test("whens of the case and the choice apply to the nodes in them, with the data parent as context", () => {
  expect(ferry("car").whens().map(told)).toEqual([
    expect.objectContaining({ expression: "crew > 2", context: "/ferry:ferry" }),
    expect.objectContaining({ expression: "kind", context: "/ferry:ferry" }),
  ]);
  expect(expressions(ferry("freight").whens())).toEqual(["kind"]);
  expect(ferry("car/plate").whens()).toEqual([]);
});

test("a top-level when of its own node has that node as context; one of a top-level uses has the root", () => {
  expect(told(at("/ferry:top").whens()[0])).toMatchObject({ expression: "/ferry/crew", context: "/ferry:top" });
  const mine = createContext();
  mine.parseModule(`module root { namespace urn:root; prefix r; grouping g { leaf l { type string; } }
    leaf on { type empty; } uses g { when "/r:on"; } }`);
  const [leaf] = mine.findSchema("/root:l");
  expect(told(leaf?.whens()[0])).toMatchObject({ expression: "/r:on", prefixes: { r: "root" }, context: undefined });
  expect(paths(leaf?.whens()[0]?.atoms())).toEqual(["/root:on"]);
});

test("a list knows its uniques, in groups (RFC 7950 7.8.3)", () => {
  expect(ferry("car").uniques().map(paths)).toEqual([
    ["/ferry:ferry/car/plate"],
    ["/ferry:ferry/car/owner/name", "/ferry:ferry/car/owner/town"],
  ]);
  expect([ferry("engine").uniques(), ferry("crew").uniques()]).toEqual([[], []]);
});

test("a leafref knows its path and what that leads to", () => {
  const { leafref } = ferry("car/towed-by");
  expect(leafref).toMatchObject({
    base: "leafref",
    path: "../../car[id = current()/../tug]/plate",
    defaultModule: "ferry",
    requireInstance: false,
    target: { path: "/ferry:ferry/car/plate" },
    realType: { base: "string" },
  });
  expect(paths(leafref?.atoms())).toEqual([
    "/ferry:ferry",
    "/ferry:ferry/car",
    "/ferry:ferry/car/id",
    "/ferry:ferry/car/plate",
    "/ferry:ferry/car/towed-by",
    "/ferry:ferry/car/tug",
  ]);
  expect(ferry("crew").leafref).toBeUndefined();
});

test("a union shows its alternatives, those of inner unions in their place", () => {
  const alternatives = ferry("twin").typeAlternatives();
  expect(alternatives.map(({ base }) => base)).toEqual(["leafref", "instance-identifier", "leafref", "enumeration"]);
  expect(alternatives[0]).toMatchObject({
    path: "/f:ferry/f:crew",
    requireInstance: true,
    target: { path: "/ferry:ferry/crew" },
    realType: { base: "uint8" },
  });
  expect(alternatives[1]).toMatchObject({ requireInstance: true });
  expect(alternatives[2]).toMatchObject({ path: "../freight", target: { path: "/ferry:ferry/freight" } });
  expect(ferry("twin").leafref).toBeUndefined();
  expect(ferry("crew").typeAlternatives()).toEqual([{ base: "uint8" }]);
  expect(ferry("engine").typeAlternatives()).toEqual([]);
});

test("atoms are the nodes an expression depends on", () => {
  const [, count] = ferry("engine/limit").musts();
  expect(paths(count?.atoms())).toEqual(["/ferry:ferry", "/ferry:ferry/car", "/ferry:ferry/engine"]);
  const [own] = ferry("crew").musts().slice(1);
  expect(paths(own?.atoms())).toEqual(["/ferry:ferry/crew"]);
});

test("after a module was loaded an old expression says so instead of reading freed memory", () => {
  const mine = createContext();
  mine.loadModule("ferry");
  const [must] = mine.findSchema("/ferry:ferry/crew")[0]?.musts() ?? [];
  const leafref = mine.findSchema("/ferry:ferry/car/towed-by")[0]?.leafref;
  mine.loadModule("gate");
  expect(() => must?.atoms()).toThrow(StaleHandleError);
  expect(() => leafref?.atoms()).toThrow(StaleHandleError);
  expect(must?.expression).toBe("../kind");
  mine.dispose();
  expect(() => must?.atoms()).toThrow(StaleHandleError);
});
