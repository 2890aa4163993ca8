import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  type DataNode,
  type DataTree,
  Libyang,
  StaleHandleError,
  type WithDefaults,
  type XmlWriter,
} from "../src/index.ts";
import { field, importModule, orchard, orchardContext, tree, wasm } from "./orchard.ts";

const { context, libyang } = orchardContext("meadow", "ietf-netconf-with-defaults");
const MODES: readonly WithDefaults[] = ["explicit", "trim", "report-all", "report-all-tagged"];

const MEADOW = "urn:example:meadow";
const meadow = (content: string): string => `<meadow xmlns="${MEADOW}">${content}</meadow>`;

/** One of everything that printing knows. */
const SAMPLE =
  orchard(
    `${field("north")}${tree(1, "<height>1</height><crop>10</crop><tag>fresh</tag>")}` +
      tree(
        2,
        '<height>2</height><fruit xmlns:m="urn:example:meadow">m:plum</fruit><nickname>a &lt; b &amp; "c" ]]&gt;]]&gt;</nickname>',
      ) +
      `<ladder><id>2</id></ladder><ladder><id>1</id><length>7</length></ladder>` +
      `<notes><any xmlns="urn:any" xmlns:p="urn:p" p:a="1&quot;&lt;"><p:b>p:c</p:b><b/></any><plain xmlns=""/></notes>` +
      `<favourite xmlns="${MEADOW}" xmlns:m="${MEADOW}">m:plum</favourite><pond xmlns="${MEADOW}"><depth>2</depth></pond>`,
  ) +
  meadow(
    '<area>5</area><flock xmlns:m="urn:example:meadow" xmlns:o="urn:example:orchard" m:note="a &amp; b" m:kind="m:plum"><name>x</name>' +
      '<colour m:kind="o:pear" m:note="&quot;">black</colour><sheep><id>2</id></sheep><sheep><id>1</id></sheep></flock>' +
      "<flock><name>y</name></flock><hedge><id>b</id></hedge><hedge><id>a</id></hedge><poem><line>O</line><b/></poem>",
  );

function parsed(xml: string): DataTree {
  const data = context.parseData(xml, { unknown: "keep-opaque" });
  context.addDefaults(data);
  return data;
}

const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
const text = (pieces: readonly Uint8Array[]): string => decoder.decode(Buffer.concat(pieces));

/** All of a tree in pieces of about `maxBytes`. */
function inPieces(data: DataTree, maxBytes: number, withDefaults: WithDefaults = "explicit", state?: DataNode): string {
  using writer = context.xmlWriter({ withDefaults });
  const first = data.first();
  if (first === undefined) return "";
  const pieces: Uint8Array[] = [];
  let isComplete = writer.write(first, { siblings: true, maxBytes, state });
  for (; !isComplete; isComplete = writer.resume(maxBytes)) {
    expect(writer.size).toBeGreaterThanOrEqual(maxBytes);
    pieces.push(writer.take());
  }
  pieces.push(writer.take());
  return text(pieces);
}

/** A node written the other way: opened, its children written one by one, closed. */
function byHand(writer: XmlWriter, node: DataNode): void {
  if (node.kind !== "container" && node.kind !== "list") {
    writer.write(node);
    return;
  }
  writer.open(node);
  if (!node.isDefault) writer.begin();
  for (const child of node.children()) byHand(writer, child);
  writer.close();
}

