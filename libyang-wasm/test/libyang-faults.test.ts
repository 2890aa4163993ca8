import { describe, expect, test } from "vitest";
import { Libyang, ValidationPass, YangError } from "../src/index.ts";
import {
  createContext,
  editConfig,
  field,
  NETCONF,
  ORCHARD,
  orchard,
  orchardContext,
  printed,
  rpc,
  tree,
  wasm,
} from "./orchard.ts";

/** Where libyang as released fails an assertion, reads freed memory, or takes more time or memory than it should. */
const { libyang, context } = orchardContext("ietf-netconf");
context.parseModule(`module any { yang-version 1.1; namespace urn:any; prefix a;
  anyxml x; anydata d; container k { list s { config false; leaf v { type string; } } } }`);

const keepOpaque = { unknown: "keep-opaque" } as const;
const refused = (work: () => unknown, complaint: RegExp): void => {
  expect(work).toThrow(complaint);
  expect(work).toThrow(YangError);
  expect(libyang.isDead).toBe(false);
};

describe("mixed content", () => {
  test.each([
    ["text, then an element, in anyxml", '<x xmlns="urn:any">text<a/></x>'],
    ["an element, then text, in anyxml", '<x xmlns="urn:any"><a/>text</x>'],
    ["in anydata", '<d xmlns="urn:any">text<a/></d>'],
    ["in an unknown element", '<d xmlns="urn:any"><a xmlns="urn:x">text<b/></a></d>'],
    ["in a container", orchard(`text${field("north")}`)],
    ["in a leaf", orchard("<open>true<x/></open>")],
  ])("is refused: %s", (_, xml) => {
    refused(() => context.parseData(xml), /mixed|text|unexpected|child/i);
  });

  test("in an edit-config is refused too", () => {
    refused(
      () => context.parseRpc(rpc("<edit-config><target><running/></target><config>x<a/></config></edit-config>")),
      /mixed/i,
    );
  });
});

test("several errors in one document: read first, then validated, never both in one call", () => {
  // An entry without its key, and a reference: validation within parsing follows a pointer to the freed entry.
  const xml = orchard(`<tree><number>1</number><height>13</height></tree>${tree(2)}<best>Ada</best>`);
  refused(() => context.parseData(xml), /key/);
  using kept = context.parseData(orchard(`${tree(2, "<height>13</height>")}${tree(3)}<best>Ada</best>`));
  const errors = (() => {
    try {
      context.validate(kept);
      return [];
    } catch (error) {
      return (error as YangError).items.map(({ message }) => message);
    }
  })();
  expect(errors.length).toBeGreaterThanOrEqual(4);
});

describe("a key given twice", () => {
  const shelves = orchard("<shop><shelf><id>1</id><id>1</id></shelf><shelf><id>2</id></shelf></shop>");

  test.each(["reject", "keep-opaque", "drop"] as const)(
    "is refused (%s): the entries cannot be put in order",
    (unknown) => {
      refused(() => context.parseData(shelves, { unknown }), /Duplicate instance of "id"/);
      refused(() => context.parseData(orchard(tree(1, "<number>1</number>") + tree(2)), { unknown }), /number/);
    },
  );

  test("is refused in an edit-config, in JSON, and if it is not the last key", () => {
    refused(() => context.parseRpc(editConfig(shelves)), /Duplicate instance of "id"/);
    const json = '{"orchard:orchard":{"ladder":[{"id":1,"id":1},{"id":2}]}}';
    refused(() => context.parseData(json, { format: "json" }), /Duplicate instance of "id"/);
    refused(() => context.parseData(orchard(tree(1, "<field>north</field>"))), /field/);
  });
});

