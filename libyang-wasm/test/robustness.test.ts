import { describe, expect, test } from "vitest";
import { type Libyang, LibyangTrap, YangError } from "../src/index.ts";
import { editConfig, field, orchard, orchardContext, start, tree } from "./orchard.ts";

describe("after a trap", () => {
  const abort = (libyang: Libyang): unknown => {
    try {
      return libyang.abortForTest();
    } catch (error) {
      return error;
    }
  };

  test("the cause is kept and the instance is dead", () => {
    const libyang = start();
    const trap = abort(libyang);
    expect(trap).toBeInstanceOf(LibyangTrap);
    expect((trap as LibyangTrap).cause).toBeInstanceOf(Error);
    expect(libyang.isDead).toBe(true);
  });

  test("every call throws, and disposing does not", () => {
    const { libyang, context } = orchardContext();
    const data = context.parseData(orchard(field("north")));
    const node = data.first();
    const detached = node?.firstChild?.unlink();
    abort(libyang);
    expect(() => libyang.createContext()).toThrow(LibyangTrap);
    expect(() => context.parseData(orchard(""))).toThrow(LibyangTrap);
    expect(() => data.print()).toThrow(LibyangTrap);
    expect(() => node?.path).toThrow(LibyangTrap);
    expect(node?.isAlive).toBe(false);
    detached?.dispose();
    data.dispose();
    context.dispose();
  });

  test("other instances of the same module carry on", () => {
    const { context } = orchardContext();
    abort(start());
    using data = context.parseData(orchard(field("north")));
    expect(data.isEmpty).toBe(false);
  });
});

describe("hostile input is refused without harm", () => {
  const { libyang, context } = orchardContext("ietf-netconf");
  test.each([
    ["deep nesting", "<a>".repeat(100_000)],
    ["a document type", '<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'],
    ["invalid UTF-8", new Uint8Array([0x3c, 0xc0, 0x80, 0x3e])],
    ["a long name", `<${"a".repeat(1_000_000)}/>`],
    ["a control character", orchard(field("a\u0001"))],
  ])("%s", (_, input) => {
    expect(() => context.parseData(input)).toThrow(YangError);
    expect(libyang.isDead).toBe(false);
  });
});

describe("nothing leaks", () => {
  const { libyang, context } = orchardContext("ietf-netconf");
  const good = orchard(`${field("north")}${tree(1, "<height>1</height>")}`);
  const refused = (work: () => unknown): void => expect(work).toThrow();
  const cycles: Record<string, () => void> = {
    "parse, validate, print": () => {
      using data = context.parseData(good);
      context.validate(data);
      data.print({ format: "json", withDefaults: "report-all" });
    },
    "parse errors": () => refused(() => context.parseData(orchard("<open>maybe</open><goat/>"))),
    "validation errors": () => {
      using data = context.parseData(orchard(`${tree(1)}${tree(2, "<height>13</height>")}`));
      refused(() => context.validate(data, { collectChanges: true }));
    },
    "rpc with opaque nodes": () => {
      using rpc = context.parseRpc(editConfig(orchard('<goat/><open nc:operation="delete"/>')));
      for (const node of rpc.operation.find("config"))
        for (const top of node.anyChildren()) top.children().map((child) => child.opaqueError());
    },
    "refused rpc": () => refused(() => context.parseRpc(editConfig(orchard('<shop nc:operation="bogus"/>')))),
    editing: () => {
      using data = context.parseData(good);
      using other = data.duplicate();
      const entry = data.findPath("/orchard:orchard/tree[field='north'][number='1']");
      const copy = entry?.duplicate();
      entry?.remove();
      if (copy !== undefined) data.first()?.insertChild(copy);
      data.setPath("/orchard:orchard/open", "false");
      using diff = data.diff(other);
      using reverse = diff.reverseDiff();
      data.applyDiff(diff);
      data.applyDiff(reverse);
      other.merge(data, { consume: true });
      data.find("//*");
      data.first()?.firstChild?.unlink().dispose();
    },
    "bad paths": () => {
      using data = context.parseData(good);
      refused(() => data.setPath("/orchard:goat"));
      refused(() => data.find("/orchard:orchard["));
      data.findPath("/orchard:orchard/tree[field='x'][number='1']");
    },
  };

  test.each(Object.entries(cycles))("in %s", (_, cycle) => {
    // The first rounds fill caches: compiled patterns, the table of handles.
    for (let round = 0; round < 20; round++) cycle();
    const before = libyang.liveAllocations;
    for (let round = 0; round < 1_000; round++) cycle();
    expect(libyang.liveAllocations).toBe(before);
  });

  test("in contexts", () => {
    const round = (): void => {
      using mine = libyang.createContext();
      mine.loadModule("orchard");
      mine.parseData(good);
      mine.parseData(good).first()?.firstChild?.unlink();
      refused(() => mine.loadModule("goat"));
    };
    round();
    const before = libyang.liveAllocations;
    for (let count = 0; count < 20; count++) round();
    expect(libyang.liveAllocations).toBe(before);
  });
});

describe("cost is of the change, not of the tree", () => {
  /** The time of one round of small edits in a tree of `size` entries, best of some, in milliseconds. */
  function editTime(size: number): number {
    const { context } = orchardContext();
    const data = context.parseData(
      orchard(field("north") + Array.from({ length: size }, (_, index) => tree(index, "<height>1</height>")).join("")),
      { ordered: true },
    );
    using other = context.parseData(orchard(tree(size - 2, "<height>2</height>")));
    const wanted = other.first()?.firstChild;
    const top = data.first();
    if (wanted === undefined || top === undefined) throw new Error("missing");
    // The first edit builds the list's index.
    top.findChild(wanted)?.remove();
    let best = Number.POSITIVE_INFINITY;
    for (let round = 0; round < 15; round++) {
      const started = performance.now();
      for (let edit = 0; edit < 20; edit++) {
        const inserted = top.insertChild(wanted.duplicate());
        inserted.findPath("height")?.changeValue("3");
        top.findChild(wanted)?.unlink().dispose();
      }
      best = Math.min(best, performance.now() - started);
    }
    context.dispose();
    return best;
  }

  test("insert, find, change and unlink in 20,000 entries take about as long as in 1,000", () => {
    const small = editTime(1_000);
    // Walking the list would take twenty times as long.
    expect(editTime(20_000)).toBeLessThan(small * 6 + 0.5);
  });
});
