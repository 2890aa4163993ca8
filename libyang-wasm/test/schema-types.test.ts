import { expect, test } from "vitest";
import { type SchemaType, YangError } from "../src/index.ts";
import { createContext } from "./orchard.ts";

/** A context with one leaf of each type in `leafs`, by name. */
function typesOf(leafs: Record<string, string>, definitions = ""): Record<string, SchemaType | undefined> {
  const context = createContext();
  const statements = Object.entries(leafs).map(([name, type]) => `leaf ${name} { type ${type} }`);
  const module = context.parseModule(
    `module m { yang-version 1.1; namespace urn:m; prefix m; ${definitions} ${statements.join("\n")} }`,
  );
  const types = Object.fromEntries(module.topLevelSchema().map((node) => [node.name, node.type]));
  context.dispose();
  return types;
}

test("integers have ranges, exact at both ends of 64 bits (RFC 7950 9.2)", () => {
  const types = typesOf({
    free: "int16;",
    some: 'int8 { range "-5 | 0..10 | max" { error-message "Off."; error-app-tag "off"; } }',
    low: 'int64 { range "min..-9223372036854775807"; }',
    high: 'uint64 { range "18446744073709551614..max"; }',
  });
  expect(types).toEqual({
    free: { base: "int16" },
    some: {
      base: "int8",
      range: {
        parts: [
          { min: -5n, max: -5n },
          { min: 0n, max: 10n },
          { min: 127n, max: 127n },
        ],
        errorMessage: "Off.",
        appTag: "off",
      },
    },
    low: { base: "int64", range: { parts: [{ min: -9223372036854775808n, max: -9223372036854775807n }] } },
    high: { base: "uint64", range: { parts: [{ min: 18446744073709551614n, max: 18446744073709551615n }] } },
  });
});

test("decimal64 has its digits, and bounds in canonical form (RFC 7950 9.3)", () => {
  const { bounded, free } = typesOf({
    bounded: 'decimal64 { fraction-digits 3; range "-1.5..-0.05 | 0.0 | 10..max"; }',
    free: "decimal64 { fraction-digits 18; }",
  });
  expect(bounded).toEqual({
    base: "decimal64",
    fractionDigits: 3,
    range: {
      parts: [
        { min: "-1.5", max: "-0.05" },
        { min: "0.0", max: "0.0" },
        { min: "10.0", max: "9223372036854775.807" },
      ],
    },
  });
  expect(free).toEqual({ base: "decimal64", fractionDigits: 18 });
});

test("strings have lengths and all patterns down the chain of typedefs (RFC 7950 9.4)", () => {
  const { name, plain, unchanged } = typesOf(
    {
      unchanged: "short;",
      name: `short { length "2..4"; pattern "x.*" { modifier invert-match; error-message "No x."; error-app-tag "x"; } }`,
      plain: "string;",
    },
    'typedef short { type string { length "1..10"; pattern "[a-z]*"; } }',
  );
  expect(name).toEqual({
    base: "string",
    length: { parts: [{ min: 2n, max: 4n }] },
    patterns: [
      { expression: "[a-z]*", isInverted: false },
      { expression: "x.*", isInverted: true, errorMessage: "No x.", appTag: "x" },
    ],
  });
  expect(plain).toEqual({ base: "string", patterns: [] });
  expect(unchanged).toMatchObject({ typedef: "short", length: { parts: [{ min: 1n, max: 10n }] } });
});

test("binary has a length, boolean and empty have nothing", () => {
  expect(typesOf({ key: 'binary { length "16"; }', on: "boolean;", mark: "empty;" })).toEqual({
    key: { base: "binary", length: { parts: [{ min: 16n, max: 16n }] } },
    on: { base: "boolean" },
    mark: { base: "empty" },
  });
});

test("enums have values, bits positions, both a status (RFC 7950 9.6, 9.7)", () => {
  const { state, flags } = typesOf({
    state: 'enumeration { enum off { value -1; } enum on { description "Not off."; } enum old { status deprecated; } }',
    flags: "bits { bit b { position 7; status obsolete; } bit a { position 0; } }",
  });
  expect(state).toEqual({
    base: "enumeration",
    enums: [
      { name: "off", number: -1, status: "current" },
      { name: "on", number: 0, description: "Not off.", status: "current" },
      { name: "old", number: 1, status: "deprecated" },
    ],
  });
  expect(flags).toEqual({
    base: "bits",
    bits: [
      { name: "a", number: 0, status: "current" },
      { name: "b", number: 7, status: "obsolete" },
    ],
  });
});