describe("depth", () => {
  test("JSON has a limit that fits on the stack", () => {
    const nested = (depth: number): string => `{"any:d":${'{"g:x":'.repeat(depth)}1${"}".repeat(depth)}}`;
    using deep = context.parseData(nested(300), { format: "json" });
    expect(deep.print({ format: "json" }).length).toBeGreaterThan(300);
    refused(() => context.parseData(nested(1_000), { format: "json" }), /nestings/);
    refused(() => context.parseData("[".repeat(100_000), { format: "json" }), /./);
  });

  test("XML has one of 500 elements; all that can be parsed can be used", () => {
    const nested = (depth: number): string => `<d xmlns="urn:any">${"<x>".repeat(depth)}${"</x>".repeat(depth)}</d>`;
    using deep = context.parseData(nested(498));
    using copy = deep.duplicate();
    expect(copy.print()).toBe(deep.print());
    expect(copy.print({ format: "json" }).length).toBeGreaterThan(1_000);
    expect(deep.find("//*").length).toBe(1);
    refused(() => context.parseData(nested(501)), /open elements/);
  });
});

describe("work that grows with the square of the input is bounded", () => {
  const unknown = (count: number, make: (index: number) => string): string =>
    `<d xmlns="urn:any">${Array.from({ length: count }, (_, index) => make(index)).join("")}</d>`;
  const attributes = (count: number, make: (index: number) => string): string =>
    `<d xmlns="urn:any"><g ${Array.from({ length: count }, (_, index) => make(index)).join(" ")}/></d>`;

  test.each([
    ["unknown siblings", unknown(1_000, (index) => `<x${index}>1</x${index}>`)],
    ["unknown siblings of one name", unknown(20_000, () => "<x>1</x>")],
    ["attributes", attributes(1_000, (index) => `a${index}="1"`)],
    ["namespaces", attributes(500, (index) => `xmlns:p${index}="urn:${index}"`)],
    ["entries", orchard(Array.from({ length: 20_000 }, (_, index) => tree(index)).join(""))],
  ])("without harm to what may occur: %s", (_, xml) => {
    using data = context.parseData(xml);
    expect(data.isEmpty).toBe(false);
  });

  test.each([
    ["unknown siblings", unknown(100_000, (index) => `<x${index}>1</x${index}>`)],
    [
      "unknown siblings and data",
      orchard(Array.from({ length: 20_000 }, (_, i) => `<x${i}/>${field(`f${i}`)}`).join("")),
    ],
    ["attributes", attributes(50_000, (index) => `a${index}="1"`)],
    ["namespaces", attributes(50_000, (index) => `xmlns:p${index}="urn:${index}"`)],
  ])("%s", (_, xml) => {
    const started = performance.now();
    expect(() => context.parseData(xml, keepOpaque)).toThrow(
      expect.objectContaining({ name: "YangError", code: "ELIMIT", phase: "parse" }),
    );
    // Without the bound these take from ten seconds to minutes.
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(libyang.isDead).toBe(false);
  });

  test("in an rpc too", () => {
    const config = unknown(100_000, (index) => `<x${index}/>`);
    const xml = rpc(`<edit-config><target><running/></target><config>${config}</config></edit-config>`);
    expect(() => context.parseRpc(xml)).toThrow(expect.objectContaining({ code: "ELIMIT" }));
  });
});

test("a pattern that takes memory for each character has a limit of 64 MiB", () => {
  const mine = Libyang.instantiate(wasm);
  const patterns = createContext(mine);
  patterns.parseModule("module p { namespace urn:p; prefix p; leaf s { type string { pattern '(a|b)*'; } } }");
  const parse = (length: number) => patterns.parseData(`<s xmlns="urn:p">${"ab".repeat(length / 2)}</s>`).dispose();
  parse(100_000);
  expect(() => parse(5_000_000)).toThrow(/heap limit/);
  expect(mine.memoryBytes).toBeLessThan(256 * 2 ** 20);
  patterns.dispose();
});

