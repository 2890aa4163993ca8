import { describe, expect, test } from "vitest";
import { type Context, type Module, YangError } from "../src/index.ts";
import { createContext } from "./orchard.ts";

/** Modules "a", which may refer to "b", and "b". */
function contextOf(a: string, b: string): Context {
  const context = createContext();
  context.parseModule(`module b { yang-version 1.1; namespace "urn:b"; prefix b; ${b} }`);
  context.parseModule(`module a { yang-version 1.1; namespace "urn:a"; prefix a; import b { prefix b; } ${a} }`);
  return context;
}

const leaf = (module: string, name: string, value = "1"): string => `<${name} xmlns="urn:${module}">${value}</${name}>`;

const modulesOf = (context: Context): Module[] => ["a", "b"].map((name) => context.module(name) as Module);

/** What validation finds, with all modules named. */
function faults(context: Context, xml: string): string[] {
  using data = context.parseData(xml);
  try {
    context.validate(data, { modules: modulesOf(context) });
    return [];
  } catch (error) {
    if (!(error instanceof YangError)) throw error;
    return error.items.map(({ message, dataPath }) => `${dataPath}: ${message}`);
  }
}

describe("what a condition is about may be", () => {
  test("of another module, and have a when itself", () => {
    const context = contextOf(
      'leaf x { when "/b:y"; type string; } leaf m { must "/b:y = 1"; type string; }',
      'leaf y { when "/b:z"; type string; } leaf z { type string; }',
    );
    const [x, m, y, z] = [leaf("a", "x"), leaf("a", "m"), leaf("b", "y"), leaf("b", "z")] as const;
    for (const xml of [x + m + y + z, z + y + m + x]) expect(faults(context, xml)).toEqual([]);
    // What is refused is there for others.
    expect(faults(context, x + y)).toEqual(['/b:y: When condition "/b:z" not satisfied.']);
    expect(faults(context, x + z)).toEqual(['/a:x: When condition "/b:y" not satisfied.']);
  });

  test("a default of a module without data", () => {
    const context = contextOf(
      'leaf m { must "/b:c/b:level = 5"; type string; } leaf x { when "/b:c/b:level > 4"; type string; }',
      "container c { leaf level { type uint8; default 5; } } leaf other { type string; }",
    );
    expect(faults(context, leaf("a", "m") + leaf("a", "x"))).toEqual([]);
    const xml = `${leaf("a", "m")}<c xmlns="urn:b"><level>4</level></c>`;
    expect(faults(context, xml)).toEqual(['/a:m: Must condition "/b:c/b:level = 5" not satisfied.']);
  });

  test("a default that goes for its when", () => {
    const context = contextOf(
      'leaf r { type leafref { path "/b:d"; } } leaf on { type string; }',
      'leaf d { when "/b:on"; type string; default "1"; } leaf on { type string; }',
    );
    expect(faults(context, leaf("a", "r") + leaf("b", "on"))).toEqual([]);
    expect(faults(context, leaf("a", "r") + leaf("a", "on"))).toEqual([
      '/a:r: Invalid leafref value "1" - no target instance "/b:d" with the same value.',
    ]);
  });
});

test("a default container goes for its when though that of what is in it waits for another one", () => {
  const context = contextOf(
    "",
    `container t {
      leaf on { type string; }
      container c { when "../on"; leaf d { when "../../z"; type string; default "x"; } }
      leaf z { when "../f"; type string; }
      leaf f { type string; }
    }`,
  );
  const within = (content: string): string => `<t xmlns="urn:b">${content}</t>`;
  using without = context.parseData(within("<z>1</z><f>1</f>"));
  context.validate(without);
  expect(without.find("/b:t/c")).toEqual([]);
  using having = context.parseData(within("<on>1</on><z>1</z><f>1</f>"));
  context.validate(having);
  expect(having.findPath("/b:t/c/d")?.value).toBe("x");
});

test("no when is evaluated by a default that its own when takes away", () => {
  const context = contextOf(
    "",
    'leaf c { when "../on"; type string; default "1"; } leaf on { type string; } leaf x { when "not(../c)"; type string; }',
  );
  expect(faults(context, leaf("b", "x"))).toEqual([]);
  expect(faults(context, leaf("b", "x") + leaf("b", "on"))).toEqual([
    '/b:x: When condition "not(../c)" not satisfied.',
  ]);
});

describe("whens that depend on each other", () => {
  const refusals = (body: string, xml: string): string[] => faults(contextOf("", body), xml);

  test("are evaluated with what they are about there", () => {
    const body = 'leaf x { when "//*[2]"; type string; } leaf y { when "//*[1] != 3"; type string; }';
    expect(refusals(body, leaf("b", "x") + leaf("b", "y"))).toEqual([]);
    expect(refusals(body, leaf("b", "x", "3") + leaf("b", "y"))).toEqual([
      '/b:y: When condition "//*[1] != 3" not satisfied.',
    ]);
  });

  test("may be those of the entries of one list", () => {
    const body = 'leaf-list l { when "count(/b:l) < 3"; type string; }';
    expect(refusals(body, leaf("b", "l", "1") + leaf("b", "l", "2"))).toEqual([]);
    expect(refusals(body, leaf("b", "l", "1") + leaf("b", "l", "2") + leaf("b", "l", "3"))).toHaveLength(3);
  });
});

test("changes of all modules are returned when asked for", () => {
  const context = contextOf(
    'leaf x { type string; default "1"; }',
    'leaf y { type string; default "2"; } leaf z { type string; }',
  );
  using data = context.parseData(leaf("b", "z"));
  using changes = context.validate(data, { modules: modulesOf(context), collectChanges: true });
  expect(changes?.find("/*").map(({ path }) => path)).toEqual(["/a:x", "/b:y"]);
});
