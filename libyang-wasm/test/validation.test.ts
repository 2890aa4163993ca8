import { describe, expect, test } from "vitest";
import type { Context, YangError, YangErrorItem } from "../src/index.ts";
import { failure, only } from "./failure.ts";
import { field, ORCHARD, orchard, orchardContext, printed, tree } from "./orchard.ts";

const { context } = orchardContext("gate");

const parseFailure = (xml: string): YangError => failure(() => context.parseData(xml));

function validateFailure(xml: string, options?: Parameters<Context["validate"]>[1]): YangError {
  using data = context.parseData(xml);
  return failure(() => context.validate(data, options));
}

const north1 = "/orchard:orchard/tree[field='north'][number='1']";
const H = "<height>4.5</height>";

describe("parsing refuses", () => {
  test.each([
    ["an unknown element", orchard("<goat/>"), "REFERENCE", "/orchard:orchard", undefined],
    ["an unknown namespace", '<x xmlns="urn:none"/>', "REFERENCE", undefined, undefined],
    ["a value of the wrong type", orchard("<open>maybe</open>"), "DATA", "/orchard:orchard", undefined],
    ["a value out of range", orchard(tree(1, "<crop>1001</crop>")), "DATA", north1, undefined],
    ["a value against the pattern", orchard(field("1st")), "DATA", "/orchard:orchard/field", "bad-label"],
    [
      "a list entry without a key",
      orchard("<tree><number>1</number></tree>"),
      "DATA",
      "/orchard:orchard/tree",
      undefined,
    ],
    ["a leaf whose feature is off", orchard(tree(1, "<hose>x</hose>")), "REFERENCE", north1, undefined],
    ["ill-formed XML", "<orchard", "SYNTAX", undefined, undefined],
  ])("%s", (_, xml, validationCode, dataPath, appTag) => {
    const error = parseFailure(xml);
    expect(error.phase).toBe("parse");
    expect(error.code).toBe("EVALID");
    const item = only(error);
    expect(item.validationCode).toMatch(new RegExp(`^${validationCode}`));
    expect(item.dataPath?.startsWith(dataPath ?? "") ?? dataPath === undefined).toBe(true);
    expect(item.appTag).toBe(appTag);
    expect(item.line).toBe(1);
  });

  test("names the line", () => {
    expect(only(parseFailure(`<orchard xmlns="${ORCHARD}">\n\n<goat/></orchard>`)).line).toBe(3);
  });

  test("with the model's own error-message", () => {
    expect(only(parseFailure(orchard(field("1st")))).message).toBe("A label starts with a letter.");
  });

  test("with a message of bounded length", () => {
    expect(only(parseFailure(orchard(field("1".repeat(100_000))))).message.length).toBeLessThanOrEqual(1_000);
  });
});