describe("opaque nodes", () => {
  const opaque = () => context.parseData('<a xmlns="urn:x"/>', keepOpaque);

  test("are not merged, and not in a diff: libyang takes others for their like", () => {
    using one = opaque();
    using other = context.parseData('<b xmlns="urn:x"/>', keepOpaque);
    using data = context.parseData(orchard(""));
    expect(() => one.merge(other)).toThrow(TypeError);
    expect(() => data.merge(other, { consume: true })).toThrow(TypeError);
    expect(other.isEmpty).toBe(false);
    expect(() => data.diff(other)).toThrow(TypeError);
    expect(() => data.applyDiff(other)).toThrow(TypeError);
    expect(() => other.reverseDiff()).toThrow(TypeError);
  });

  test("are not inserted among data, nor data among them", () => {
    using data = context.parseData(orchard("<ladder><id>1</id></ladder><goat/><goat/>"), keepOpaque);
    const [top] = data.roots();
    const [ladder, goat, kid] = top?.children() ?? [];
    if (ladder === undefined || goat === undefined || kid === undefined) throw new Error("missing");
    using copyOfLadder = ladder.duplicate();
    using copyOfGoat = goat.duplicate();
    for (const insert of [
      () => ladder.insertBefore(copyOfGoat),
      () => ladder.insertAfter(copyOfGoat),
      () => goat.insertAfter(copyOfLadder),
      () => goat.insertChild(copyOfLadder),
    ]) {
      expect(insert).toThrow(TypeError);
    }
    kid.insertBefore(copyOfGoat);
    expect(top?.children().map(({ name }) => name)).toEqual(["ladder", "goat", "goat", "goat"]);
  });

  test("have no rules to be validated by", () => {
    using data = opaque();
    const [node] = data.roots();
    using pass = new ValidationPass(data);
    expect(() => node && pass.completeSubtree(node)).toThrow(TypeError);
    expect(() => node && pass.completeNode(node)).toThrow(TypeError);
    expect(() => node && pass.checkSubtree(node)).toThrow(TypeError);
  });

  test("of one name, some empty and some not, are one array in JSON", () => {
    using data = context.parseData(`<d xmlns="urn:any"><g/><g>1</g><g a="2">x</g><g><h/></g></d>`, keepOpaque);
    expect(JSON.parse(data.print({ format: "json" }))).toMatchObject({
      "any:d": { g: [{}, 1, "x", { h: [null] }] },
    });
  });
});

test("what only looks like a number or a boolean is text in JSON", () => {
  const values = ["tru", "fals", "007", "+5", "true", "false", "0", "-17"];
  const xml = values.map((value, index) => `<v${index} xmlns="urn:x">${value}</v${index}>`).join("");
  using data = context.parseData(`<d xmlns="urn:any">${xml}</d>`);
  const parsed = JSON.parse(data.print({ format: "json" })) as { "any:d": Record<string, unknown> };
  expect(Object.values(parsed["any:d"])).toEqual(["tru", "fals", "007", "+5", true, false, 0, -17]);
});

test("a list inside anydata inside the same list is an array of its own in JSON", () => {
  const mine = createContext();
  mine.parseModule(`module n { yang-version 1.1; namespace urn:n; prefix n;
    container c { list l { key k; leaf k { type int8; } anydata d; } } }`);
  using data = mine.parseData(`<c xmlns="urn:n"><l><k>1</k><d><c><l><k>2</k></l></c></d></l><l><k>3</k></l></c>`);
  const inner = { c: { l: [{ k: 2 }] } };
  expect(JSON.parse(data.print({ format: "json" }))).toEqual({ "n:c": { l: [{ k: 1, d: inner }, { k: 3 }] } });
});

test.each(["[o:id='1' or 1]", "[o:id='1'", "[o:id=", "[o:id='1'][", "[", "[o:id='1']x", "[1]"])(
  "a key attribute that is none is refused: %s",
  (key) => {
    const { libyang, context } = orchardContext();
    const ladder = `<ladder xmlns:o="${ORCHARD}" yang:insert="after" yang:key="${key}"><id>2</id></ladder>`;
    expect(() => context.parseData(orchard(ladder))).toThrow(
      expect.objectContaining({ name: "YangError", message: expect.stringContaining("instance-identifier-keys") }),
    );
    expect(libyang.isDead).toBe(false);
  },
);