test("an identityref has bases, and as values what is derived from all of them (RFC 7950 9.10)", () => {
  const { one, both } = typesOf(
    { one: "identityref { base local; }", both: "identityref { base local; base other; }" },
    `identity local; identity other; identity a { base local; } identity b { base a; base other; } identity c { base other; }`,
  );
  expect(one).toEqual({
    base: "identityref",
    bases: [{ moduleName: "m", name: "local" }],
    values: [
      { moduleName: "m", name: "a" },
      { moduleName: "m", name: "b" },
    ],
  });
  expect(both).toMatchObject({ values: [{ moduleName: "m", name: "b" }] });
});

test("identities of modules that are only imported are not values (RFC 7950 9.10.2)", () => {
  const context = createContext();
  const leaf =
    "module k { namespace urn:k; prefix k; import ferry-kinds { prefix fk; } leaf k { type identityref { base fk:kind; } } }";
  const values = (): readonly string[] => {
    const type = context.findSchema("/k:k")[0]?.type;
    return type?.base === "identityref" ? type.values.map(({ name }) => name) : [];
  };
  context.parseModule(leaf);
  expect(values()).toEqual([]);
  context.loadModule("ferry-kinds");
  expect(values()).toEqual(["motor", "sail", "trireme"]);
  context.dispose();
});

test("a leafref's real type is that of the last leaf in the chain", () => {
  const { first, second } = typesOf({
    number: 'uint8 { range "1..9"; }',
    first: 'leafref { path "/number"; }',
    second: 'leafref { path "../m:first"; require-instance false; }',
  });
  const real = { base: "uint8", range: { parts: [{ min: 1n, max: 9n }] } };
  expect(first).toMatchObject({ base: "leafref", requireInstance: true, realType: real });
  expect(second).toMatchObject({ base: "leafref", requireInstance: false, realType: real });
});

test("a union of a typedef has its members' restrictions", () => {
  const { either } = typesOf(
    { either: "mixed;" },
    'typedef mixed { type union { type uint8 { range "1..9"; } type string { length "3"; } type instance-identifier; } }',
  );
  expect(either).toEqual({
    base: "union",
    typedef: "mixed",
    members: [
      { base: "uint8", range: { parts: [{ min: 1n, max: 9n }] } },
      { base: "string", length: { parts: [{ min: 3n, max: 3n }] }, patterns: [] },
      { base: "instance-identifier", requireInstance: true },
    ],
  });
});

test("status and reference of a node", () => {
  const context = createContext();
  const module = context.parseModule(`module s { namespace urn:s; prefix s;
    container old { status deprecated; reference "A book."; leaf inside { type string; } }
    leaf gone { status obsolete; type string; } leaf now { type string; } }`);
  const [old, gone, now] = module.topLevelSchema();
  expect([old?.status, old?.children()[0]?.status, gone?.status, now?.status]).toEqual([
    "deprecated",
    "deprecated",
    "obsolete",
    "current",
  ]);
  expect([old?.reference, now?.reference]).toEqual(["A book.", undefined]);
  context.dispose();
});

test("a module in YIN is the same model", () => {
  const context = createContext();
  context.loadModule("orchard-types");
  const yin = context.module("orchard-types")?.print("yin") ?? "";
  const again = createContext();
  const module = again.parseModule(yin, { format: "yin" });
  expect(module.print("yin")).toBe(yin);
});

test("a node-instance-identifier may have white space around it, as in RFC 8341 appendix A.4", () => {
  const context = createContext();
  context.loadModule("ietf-netconf-acm");
  const rule = (path: string) =>
    '<nacm xmlns="urn:ietf:params:xml:ns:yang:ietf-netconf-acm"><rule-list><name>l</name><rule><name>r</name>' +
    `<path xmlns:n="urn:ietf:params:xml:ns:yang:ietf-netconf-acm">${path}</path><action>deny</action></rule></rule-list></nacm>`;
  for (const path of ["/n:nacm/n:groups", "\n    /n:nacm/n:groups\t\r\n  ", " /n:nacm/n:groups"]) {
    using tree = context.parseData(rule(path));
    const found = tree.findPath("/ietf-netconf-acm:nacm/rule-list[name='l']/rule[name='r']/path");
    expect(found?.value).toBe("/ietf-netconf-acm:nacm/groups");
  }
  for (const path of ["", "  ", "n:nacm", "/n: nacm/"]) expect(() => context.parseData(rule(path))).toThrow(YangError);
  context.dispose();
});
