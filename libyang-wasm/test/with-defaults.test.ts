import { expect, test } from "vitest";
import { field, orchard, orchardContext, printed, tree, valid } from "./orchard.ts";

/** RFC 6243 §3: one valid tree with an explicit default, printed in each mode. */
const { context } = orchardContext("ietf-netconf-with-defaults");
const data = valid(context, orchard(`${field("north")}${tree(1, "<height>1</height><crop>10</crop>")}`));
const DEFAULT = 'xmlns:ncwd="urn:ietf:params:xml:ns:netconf:default:1.0" ncwd:default="true"';

test("explicit shows what was set (RFC 6243 3.3)", () => {
  expect(data.print({ withDefaults: "explicit" })).toBe(
    printed(`${field("north")}${tree(1, "<height>1.0</height><crop>10</crop>")}`),
  );
});

test("trim leaves out what equals its default (RFC 6243 3.2)", () => {
  expect(data.print({ withDefaults: "trim" })).toBe(printed(`${field("north")}${tree(1, "<height>1.0</height>")}`));
});

test("report-all shows everything (RFC 6243 3.1)", () => {
  const all =
    "<height>1.0</height><crop>10</crop><fruit>apple</fruit><state-of-life>alive</state-of-life><tag>fresh</tag><tag>local</tag>";
  const shown = data.print({ withDefaults: "report-all" });
  for (const leaf of all.matchAll(/<(?:height|crop|state-of-life|tag)>[^<]*<\/[^>]*>/g))
    expect(shown).toContain(leaf[0]);
  expect(shown).toContain("<open>true</open>");
});

test("report-all-tagged marks what nobody set, in RFC 6243's namespace (RFC 6243 2.3.1, 3.4, 4.5.2)", () => {
  const shown = data.print({ withDefaults: "report-all-tagged" });
  expect(shown).toContain(`<open ${DEFAULT}>true</open>`);
  expect(shown).toContain(`<tag ${DEFAULT}>fresh</tag><tag ${DEFAULT}>local</tag>`);
  expect(shown).toContain("<crop>10</crop>");
  expect(shown).toContain("<height>1.0</height>");
});

test("trim leaves out a leaf-list only if it has all its defaults (RFC 7950 7.7.2)", () => {
  const trimmed = (tags: string): string => {
    using parsed = valid(context, orchard(`${field("north")}${tree(1, `<height>1</height>${tags}`)}`));
    return parsed.print({ withDefaults: "trim" });
  };
  const shown = (tags: string): string => printed(`${field("north")}${tree(1, `<height>1.0</height>${tags}`)}`);
  expect(trimmed("<tag>local</tag><tag>fresh</tag>")).toBe(shown(""));
  expect(trimmed("<tag>local</tag>")).toBe(shown("<tag>local</tag>"));
  const more = "<tag>fresh</tag><tag>local</tag><tag>old</tag>";
  expect(trimmed(more)).toBe(shown(more));
  const other = "<tag>local</tag><tag>old</tag>";
  expect(trimmed(other)).toBe(shown(other));
});

test("a value tells whether it is the default, whoever set it", () => {
  using parsed = valid(
    context,
    orchard(`${field("north")}${tree(1, "<height>1</height><crop>10</crop><tag>local</tag>")}`),
  );
  const of = (name: string) =>
    parsed.find(`//${name}`).map(({ isDefault, hasDefaultValue }) => [isDefault, hasDefaultValue]);
  expect(of("crop")).toEqual([[false, true]]);
  expect(of("open")).toEqual([[true, true]]);
  expect(of("height")).toEqual([[false, false]]);
  expect(of("tag")).toEqual([[false, false]]);
  expect(of("field[name]")).toEqual([[false, false]]);
});

test("a tag is read in RFC 6243's namespace, whatever other attributes there are, with the values of XML Schema's boolean", () => {
  const crop = (attributes: string) => {
    using parsed = context.parseData(orchard(`${field("north")}${tree(1, `<crop ${attributes}>10</crop>`)}`));
    const [node] = parsed.find("//crop");
    return [node?.isDefault, node?.metadata()];
  };
  const insert = { moduleName: "yang", name: "insert", value: "first" };
  const declared = 'xmlns:d="urn:ietf:params:xml:ns:netconf:default:1.0" xmlns:yang="urn:ietf:params:xml:ns:yang:1"';
  expect(crop(`${declared} d:default="true"`)).toEqual([true, []]);
  expect(crop(`${declared} d:default="1"`)).toEqual([true, []]);
  expect(crop(`${declared} d:default="&#49;"`)).toEqual([true, []]);
  expect(crop(`${declared} yang:insert="first" d:default="true"`)).toEqual([true, [insert]]);
  expect(crop(`${declared} d:default="true" yang:insert="first"`)).toEqual([true, [insert]]);
  const untagged = { moduleName: "ietf-netconf-with-defaults", name: "default", value: "false" };
  expect(crop(`${declared} d:default="0"`)).toEqual([false, [untagged]]);
  expect(() => crop(`${declared} d:default="2"`)).toThrow(/Invalid/);
  expect(() => crop(`${declared} d:other="true"`)).toThrow(/other/);
});
