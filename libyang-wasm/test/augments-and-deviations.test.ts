import { expect, test } from "vitest";
import type { Context, SchemaNode } from "../src/index.ts";
import { createContext } from "./orchard.ts";

/** test/yang/lighthouse-paint.yang augments lighthouse and deviates from it. */
function painted(): Context {
  const context = createContext();
  context.loadModule("lighthouse-paint");
  return context;
}

/** A subtree as lines of kind, module and name. */
function outline(node: SchemaNode, depth = 0): string[] {
  const line = `${"  ".repeat(depth)}${node.kind} ${node.moduleName}:${node.name}`;
  return [line, ...node.children().flatMap((child) => outline(child, depth + 1))];
}

test("augments are in their place, under their own module's name; deviations have been applied", () => {
  const [top] = painted().module("lighthouse")?.topLevelSchema() ?? [];
  expect(top && outline(top)).toEqual([
    "container lighthouse:lighthouse",
    "  container lighthouse:lamp",
    "    leaf lighthouse:lens",
    "  leaf lighthouse:keeper",
    "  choice lighthouse-paint:colour",
    "    case lighthouse-paint:plain",
    "      leaf lighthouse-paint:paint",
    "    case lighthouse-paint:stripes",
    "      leaf-list lighthouse-paint:stripe",
  ]);
});

test("a deviated module is implemented, and knows who deviates it", () => {
  const context = painted();
  expect(context.module("lighthouse")?.deviatedBy).toEqual(["lighthouse-paint"]);
  expect(context.module("lighthouse-paint")?.deviatedBy).toEqual([]);
});

test("a deviation changes what is mandatory", () => {
  const [keeper] = painted().findSchema("/lighthouse:lighthouse/keeper");
  expect(keeper?.isMandatory).toBe(false);
  const plain = createContext();
  plain.loadModule("lighthouse");
  expect(plain.findSchema("/lighthouse:lighthouse/keeper")[0]?.isMandatory).toBe(true);
});

test("a choice knows its default case (RFC 7950 7.9.3)", () => {
  const [top] = painted().module("lighthouse")?.topLevelSchema() ?? [];
  const choice = top?.children().find(({ kind }) => kind === "choice");
  expect(choice?.defaultCase?.name).toBe("stripes");
  expect([top?.defaultCase, choice?.children()[0]?.defaultCase]).toEqual([undefined, undefined]);
});

test("data of an augment is in the augment's namespace", () => {
  const context = painted();
  const xml =
    '<lighthouse xmlns="urn:example:lighthouse"><paint xmlns="urn:example:lighthouse-paint">red</paint></lighthouse>';
  using data = context.parseData(xml);
  expect(data.print()).toBe(xml);
  expect(data.print({ format: "json" })).toBe('{"lighthouse:lighthouse":{"lighthouse-paint:paint":"red"}}');
});