describe("what is written in pieces is what print gives", () => {
  const data = parsed(SAMPLE);

  test.each(MODES)("with-defaults %s, in pieces of any size", (withDefaults) => {
    const whole = data.print({ withDefaults });
    expect(whole).toContain("<poem>");
    for (const maxBytes of [1, 7, 64, 300, 100_000]) expect(inPieces(data, maxBytes, withDefaults)).toBe(whole);
  });

  test.each(MODES)("with-defaults %s, element by element", (withDefaults) => {
    using writer = context.xmlWriter({ withDefaults });
    for (const node of data.roots()) byHand(writer, node);
    expect(text([writer.take()])).toBe(data.print({ withDefaults }));
  });

  test("one node alone, and nothing of it twice", () => {
    using writer = context.xmlWriter();
    const second = data.findPath("/orchard:orchard/tree[field='north'][number='2']") as DataNode;
    expect(writer.write(second)).toBe(true);
    expect(text([writer.take()])).toBe(second.print());
    expect([writer.size, writer.take().length]).toEqual([0, 0]);
  });

  test("text never holds the end-of-message mark of RFC 6242 section 4.3", () => {
    const mark = "]]>]]>";
    using tricky = context.parseData("<code xmlns='urn:none'/>", { unknown: "drop" });
    tricky.setPath("/meadow:meadow/flock[name='x']/colour", `${mark}&lt;`);
    tricky.findPath("/meadow:meadow/flock[name='x']")?.addMetadata("meadow", "note", `"${mark}`);
    using opaque = parsed(
      meadow(`<poem><a b="${mark}"><![CDATA[${mark.slice(0, 2)}]]>&gt;${mark.replaceAll(">", "&gt;")}</a></poem>`),
    );
    for (const each of [tricky, opaque]) {
      const whole = inPieces(each, 1);
      expect(whole).toContain("]]&gt;]]&gt;");
      expect(whole).not.toContain(mark);
      expect(whole).toBe(each.print());
    }
  });
});

describe("an open element", () => {
  const entry = "/meadow:meadow/flock[name='x']";

  test("leaves no trace when nothing is written in it", () => {
    using data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    writer.open(data.findPath("/meadow:meadow") as DataNode);
    writer.open(data.findPath(entry) as DataNode);
    writer.close();
    writer.close();
    expect(writer.size).toBe(0);
  });

  test("appears with its parents, and the keys of list entries, once something is", () => {
    using data = parsed(SAMPLE);
    for (const root of data.roots()) root.stripMetadata();
    using writer = context.xmlWriter();
    writer.open(data.findPath("/meadow:meadow") as DataNode);
    writer.open(data.findPath(entry) as DataNode);
    writer.write(data.findPath(`${entry}/name`) as DataNode);
    writer.write(data.findPath(`${entry}/sheep[id='2']`) as DataNode);
    writer.close();
    writer.open(data.findPath("/meadow:meadow/flock[name='y']") as DataNode);
    writer.begin();
    writer.close();
    writer.close();
    expect(text([writer.take()])).toBe(
      meadow("<flock><name>x</name><sheep><id>2</id></sheep></flock><flock><name>y</name></flock>"),
    );
  });

  test.each([
    ["are of defaults", meadow("")],
    ["hold something else", orchard('<open>false</open><pond xmlns="urn:example:meadow"><depth>9</depth></pond>')],
  ])("that means nothing when empty stays out when it is only begun, though its instances %s", (_, xml) => {
    using data = context.parseData(xml);
    context.addDefaults(data);
    using writer = context.xmlWriter();
    writer.open(data.findPath("/orchard:orchard") as DataNode);
    writer.open(data.findPath("/orchard:orchard/meadow:pond") as DataNode);
    writer.begin();
    writer.write(data.findPath("/orchard:orchard/meadow:pond/bank/side") as DataNode);
    writer.close();
    writer.close();
    expect(text([writer.take()])).toBe("");
  });

  test("must be a container or list entry, and closed no more often than opened", () => {
    using data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    expect(() => writer.open(data.findPath("/meadow:meadow/area") as DataNode)).toThrow(TypeError);
    expect(() => writer.close()).toThrow("no element is open");
  });
});

describe("a write that has paused", () => {
  test("is resumed before anything else is written", () => {
    using data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    const first = data.first() as DataNode;
    expect(writer.write(first, { siblings: true, maxBytes: 10 })).toBe(false);
    expect(writer.isPaused).toBe(true);
    for (const call of [
      () => writer.open(first),
      () => writer.write(first),
      () => writer.begin(),
      () => writer.close(),
    ])
      expect(call).toThrow("paused");
    expect(writer.resume()).toBe(true);
    expect(text([writer.take()])).toBe(data.print());
  });

  test.each(["the node it paused at", "an ancestor of it", "the whole tree"])("ends when %s is gone", (what) => {
    const data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    writer.write(data.first() as DataNode, { siblings: true, maxBytes: 1 });
    while (!decoder.decode(writer.take()).includes("<ladder")) writer.resume(1);
    const { size } = writer;
    if (what === "the whole tree") data.dispose();
    else if (what === "an ancestor of it") data.findPath("/orchard:orchard")?.remove();
    else for (const ladder of data.find("/orchard:orchard/ladder")) ladder.remove();
    expect(() => writer.resume()).toThrow(StaleHandleError);
    expect(writer.size).toBe(size);
    data.dispose();
  });

  test("does not mind what happens elsewhere", () => {
    using data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    writer.write(data.first() as DataNode, { siblings: true, maxBytes: 1 });
    data.setPath("/meadow:meadow/flock[name='z']");
    data.findPath("/orchard:orchard/tree[field='north'][number='1']")?.remove();
    expect(writer.resume()).toBe(true);
    expect(text([writer.take()])).toBe(data.print());
  });
});

