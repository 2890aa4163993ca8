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

test("report-all-tagged marks defaults in RFC 6243's namespace (RFC 6243 3.4, 4.5.2)", () => {
  const shown = data.print({ withDefaults: "report-all-tagged" });
  expect(shown).toContain(`<open ${DEFAULT}>true</open>`);
  expect(shown).toContain(`<crop ${DEFAULT}>10</crop>`);
  expect(shown).toContain("<height>1.0</height>");
});
