import { describe, expect, test } from "vitest";
import { Context } from "../src/context.ts";
import { Engine } from "../src/engine.ts";
import { type DataNode, YangError } from "../src/index.ts";
import { failure } from "./failure.ts";
import {
  createContext,
  editConfig,
  field,
  importModule,
  NETCONF,
  ORCHARD,
  orchard,
  orchardContext,
  rpc,
  tree,
  valid,
  wasm,
} from "./orchard.ts";

/** What libyang does that one would not expect: what the package makes of it, or what its caller has to know. */
const { libyang, context } = orchardContext("ietf-netconf");
const H = "<height>1</height>";

describe("the platform", () => {
  test("addresses above 2 GiB, which arrive negative, are addresses", () => {
    const engine = new Engine(wasm, importModule, 2 ** 32 - 1);
    const blocks = [engine.call.lyw_alloc(0x7fff_0000), engine.call.lyw_alloc(0x400_0000)];
    expect(Math.max(...blocks)).toBeGreaterThan(0x7fff_0000);
    const far = new Context(engine);
    far.loadModule("orchard", { features: ["bees"] });
    const data = valid(far, orchard(`${field("north")}${tree(1, H)}`));
    data.setPath("/orchard:orchard/tree[field='north'][number='1']/nickname", "Ada");
    expect(data.find("//*[local-name() = 'nickname']").map(({ path }) => path)).toEqual([
      "/orchard:orchard/tree[field='north'][number='1']/nickname",
    ]);
    using copy = data.duplicate();
    copy.first()?.remove();
    using changes = copy.diff(data);
    copy.applyDiff(changes);
    expect(copy.print()).toBe(data.print());
    expect(failure(() => far.parseData(orchard("<x/>"))).items[0]?.message).toContain("x");
    far.dispose();
  });
});

describe("an rpc", () => {
  const operation = (xml: string): DataNode => {
    const parsed = context.parseRpc(xml);
    disposables.push(parsed);
    return parsed.operation;
  };
  const disposables: { dispose(): void }[] = [];
  const dispose = (): void => {
    for (const parsed of disposables.splice(0)) parsed.dispose();
  };
  const configOf = (config: string): DataNode[] =>
    operation(editConfig(config))
      .children()
      .find(({ name }) => name === "config")
      ?.anyChildren() ?? [];

  test("that is refused leaves nothing of its envelope behind", () => {
    const refused = (): unknown => failure(() => context.parseRpc(rpc("<edit-config><port/></edit-config>"))).code;
    refused();
    const { liveAllocations } = libyang;
    for (let count = 0; count < 100; count += 1) refused();
    expect(libyang.liveAllocations).toBe(liveAllocations);
  });

  test("is taken without a message-id, and without mandatory input", () => {
    const anonymous = rpc("<edit-config><target><running/></target></edit-config>").replace(' message-id="101"', "");
    using parsed = context.parseRpc(anonymous);
    expect(parsed.envelope.first()?.attributes()).toEqual([]);
    expect(failure(() => context.validateRpc(parsed)).items[0]?.message).toContain("edit-content");
  });

  test("needs ietf-netconf for NETCONF's own operations", () => {
    const { context: bare } = orchardContext();
    expect(failure(() => bare.parseRpc(rpc("<get/>"))).items[0]?.message).toContain(NETCONF);
  });

  test("has its config in the model's order, and what is opaque after it", () => {
    const [top] = configOf(orchard(`<nothing/><ladder><id>1</id></ladder>${field("north")}<open>false</open>`));
    expect(top?.children().map(({ name }) => name)).toEqual(["open", "field", "ladder", "nothing"]);
    dispose();
  });

  test("loses attributes that no module defines on data, and keeps them on what is opaque", () => {
    const [top] = configOf(orchard('<open color="red">false</open><nothing color="red"/>'));
    const [open, nothing] = top?.children() ?? [];
    expect([open?.metadata(), nothing?.attributes()]).toEqual([[], [{ name: "color", value: "red" }]]);
    dispose();
  });

  test("may have state in its config: validation refuses it", () => {
    const xml = orchard(`${field("north")}${tree(1, `${H}<observed><fruits>1</fruits></observed>`)}`);
    const [top] = configOf(xml);
    expect(top?.findPath("tree[field='north'][number='1']/observed/fruits")?.isConfig).toBe(false);
    using data = context.emptyTree();
    data.insertTopCopy(top as DataNode);
    expect(failure(() => context.validate(data)).items[0]?.dataPath).toContain("observed");
    dispose();
  });

  test("has an XPath filter with module names for prefixes", () => {
    const filter = `<filter type="xpath" xmlns:o="${ORCHARD}" select="/o:orchard/o:field"/>`;
    const select = operation(rpc(`<get>${filter}</get>`))
      .children()
      .find(({ name }) => name === "filter")
      ?.metadata()
      .find(({ name }) => name === "select");
    expect(select?.value).toBe("/orchard:orchard/field");
    dispose();
  });
});