test.each(["unlinked", "removed"])("an open element that is %s is not touched again", (how) => {
  for (const call of ["write", "begin", "close"] as const) {
    using data = parsed(SAMPLE);
    using writer = context.xmlWriter();
    const node = data.findPath("/meadow:meadow") as DataNode;
    const other = data.findPath("/orchard:orchard") as DataNode;
    writer.open(node);
    if (how === "removed") node.remove();
    else node.unlink().dispose();
    expect(() => (call === "write" ? writer.write(other) : writer[call]())).toThrow(StaleHandleError);
  }
});

test("a disposed writer, or one of a disposed context, is stale", () => {
  const mine = orchardContext();
  const writers = [mine.context.xmlWriter(), mine.context.xmlWriter()] as const;
  const data = mine.context.parseData(orchard(field("north")));
  writers[0].dispose();
  writers[0].dispose();
  expect(() => writers[0].size).toThrow(StaleHandleError);
  writers[1].open(data.first() as DataNode);
  writers[1].begin();
  mine.context.dispose();
  expect(() => writers[1].close()).toThrow(StaleHandleError);
  writers[1].dispose();
});

test("nodes of another context are refused", () => {
  const mine = orchardContext();
  using data = mine.context.parseData(orchard(field("north")));
  using writer = context.xmlWriter();
  expect(() => writer.write(data.first() as DataNode)).toThrow("different contexts");
});

test("a writer leaves nothing behind, whatever was open", () => {
  using data = parsed(SAMPLE);
  const nodes = data.find("/meadow:meadow | /meadow:meadow/flock");
  data.print();
  const before = libyang.liveAllocations;
  for (let round = 0; round < 3; round++) {
    using writer = context.xmlWriter({ withDefaults: "report-all-tagged" });
    for (const node of nodes) writer.open(node);
    writer.write(data.first() as DataNode, { siblings: true, maxBytes: 200 });
  }
  expect(libyang.liveAllocations).toBe(before);
});

test("out of memory is an error, not output with holes", () => {
  const small = Libyang.instantiate(wasm, { importModule, maxMemoryBytes: 48 * 1024 * 1024 });
  using mine = small.createContext();
  mine.loadModule("orchard");
  using data = mine.parseData(orchard(`<best>${"x".repeat(1_000_000)}</best>`));
  using writer = mine.xmlWriter();
  const failure = (): unknown => {
    try {
      for (;;) writer.write(data.first() as DataNode);
    } catch (error) {
      return error;
    }
  };
  expect(failure()).toMatchObject({ name: "YangError", code: "EMEM" });
  expect(writer.size % data.print().length).toBeGreaterThan(0);
  expect(failure()).toMatchObject({ code: "EMEM" });
});

/** What a merge of the state would show: entries that the configuration does not hold are left out. */
function merged(data: DataTree, state: DataTree): string {
  using both = data.duplicate();
  using known = state.duplicate();
  const dropOrphans = (node: DataNode, counterpart: DataNode | undefined): void => {
    if (!node.isConfig) return;
    if (counterpart === undefined) return node.remove();
    for (const child of node.children())
      if (child.kind === "list" || child.kind === "container") dropOrphans(child, counterpart.findChild(child));
  };
  for (const root of known.roots()) dropOrphans(root, both.findTop(root));
  both.merge(known);
  return both.print();
}