test("a node is not inserted into itself", () => {
  using data = context.parseData('<a xmlns="urn:x"><b/></a>', keepOpaque);
  const [node] = data.roots();
  using detached = node?.unlink();
  const inner = detached?.node.firstChild;
  expect(() => detached?.node.insertChild(detached)).toThrow(/into itself/);
  expect(() => detached && inner?.insertAfter(detached)).toThrow(/into itself/);
  using any = context.parseData(`<d xmlns="urn:any"><a xmlns="urn:x"/></d>`);
  using cut = any.first()?.unlink();
  expect(() => cut?.node.anyChildren()[0]?.insertChild(cut)).toThrow();
});

test("half-read anydata leaves nothing behind", () => {
  const before = libyang.liveAllocations;
  refused(() => context.parseData('<d xmlns="urn:any"><a xmlns="urn:x"/><b xmlns="urn:x"/><c xmlns="urn:x">'), /./);
  refused(() => context.parseData('{"any:x":{"g:a":1,"g:b":[1,2],"g:c":}}', { format: "json" }), /./);
  expect(libyang.liveAllocations).toBe(before);
});

describe("characters", () => {
  test("a byte order mark before the document is refused, in the text it is text", () => {
    refused(() => context.parseData(`\uFEFF${printed(field("north"))}`), /./);
    using data = context.parseData(orchard(tree(1, "<nickname>\uFEFF</nickname>")));
    expect(data.print()).toBe(printed(tree(1, "<nickname>\uFEFF</nickname>")));
  });

  test("NUL is refused wherever a text goes in", () => {
    using data = context.parseData(orchard(field("north")));
    const [top] = data.roots();
    for (const use of [
      () => context.parseData("<a>\0</a>"),
      () => context.parseRpc(`<rpc xmlns="${NETCONF}">\0</rpc>`),
      () => context.parseModule("module x {\0}"),
      () => context.loadModule("x\0"),
      () => context.findSchema("/x\0"),
      () => context.yangLibrary("\0"),
      () => data.find("\0"),
      () => data.test("\0"),
      () => data.findPath("\0"),
      () => data.setPath("/orchard:orchard/open", "\0"),
      () => data.setPath("\0"),
      () => top?.changeValue("\0"),
      () => top?.addMetadata("yang", "insert", "\0"),
    ]) {
      expect(use).toThrow(RangeError);
    }
  });

  test("a percent sign is not a directive", () => {
    using library = createContext().yangLibrary("100%s%n%");
    expect(library.findPath("/ietf-yang-library:yang-library/content-id")?.value).toBe("100%s%n%");
    expect(() => context.parseData(orchard("<open>%s%n%*d</open>"))).toThrow(/%s%n%\*d/);
    using data = context.parseData(orchard(tree(1, `<nickname>%s%n</nickname>`)));
    expect(data.print()).toContain("<nickname>%s%n</nickname>");
  });

  test("a message repeats at most 1,000 octets of the input", () => {
    const value = "x".repeat(1_000_000);
    try {
      context.parseData(`<orchard xmlns="${ORCHARD}"><open>${value}</open></orchard>`);
      expect.unreachable();
    } catch (error) {
      expect((error as YangError).items[0]?.message.length).toBe(1_000);
    }
  });
});

test("metadata that refers to something, on data that goes for its when", () => {
  const mine = createContext();
  mine.parseModule(`module noted { yang-version 1.1; namespace "urn:noted"; prefix n; import ietf-yang-metadata { prefix md; }
    md:annotation source { type instance-identifier; }
    leaf on { type string; } leaf other { type string; }
    container c { when "/n:on"; leaf-list l { type string; } } }`);
  const declared = 'xmlns="urn:noted" xmlns:n="urn:noted"';
  const entries = Array.from({ length: 50 }, (_, index) => `<l n:source="/n:other">${index}</l>`).join("");
  using data = mine.parseData(`<on ${declared}/><other ${declared} n:source="/n:on"/><c ${declared}>${entries}</c>`);
  mine.validate(data);
  data.findPath("/noted:on")?.remove();
  refused(() => mine.validate(data), /required instance not found/);
  data.findPath("/noted:other")?.removeMetadata("noted", "source");
  mine.validate(data);
  expect(data.print()).toBe('<other xmlns="urn:noted"/>');
});