describe("validation refuses", () => {
  test.each([
    ["must, with the model's tag", tree(1, "<height>13</height>"), `${north1}/height`, "too-tall"],
    ["must, without one", tree(1, `${H}<age>101</age>`), `${north1}/age`, "must-violation"],
    ["mandatory", tree(1), north1, undefined],
    [
      "a leafref without target",
      tree(1, H, "south"),
      "/orchard:orchard/tree[field='south'][number='1']/field",
      "instance-required",
    ],
    ["when", tree(1, `${H}<state-of-life>dead</state-of-life><crop>1</crop>`), `${north1}/crop`, undefined],
    [
      "unique",
      `${tree(1, `<nickname>a</nickname>${H}`)}${tree(2, `<nickname>a</nickname>${H}`)}`,
      "/orchard:orchard/tree[field='north'][number='2']",
      "data-not-unique",
    ],
    [
      "max-elements",
      tree(1, `${H}<picker>a</picker><picker>b</picker><picker>c</picker><picker>d</picker>`),
      `${north1}/picker[.='d']`,
      "too-many-elements",
    ],
    ["min-elements", "<shop><till>1</till><cash/></shop>", "/orchard:orchard/shop/shelf", "too-few-elements"],
    [
      "a mandatory choice",
      "<shop><till>1</till><shelf><id>1</id></shelf></shop>",
      "/orchard:orchard/shop",
      "missing-choice",
    ],
    [
      "two cases of a choice",
      "<shop><till>1</till><shelf><id>1</id></shelf><cash/><card/></shop>",
      undefined,
      undefined,
    ],
    ["a duplicate list entry", `${tree(1, H)}${tree(1, H)}`, north1, undefined],
    ["state data", tree(1, `${H}<observed><fruits>1</fruits></observed>`), `${north1}/observed`, undefined],
  ])("%s", (_, content, dataPath, appTag) => {
    const error = validateFailure(orchard(`${field("north")}${content}`));
    expect(error.phase).toBe("validate");
    const item = error.items[0] as YangErrorItem;
    expect(item.validationCode).toBe("DATA");
    expect([item.dataPath, item.appTag]).toEqual([dataPath, appTag]);
  });

  test("with the model's own error-message", () => {
    const error = validateFailure(orchard(`${field("north")}${tree(1, "<height>13</height>")}`));
    expect(error.message).toBe("No tree here is that tall.");
  });

  const twoFaults = orchard(`${field("north")}${tree(1)}${tree(2, "<height>13</height>")}`);

  test("all errors, unless told", () => {
    expect(
      validateFailure(twoFaults)
        .items.map((item) => item.dataPath)
        .sort((a = "", b = "") => a.localeCompare(b)),
    ).toEqual([north1, "/orchard:orchard/tree[field='north'][number='2']/height"]);
    expect(validateFailure(twoFaults, { allErrors: false }).items).toHaveLength(1);
  });

  test("a fault seen twice, once for each call: errors do not pile up", () => {
    using data = context.parseData(orchard(tree(1, H)));
    expect(failure(() => context.validate(data)).items).toHaveLength(1);
    expect(failure(() => context.validate(data)).items).toHaveLength(1);
  });

  test("many errors at once without harm: list without key is refused before", () => {
    const xml = orchard(`<tree><number>1</number></tree>${tree(2, H, "south")}`);
    expect(parseFailure(xml).phase).toBe("parse");
  });
});

describe("validation accepts", () => {
  test("data that holds, and adds defaults", () => {
    using data = context.parseData(orchard(`${field("north")}${tree(1, H)}`));
    context.validate(data);
    expect(data.print()).toBe(printed(`${field("north")}${tree(1, H)}`));
    expect(data.findPath(`${north1}/crop`)?.value).toBe("10");
    expect(data.findPath(`${north1}/crop`)?.isDefault).toBe(true);
  });

  test("state data when asked", () => {
    using data = context.parseData(
      orchard(`${field("north")}${tree(1, `${H}<observed><fruits>1</fruits></observed>`)}`),
    );
    context.validate(data, { noState: false });
    expect(data.isEmpty).toBe(false);
  });

  test("an empty tree, whatever the context's modules demand", () => {
    using data = context.emptyTree();
    context.validate(data);
    expect(data.isEmpty).toBe(true);
  });
});

describe("modules without data", () => {
  const gate = context.module("gate");
  if (gate === undefined) throw new Error("no gate");

  test("are demanded when named: their mandatory top-level nodes", () => {
    using data = context.parseData(orchard(field("north")));
    context.validate(data);
    const error = failure(() => context.validate(data, { modules: [gate] }));
    expect(only(error).message).toContain('"code"');
  });

  test("are demanded of an empty tree, too", () => {
    using data = context.emptyTree();
    expect(failure(() => context.validate(data, { modules: [gate] })).items).toHaveLength(1);
  });

  test("are reported with the faults of present ones", () => {
    expect(validateFailure(orchard(tree(1, H)), { modules: [gate] }).items).toHaveLength(2);
  });

  test("get their defaults", () => {
    using data = context.parseData('<code xmlns="urn:example:gate">1</code>');
    context.validate(data, { modules: [gate] });
    expect(data.findPath("/gate:colour")?.value).toBe("green");
  });
});

describe("changes made by validation", () => {
  test("are returned as a diff when asked", () => {
    using data = context.parseData(orchard(field("north")));
    using changes = context.validate(data, { collectChanges: true });
    expect(changes?.findPath("/orchard:orchard/open")?.metadata()).toContainEqual({
      moduleName: "yang",
      name: "operation",
      value: "create",
    });
  });

  test("are none for a tree already valid", () => {
    using data = context.parseData(orchard(field("north")));
    context.validate(data);
    using changes = context.validate(data, { collectChanges: true });
    expect(changes?.isEmpty).toBe(true);
  });
});
