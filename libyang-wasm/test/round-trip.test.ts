import { expect, test } from "vitest";
import { field, orchard, orchardContext, printed, tree } from "./orchard.ts";

const { context, libyang } = orchardContext();
const XML = printed(`${field("north")}${tree(1, "<nickname>Old Käthe 🍎</nickname><height>4.5</height>")}`);

test("the instance names libyang's version", () => {
  expect(libyang.version).toMatch(/^3\.12\.\d+$/);
});

test("XML goes in and comes out, text beyond ASCII included", () => {
  using data = context.parseData(XML);
  expect(data.print()).toBe(XML);
});

test("bytes go in and come out as text does", () => {
  using data = context.parseData(new TextEncoder().encode(XML));
  expect(new TextDecoder().decode(data.printBytes())).toBe(XML);
});

test("JSON names modules (RFC 7951)", () => {
  using data = context.parseData(XML);
  const json = data.print({ format: "json" });
  expect(JSON.parse(json)).toEqual({
    "orchard:orchard": {
      field: [{ name: "north" }],
      tree: [{ field: "north", number: 1, nickname: "Old Käthe 🍎", height: "4.5" }],
    },
  });
  using again = context.parseData(json, { format: "json" });
  expect(again.print()).toBe(XML);
});

test("LYB goes in and comes out", () => {
  using data = context.parseData(XML);
  using again = context.parseData(data.printBytes({ format: "lyb" }), { format: "lyb" });
  expect(again.print()).toBe(XML);
  expect(again.isEqual(data)).toBe(true);
});

test("values come out canonical (RFC 7950 §9.1)", () => {
  using data = context.parseData(orchard(tree(1, "<height>04.50</height><sensor>2001:DB8:0:0::1</sensor>")));
  expect(data.print()).toBe(printed(tree(1, "<height>4.5</height><sensor>2001:db8::1</sensor>")));
});

test("pretty printing adds lines", () => {
  using data = context.parseData(orchard(field("north")));
  expect(data.print({ pretty: true })).toBe(
    '<orchard xmlns="urn:example:orchard">\n  <field>\n    <name>north</name>\n  </field>\n</orchard>\n',
  );
});

test("an empty tree prints as nothing in every format", () => {
  using data = context.emptyTree();
  expect([data.print(), data.print({ format: "json" }), data.printBytes({ format: "lyb" }).length]).toEqual([
    "",
    "",
    0,
  ]);
  expect(data.isEmpty).toBe(true);
  expect(data.first()).toBeUndefined();
});

test("a tree of defaults only prints as nothing, unless asked for defaults", () => {
  using data = context.emptyTree();
  context.addDefaults(data, context.module("orchard"));
  expect(data.print()).toBe("");
  expect(data.print({ withDefaults: "report-all" })).toBe(printed("<open>true</open>"));
});

test("the byte order mark at the start of a value is kept", () => {
  using data = context.parseData(orchard(tree(1, "<nickname>\uFEFFx</nickname>")));
  expect(data.findPath("/orchard:orchard/tree[field='north'][number='1']/nickname")?.value).toBe("\uFEFFx");
});

test("a NUL character is refused: the C string would end there", () => {
  expect(() => context.parseData(`${XML}\0<evil/>`)).toThrow(RangeError);
  expect(() => context.parseData(new Uint8Array([60, 0, 62]))).toThrow(RangeError);
  expect(() => context.parseRpc("<rpc/>\0")).toThrow(RangeError);
});

test("data the model does not have is refused, kept or dropped", () => {
  const xml = orchard("<open>false</open><goat>Ida</goat>");
  expect(() => context.parseData(xml)).toThrow(/goat/);
  using kept = context.parseData(xml, { unknown: "keep-opaque" });
  expect(kept.print()).toBe(printed("<open>false</open><goat>Ida</goat>"));
  using dropped = context.parseData(xml, { unknown: "drop" });
  expect(dropped.print()).toBe(printed("<open>false</open>"));
});

test("state data is accepted unless told", () => {
  const xml = printed(tree(1, "<observed><fruits>7</fruits></observed>"));
  using data = context.parseData(xml);
  expect(data.print()).toBe(xml);
  expect(() => context.parseData(xml, { allowState: false })).toThrow(/state/i);
});

test("ordered input gives the same tree", () => {
  using data = context.parseData(XML, { ordered: true });
  using usual = context.parseData(XML);
  expect(data.isEqual(usual)).toBe(true);
});