describe("state is shown where a merge would put it", () => {
  const STATE =
    orchard(
      `<tree><field>north</field><number>2</number><observed><fruits>3</fruits></observed></tree>` +
        `<tree><field>north</field><number>99</number><observed><fruits>4</fruits></observed></tree>` +
        `<pond xmlns="${MEADOW}"><fish>12</fish><level>3</level></pond>`,
    ) +
    meadow(
      "<cows>8</cows><flock><name>y</name><health><well>3</well><ailment>b</ailment><ailment>a</ailment></health></flock>" +
        "<flock><name>x</name><sheep><id>2</id><wool>4</wool></sheep><sheep><id>7</id><wool>4</wool></sheep></flock>",
    ) +
    `<weather xmlns="${MEADOW}"><sky>grey</sky><day><rain>1</rain></day><day><rain>1</rain></day></weather>`;

  test("below entries that both trees have, and only there", () => {
    using data = parsed(SAMPLE);
    using state = context.parseData(STATE);
    const whole = merged(data, state);
    expect(whole).toContain("<cows>8</cows><flock");
    expect(whole).not.toContain("99");
    for (const maxBytes of [1, 50, 100_000]) expect(inPieces(data, maxBytes, "explicit", state.first())).toBe(whole);
  });

  test("below one entry alone", () => {
    using data = parsed(SAMPLE);
    using state = context.parseData(STATE);
    using writer = context.xmlWriter();
    const path = "/meadow:meadow/flock[name='y']";
    writer.write(data.findPath(path) as DataNode, { state: state.findPath(path) });
    expect(text([writer.take()])).toBe(
      `<flock xmlns="${MEADOW}"><name>y</name>` +
        "<health><well>3</well><ailment>b</ailment><ailment>a</ailment></health></flock>",
    );
  });

  test("and gone state is stale, not read", () => {
    using data = parsed(SAMPLE);
    const state = context.parseData(STATE);
    using writer = context.xmlWriter();
    writer.write(data.first() as DataNode, { siblings: true, maxBytes: 1, state: state.first() });
    state.dispose();
    expect(() => writer.resume()).toThrow(StaleHandleError);
  });

  const name = fc.constantFrom("a", "b", "c", "d");
  const number = fc.integer({ min: 1, max: 4 });
  const unique = <T>(arbitrary: fc.Arbitrary<T>, key: (item: T) => string | number) =>
    fc.uniqueArray(arbitrary, { selector: key, maxLength: 4 });
  const sheep = unique(fc.record({ id: number, leaf: fc.boolean() }), ({ id }) => id);
  const flocks = unique(fc.record({ name, leaf: fc.boolean(), sheep }), (flock) => flock.name);
  const optional = (isThere: boolean, xml: string): string => (isThere ? xml : "");
  const entries = (all: typeof flocks extends fc.Arbitrary<infer T> ? T : never, leaf: string, wool: string): string =>
    all
      .map((flock) => {
        const below = flock.sheep.map(({ id, leaf: own }) => `<sheep><id>${id}</id>${optional(own, wool)}</sheep>`);
        return `<flock><name>${flock.name}</name>${optional(flock.leaf, leaf)}${below.join("")}</flock>`;
      })
      .join("");
  const side = fc.record({ first: fc.boolean(), pond: fc.boolean(), weather: fc.boolean(), flocks });

  test("whatever the trees hold", () => {
    fc.assert(
      fc.property(side, side, fc.integer({ min: 1, max: 200 }), fc.boolean(), (here, there, maxBytes, isEmpty) => {
        const config =
          meadow(
            optional(here.first, "<area>5</area>") + entries(here.flocks, "<colour>red</colour>", "<weight>9</weight>"),
          ) + optional(here.pond, orchard(`<pond xmlns="${MEADOW}"><depth>3</depth></pond>`));
        using data = isEmpty ? context.parseData(config) : parsed(config);
        using state = context.parseData(
          meadow(
            optional(there.first, "<cows>5</cows>") +
              entries(there.flocks, "<health><well>1</well></health>", "<wool>2</wool>"),
          ) +
            optional(there.pond, orchard(`<pond xmlns="${MEADOW}"><fish>3</fish></pond>`)) +
            optional(there.weather, `<weather xmlns="${MEADOW}"><sky>blue</sky></weather>`),
        );
        expect(inPieces(data, maxBytes, "explicit", state.first())).toBe(merged(data, state));
      }),
      { numRuns: 300 },
    );
  });
});
