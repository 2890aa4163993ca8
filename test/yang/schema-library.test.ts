import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Libyang, loadLibyangModule } from "libyang-wasm";
import { beforeAll, describe, expect, test } from "vitest";
import { loadSchema } from "../../src/yang/schema.ts";
import { SchemaLibrary } from "../../src/yang/schema-library.ts";
import { yangFolder } from "../datastore/engine-fixture.ts";

const modules = fileURLToPath(new URL("modules", import.meta.url));
const file = (name: string): string => join(modules, `${name}.yang`);

let wasm: WebAssembly.Module;
let library: SchemaLibrary;
beforeAll(async () => {
  wasm = await loadLibyangModule();
  library = libraryOf("kiosk", "kiosk-rules");
});

function libraryOf(...names: string[]): SchemaLibrary {
  return loadSchema(wasm, { yangFolder, extraFiles: names.map(file) }).library;
}

const NONE = { features: [], deviations: [], submodules: [] };

test("the library has what is served and what that imports, and nothing else that libyang has", () => {
  expect(library.description.modules.map(({ name }) => name)).toEqual([
    "bmpconfd-bgp",
    "bmpconfd-bmp",
    "bmpconfd-commits",
    "bmpconfd-events",
    "bmpconfd-mrt",
    "bmpconfd-relay",
    "bmpconfd-server",
    "bmpconfd-system-deviations",
    "bmpconfd-vpn-instance",
    "iana-crypt-hash",
    "ietf-datastores",
    "ietf-inet-types",
    "ietf-netconf",
    "ietf-netconf-acm",
    "ietf-netconf-monitoring",
    "ietf-netconf-notifications",
    "ietf-netconf-partial-lock",
    "ietf-netconf-with-defaults",
    "ietf-system",
    "ietf-yang-library",
    "ietf-yang-types",
    "kiosk",
    "kiosk-rules",
    "nc-notifications",
    "notifications",
  ]);
});

test("a module is described with its version, features, deviations and submodules", () => {
  const named = (name: string) => library.description.modules.find((module) => module.name === name);
  expect(named("kiosk")).toEqual({
    name: "kiosk",
    revision: undefined,
    namespace: "urn:example:kiosk",
    yangVersion: "1",
    isImplemented: true,
    features: [],
    deviations: ["kiosk-rules"],
    submodules: [{ name: "kiosk-menu", revision: "2026-03-01" }],
  });
  expect(named("ietf-netconf")).toEqual({
    ...NONE,
    name: "ietf-netconf",
    revision: "2011-06-01",
    namespace: "urn:ietf:params:xml:ns:netconf:base:1.0",
    yangVersion: "1",
    isImplemented: true,
    features: [
      "writable-running",
      "candidate",
      "confirmed-commit",
      "rollback-on-error",
      "validate",
      "startup",
      "xpath",
    ],
  });
  expect(named("ietf-yang-types")).toEqual({
    ...NONE,
    name: "ietf-yang-types",
    revision: "2013-07-15",
    namespace: "urn:ietf:params:xml:ns:yang:ietf-yang-types",
    yangVersion: "1",
    isImplemented: false,
  });
});

describe("the content-id", () => {
  const idOf = (...names: string[]): string => libraryOf(...names).description.contentId;

  test("is the same for the same modules, whatever order they are given in", () => {
    expect(idOf("kiosk", "garden")).toBe(idOf("garden", "kiosk"));
    expect(idOf("kiosk")).toMatch(/^[0-9a-f]{32}$/);
  });

  test("is another one for another module, feature, deviation or text", () => {
    const load = (features: string[], text = readFileSync(file("kiosk"), "utf8"), rules = false) => {
      const libyang = Libyang.instantiate(wasm, {
        importModule: (name, _revision, submodule) =>
          name === "kiosk" && submodule === undefined ? text : readText(submodule ?? name),
      });
      const context = libyang.createContext();
      const kiosk = context.loadModule("kiosk", { features });
      if (rules) context.loadModule("kiosk-rules");
      const sources = { textOf: (name: string) => (name === "kiosk" ? text : undefined) };
      const id = new SchemaLibrary([kiosk], sources).description.contentId;
      context.dispose();
      return id;
    };
    const ids = [
      idOf(),
      idOf("kiosk"),
      load([]),
      load(["tables"]),
      load([], readFileSync(file("kiosk"), "utf8").replace("In YANG 1", "In YANG")),
      load([], readFileSync(file("kiosk"), "utf8"), true),
    ];
    expect(new Set(ids).size).toBe(ids.length);
    expect(load([])).toBe(load([]));
  });
});

const readText = (name: string): string => readFileSync(file(name), "utf8");

describe("the text of a module or submodule", () => {
  test("in YANG is the one it was loaded from", () => {
    expect(library.text("kiosk", undefined, "yang")).toBe(readText("kiosk"));
    expect(library.text("kiosk-menu", "2026-03-01", "yang")).toBe(readText("kiosk-menu"));
    const own = "bmpconfd-bmp@2026-11-25.yang";
    expect(library.text("bmpconfd-bmp", "2026-11-25", "yang")).toBe(readFileSync(join(yangFolder, own), "utf8"));
  });

  test("is there for no other name, and no other revision", () => {
    expect(library.text("kiosk", "2026-03-01", "yang")).toBeUndefined();
    expect(library.text("kiosk-menu", undefined, "yin")).toBeUndefined();
    expect(library.text("ietf-yang-schema-mount", "2019-01-14", "yang")).toBeUndefined();
  });

  test("in either language parses to the same module, in a context that has nothing else to read", () => {
    const items = library.description.modules.flatMap((module) => [module, ...module.submodules]);
    const printed = (format: "yang" | "yin") => {
      // The importer knows YANG only: YIN is what the module itself is read from.
      const importModule = (name: string, revision?: string, submodule?: string, submoduleRevision?: string) => {
        const wanted = submodule ?? name;
        const found = items.find(
          (item) =>
            item.name === wanted &&
            [undefined, item.revision].includes(submodule === undefined ? revision : submoduleRevision),
        );
        return found && library.text(found.name, found.revision, "yang");
      };
      return library.description.modules.map(({ name, revision }) => {
        const context = Libyang.instantiate(wasm, { importModule }).createContext();
        const isBuiltIn = context.modules().some((module) => module.name === name && module.revision === revision);
        const text = library.text(name, revision, format) as string;
        // What libyang has built in it does not read again, unless under another name.
        return context.parseModule(isBuiltIn ? text.replaceAll(name, `x-${name}`) : text, { format }).print("yin");
      });
    };
    const fromYang = printed("yang");
    expect(fromYang.length).toBeGreaterThan(10);
    expect(printed("yin")).toEqual(fromYang);
  });
});
