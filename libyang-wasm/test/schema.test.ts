import { describe, expect, test } from "vitest";
import { Libyang, readPackagedYangModule, type SchemaNode, YangError } from "../src/index.ts";
import { createContext, orchardContext, wasm } from "./orchard.ts";

const { context } = orchardContext();
const at = (path: string): SchemaNode => {
  const [node] = context.findSchema(path);
  if (node === undefined) throw new Error(`no ${path}`);
  return node;
};

describe("a module", () => {
  const module = context.module("orchard");

  test("knows its names", () => {
    expect(module).toMatchObject({
      name: "orchard",
      revision: "2025-01-01",
      namespace: "urn:example:orchard",
      prefix: "o",
      isImplemented: true,
    });
    expect(context.moduleByNamespace("urn:example:orchard")?.name).toBe("orchard");
  });

  test("knows its features", () => {
    expect(module?.features).toEqual([
      { name: "irrigation", enabled: false },
      { name: "bees", enabled: true },
    ]);
  });

  test("that is only imported is not implemented", () => {
    expect(context.module("orchard-types")).toBeUndefined();
    expect(context.modules().find(({ name }) => name === "orchard-types")?.isImplemented).toBe(false);
  });

  test("prints itself", () => {
    expect(module?.print("yang")).toMatch(/^module orchard \{/);
    expect(module?.print("yin")).toMatch(/^<\?xml/);
  });

  test("has top-level nodes of all sorts", () => {
    expect(module?.topLevelSchema().map((node) => [node.kind, node.name])).toEqual([
      ["container", "orchard"],
      ["rpc", "harvest"],
      ["notification", "frost"],
    ]);
  });

  test("unknown is undefined", () => {
    expect([context.module("goat"), context.moduleByNamespace("urn:none")]).toEqual([undefined, undefined]);
  });
});

describe("a schema node", () => {
  test("of a list knows its keys and children, operations included", () => {
    const list = at("/orchard:orchard/tree");
    expect(list.keys).toEqual(["field", "number"]);
    expect(list.path).toBe("/orchard:orchard/tree");
    expect(list.children().map((child) => `${child.kind} ${child.name}`)).toEqual([
      "leaf field",
      "leaf number",
      "leaf nickname",
      "leaf height",
      "leaf fruit",
      "leaf state-of-life",
      "leaf crop",
      "leaf age",
      "leaf-list picker",
      "leaf-list tag",
      "leaf sensor",
      "container observed",
      "action shake",
      "notification fell",
    ]);
    expect(list.parent?.name).toBe("orchard");
    expect(list.parent?.parent).toBeUndefined();
  });

  test("of a leaf knows type, default and units", () => {
    expect([at("/orchard:orchard/tree/crop").defaults, at("/orchard:orchard/tree/crop").units]).toEqual([
      ["10"],
      "kilograms",
    ]);
    expect(at("/orchard:orchard/tree/tag").defaults).toEqual(["fresh", "local"]);
    expect(at("/orchard:orchard/tree/fruit").defaults).toEqual(["orchard:apple"]);
    expect(at("/orchard:orchard/tree/height").defaults).toEqual([]);
    const types = ["height", "field", "fruit", "sensor", "state-of-life"].map(
      (name) => at(`/orchard:orchard/tree/${name}`).baseType,
    );
    expect(types).toEqual(["decimal64", "leafref", "identityref", "union", "enumeration"]);
    expect(at("/orchard:orchard").baseType).toBeUndefined();
  });

  test("knows what holds for it", () => {
    expect(at("/orchard:orchard/tree/number").isKey).toBe(true);
    expect(at("/orchard:orchard/tree/height").isMandatory).toBe(true);
    expect(at("/orchard:orchard/shop").isPresence).toBe(true);
    expect(at("/orchard:orchard").isPresence).toBe(false);
    expect([at("/orchard:orchard/ladder").isUserOrdered, at("/orchard:orchard/tree").isUserOrdered]).toEqual([
      true,
      false,
    ]);
    expect([at("/orchard:orchard/tree").isConfig, at("/orchard:orchard/tree/observed/fruits").isConfig]).toEqual([
      true,
      false,
    ]);
    const shelf = at("/orchard:orchard/shop/shelf");
    expect([shelf.minElements, shelf.maxElements, at("/orchard:orchard/tree").maxElements]).toEqual([1, 2, undefined]);
    expect(at("/orchard:orchard").description).toBe("All there is.");
  });

  test("of an rpc has input and output; of a choice its cases", () => {
    const harvest = context.module("orchard")?.topLevelSchema()[1];
    expect(harvest?.children().map((node) => [node.kind, node.children().map((child) => child.name)])).toEqual([
      ["input", ["nickname"]],
      ["output", ["weight"]],
    ]);
    const choice = at("/orchard:orchard/shop")
      .children()
      .find((node) => node.kind === "choice");
    expect(choice?.children().map((node) => [node.kind, node.children()[0]?.name])).toEqual([
      ["case", "cash"],
      ["case", "card"],
    ]);
  });

  test("is one object, however it is found", () => {
    expect(at("/orchard:orchard/tree").parent).toBe(at("/orchard:orchard"));
  });
});

describe("loading", () => {
  test("a module text with a syntax error is refused", () => {
    const mine = createContext();
    expect(() => mine.parseModule("module x { goat; }")).toThrow(YangError);
  });

  test("a module that is not to be found is refused", () => {
    expect(() => createContext().loadModule("goat")).toThrow(YangError);
    expect(() => createContext(Libyang.instantiate(wasm)).loadModule("orchard")).toThrow(YangError);
  });

  test("what importModule throws comes through, and the context stays usable", () => {
    const failure = new Error("disk on fire");
    let burns = true;
    const libyang = Libyang.instantiate(wasm, {
      importModule: (name) => {
        if (burns && name === "orchard-types") throw failure;
        return name === "orchard-types"
          ? "module orchard-types { namespace urn:t; prefix t; typedef t { type string; } }"
          : undefined;
      },
    });
    const mine = createContext(libyang);
    const text = "module m { namespace urn:m; prefix m; import orchard-types { prefix t; } leaf l { type t:t; } }";
    expect(() => mine.parseModule(text)).toThrow(failure);
    expect(libyang.isDead).toBe(false);
    burns = false;
    expect(mine.parseModule(text).name).toBe("m");
  });

  test("importModule must not call libyang", () => {
    const libyang: Libyang = Libyang.instantiate(wasm, {
      importModule: () => {
        libyang.createContext();
        return undefined;
      },
    });
    expect(() => createContext(libyang).loadModule("orchard")).toThrow(/cannot be called from importModule/);
  });

  test("a module text with NUL is refused", () => {
    const libyang = Libyang.instantiate(wasm, { importModule: () => "module\0" });
    expect(() => createContext(libyang).loadModule("orchard")).toThrow(RangeError);
  });
});

describe("packaged modules", () => {
  const wanted = [
    ["ietf-netconf", "2011-06-01"],
    ["ietf-netconf-acm", "2018-02-14"],
    ["ietf-yang-library", "2019-01-04"],
    ["ietf-netconf-with-defaults"],
    ["ietf-netconf-monitoring"],
    ["ietf-netconf-notifications"],
    ["nc-notifications"],
    ["notifications"],
    ["ietf-datastores"],
    ["ietf-inet-types"],
    ["ietf-yang-types"],
    ["ietf-yang-metadata"],
    ["ietf-system"],
    ["iana-crypt-hash"],
    ["ietf-interfaces"],
    ["iana-if-type"],
  ] as const;

  test.each(wanted)("%s is there", (name, revision?: string) => {
    expect(readPackagedYangModule(name, revision)).toMatch(new RegExp(`module\\s+"?${name}"?\\s`));
  });

  test("all load together", () => {
    const mine = createContext(Libyang.instantiate(wasm, { importModule: readPackagedYangModule }));
    for (const [name] of wanted) if (mine.module(name) === undefined) mine.loadModule(name);
    expect(mine.modules().filter((module) => module.isImplemented).length).toBeGreaterThanOrEqual(wanted.length);
  });

  test("unknown ones are undefined", () => {
    expect([
      readPackagedYangModule("goat"),
      readPackagedYangModule("ietf-netconf", "1999-01-01"),
      readPackagedYangModule("../package"),
    ]).toEqual([undefined, undefined, undefined]);
  });
});

test("a module says which version of YANG it is written in (RFC 7950 section 7.1.2)", () => {
  const mine = createContext();
  const versionOf = (statement: string) =>
    mine.parseModule(`module v${statement.length} {${statement} namespace "urn:v${statement.length}"; prefix v; }`)
      .yangVersion;
  expect([versionOf(""), versionOf("yang-version 1;"), versionOf("yang-version 1.1;")]).toEqual(["1", "1", "1.1"]);
  mine.dispose();
});

test("what libyang adds to a module's imports is not told", () => {
  // Of ietf-yang-metadata, for the attributes of RFC 6241.
  const mine = createContext(Libyang.instantiate(wasm, { importModule: readPackagedYangModule }));
  expect(mine.loadModule("ietf-netconf").imports.map(({ name }) => name)).toEqual(["ietf-inet-types"]);
  mine.dispose();
});

test("the context describes itself (RFC 8525)", () => {
  using library = context.yangLibrary("7%");
  expect(library.findPath("/ietf-yang-library:yang-library/content-id")?.value).toBe("7%");
  expect(
    library.find("//*[name()='module'][name='orchard']").length +
      library.find("/ietf-yang-library:yang-library/module-set/module[name='orchard']").length,
  ).toBe(1);
});