describe("loading a module", () => {
  const needy = `module needy { yang-version 1.1; namespace urn:needy; prefix n;
    feature base; feature more { if-feature "base and not bare"; } feature bare; leaf l { type string; } }`;

  test("with all its features is refused where one of them excludes another", () => {
    const { context: fresh } = orchardContext();
    expect(failure(() => fresh.parseModule(needy, { features: ["*"] })).items.map(({ message }) => message)).toEqual([
      expect.stringContaining('"more"'),
    ]);
    expect(fresh.parseModule(needy, { features: ["base", "more"] }).features).toEqual([
      { name: "base", enabled: true },
      { name: "more", enabled: true },
      { name: "bare", enabled: false },
    ]);
  });

  test("gives no warnings for errors", () => {
    const doubtful = `module doubtful { yang-version 1.1; namespace urn:doubtful; prefix d;
      leaf kind { type enumeration { enum one; } } leaf l { when "../kind = 'two'"; type string; } }`;
    const { context: fresh } = orchardContext();
    const [, last] = fresh.parseModule(doubtful).topLevelSchema();
    expect(last?.whens().map(({ expression }) => expression)).toEqual(["../kind = 'two'"]);
    expect(failure(() => fresh.parseData('<l xmlns="urn:x"/>')).items).toHaveLength(1);
  });
});

describe("values", () => {
  const types = createContext();
  types.parseModule(`module forms { yang-version 1.1; namespace urn:forms; prefix f;
    import ietf-yang-types { prefix yang; } import ietf-inet-types { prefix inet; }
    leaf time { type yang:date-and-time; } leaf net { type inet:ip-prefix; } leaf mac { type yang:mac-address; }
    leaf flags { type bits { bit a; bit b; bit c; } } leaf ratio { type decimal64 { fraction-digits 3; } }
    leaf key { type binary; } leaf word { type string; } }`);
  const value = (leaf: string, text: string): string | undefined => {
    using data = types.parseData(`<${leaf} xmlns="urn:forms">${text}</${leaf}>`);
    return data.first()?.value;
  };

  test.each([
    ["time", "2026-01-01T01:00:00+02:00", "2025-12-31T23:00:00+00:00"],
    ["net", "192.0.2.77/24", "192.0.2.0/24"],
    ["net", "2001:DB8::1/32", "2001:db8::/32"],
    ["flags", " c  a", "a c"],
    ["ratio", "+01.50", "1.5"],
    ["ratio", "-0", "0.0"],
  ])("%s %j is %j: times in UTC on every machine, no host bits", (leaf, text, canonical) => {
    expect(value(leaf, text)).toBe(canonical);
  });

  test("base64 with a line break, and a comment within a value, are refused and not cut", () => {
    expect(() => value("key", "aGVs\nbG8=")).toThrow(YangError);
    expect(() => value("word", "one<!-- two -->three")).toThrow(YangError);
    expect(value("word", "<![CDATA[one<two]]>")).toBe("one<two");
  });

  test.each([
    ["overlong", [0xc0, 0xaf]],
    ["a surrogate", [0xed, 0xa0, 0x80]],
    ["cut short", [0xe2, 0x82]],
    ["above U+10FFFF", [0xf4, 0x90, 0x80, 0x80]],
    ["a byte on its own", [0xff]],
  ])("UTF-8 that is %s is refused", (_, bytes) => {
    const text = new TextEncoder();
    const xml = new Uint8Array([...text.encode('<word xmlns="urn:forms">'), ...bytes, ...text.encode("</word>")]);
    expect(() => types.parseData(xml)).toThrow(YangError);
  });

  test.each(["&#0;", "&#1;", "&#xD800;", "&#x110000;", "&unknown;"])("the reference %s is refused", (reference) => {
    expect(() => value("word", reference)).toThrow(YangError);
  });

  test("what XML would not allow is let through: the reader of the whole message has to see to it", () => {
    using twice = types.parseData('<word xmlns="urn:forms" xmlns="urn:forms">x</word>');
    using encoded = types.parseData('<?xml version="1.0" encoding="UTF-16"?><word xmlns="urn:forms">ü</word>');
    using two = types.parseData('<word xmlns="urn:forms">x</word><ratio xmlns="urn:forms">1</ratio>');
    expect([twice, encoded].map((data) => data.first()?.value)).toEqual(["x", "ü"]);
    expect([...two.roots()]).toHaveLength(2);
  });
});

describe("XPath", () => {
  test("too many parentheses are refused", () => {
    using data = valid(context, orchard(field("north")));
    const deep = (depth: number): string => `${"(".repeat(depth)}1${")".repeat(depth)}`;
    expect(data.test(deep(50))).toBe(true);
    expect(() => data.test(deep(5_000))).toThrow(YangError);
    expect(libyang.isDead).toBe(false);
  });
});

describe("defaults", () => {
  test("report-all shows none of modules without data, whatever is loaded", () => {
    const { context: full } = orchardContext("ietf-netconf", "ietf-netconf-acm", "ietf-system", "ietf-interfaces");
    using data = full.parseData(orchard(field("north")));
    full.validate(data);
    expect([...data.roots()].map(({ name }) => name)).toEqual(["orchard"]);
    expect(data.print({ withDefaults: "report-all" })).toBe(
      `<orchard xmlns="${ORCHARD}"><open>true</open>${field("north")}</orchard>`,
    );
  });
});
