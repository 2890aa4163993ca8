import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { Libyang, StaleHandleError } from "../src/index.ts";
import { createContext, wasm } from "./orchard.ts";

/** The module is test/yang/lighthouse.yang, with two submodules. */
const text = (name: string): string => readFileSync(new URL(`./yang/${name}.yang`, import.meta.url), "utf8");

test("submodules are asked for by the name of their module and their own, with revisions", () => {
  const asked: (string | undefined)[][] = [];
  const libyang = Libyang.instantiate(wasm, {
    importModule: (...names) => {
      asked.push(names);
      return text(names[2] ?? names[0]);
    },
  });
  const context = createContext(libyang);
  context.loadModule("lighthouse", { revision: "2025-01-01" });
  expect(asked).toEqual([
    ["lighthouse", "2025-01-01", undefined, undefined],
    ["lighthouse", undefined, "lighthouse-lamp", "2025-02-02"],
    ["lighthouse", undefined, "lighthouse-glass", undefined],
  ]);
  context.dispose();
});

test("a module knows its submodules, and they print themselves", () => {
  const context = submoduleContext();
  const module = context.module("lighthouse");
  expect(module?.submodules.map(({ name, revision }) => [name, revision])).toEqual([
    ["lighthouse-lamp", "2025-02-02"],
    ["lighthouse-glass", undefined],
  ]);
  expect(module?.print("yang")).toContain('include "lighthouse-glass";');
  const [lamp, glass] = module?.submodules ?? [];
  expect(glass?.print("yang")).toBe(
    "submodule lighthouse-glass {\n  yang-version 1.1;\n  belongs-to lighthouse {\n    prefix l;\n  }\n\n" +
      '  typedef glass {\n    type enumeration {\n      enum "clear";\n      enum "red";\n    }\n  }\n}\n',
  );
  expect(glass?.print("yin")).toContain('<belongs-to module="lighthouse">');
  expect(lamp?.print("yang")).toContain("grouping lamp {");
  expect(context.module("lighthouse-lamp")).toBeUndefined();
});

test("a module knows what it and its submodules import", () => {
  const libyang = Libyang.instantiate(wasm, {
    importModule: (name, _revision, submodule) => {
      if (submodule !== "lighthouse-lamp") return text(submodule ?? name);
      return text(submodule).replace(
        "include lighthouse-glass",
        "import ietf-yang-types { prefix y; } include lighthouse-glass",
      );
    },
  });
  const context = createContext(libyang);
  const paint = context.loadModule("lighthouse-paint");
  expect(paint.imports.map(({ name, revision }) => [name, revision])).toEqual([["lighthouse", "2025-01-01"]]);
  expect(context.module("lighthouse")?.imports.map(({ name }) => name)).toEqual(["ietf-yang-types"]);
  expect(context.module("lighthouse")?.imports[0]?.imports).toEqual([]);
  context.dispose();
});

test("what submodules define belongs to the module", () => {
  const context = submoduleContext();
  expect(context.module("lighthouse")?.features).toEqual([{ name: "rotating", enabled: true }]);
  const [period] = context.findSchema("/lighthouse:lighthouse/lamp/period");
  expect([period?.moduleName, period?.units]).toEqual(["lighthouse", "seconds"]);
  expect(context.findSchema("/lighthouse:lighthouse/lamp/lens")[0]?.type).toMatchObject({
    base: "enumeration",
    typedef: "glass",
  });
});

test("a submodule that does not come refuses its module", () => {
  const libyang = Libyang.instantiate(wasm, {
    importModule: (name, _revision, submodule) => (submodule === undefined ? text(name) : undefined),
  });
  const context = createContext(libyang);
  expect(() => context.loadModule("lighthouse")).toThrow(/lighthouse-lamp/);
  expect(context.module("lighthouse")).toBeUndefined();
  context.dispose();
});

test("a submodule of another module is refused", () => {
  const libyang = Libyang.instantiate(wasm, {
    importModule: (name, _revision, submodule) =>
      submodule === undefined ? text(name) : text(submodule).replace("belongs-to lighthouse ", "belongs-to windmill "),
  });
  const context = createContext(libyang);
  expect(() => context.loadModule("lighthouse")).toThrow(/windmill/);
  context.dispose();
});

test("after another module was loaded a submodule says so", () => {
  const context = submoduleContext();
  const [lamp] = context.module("lighthouse")?.submodules ?? [];
  context.loadModule("gate");
  expect(() => lamp?.print("yang")).toThrow(StaleHandleError);
});

test("the library lists submodules (RFC 8525)", () => {
  const context = submoduleContext();
  using library = context.yangLibrary("1");
  const path = "/ietf-yang-library:yang-library/module-set/module[name='lighthouse']/submodule/name";
  expect(library.find(path).map((node) => node.value)).toEqual(["lighthouse-lamp", "lighthouse-glass"]);
});

function submoduleContext() {
  const context = createContext();
  context.loadModule("lighthouse", { features: ["rotating"] });
  return context;
}
