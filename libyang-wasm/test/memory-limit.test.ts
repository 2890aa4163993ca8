import { describe, expect, onTestFinished, test } from "vitest";
import {
  type Context,
  type DataNode,
  type DataTree,
  Libyang,
  LibyangTrap,
  uniqueTuples,
  ValidationPass,
  YangError,
} from "../src/index.ts";
import {
  createContext,
  editConfig,
  field,
  importModule,
  NETCONF,
  ORCHARD,
  orchard,
  printed,
  rpc,
  tree,
  wasm,
} from "./orchard.ts";

const LIMIT = 24 * 2 ** 20;
const ROOT = "/orchard:orchard";
const HEIGHT = "<height>1</height>";
const EMEM = expect.objectContaining({ name: "YangError", code: "EMEM" });

const trees = (count: number, content = HEIGHT): string =>
  orchard(field("north") + Array.from({ length: count }, (_, index) => tree(index, content)).join(""));

interface Limited {
  readonly libyang: Libyang;
  readonly context: Context;
}

function limited(maxMemoryBytes = LIMIT): Limited {
  const libyang = Libyang.instantiate(wasm, { importModule, maxMemoryBytes });
  const context = createContext(libyang);
  context.loadModule("orchard");
  context.loadModule("ietf-netconf", { features: ["writable-running"] });
  return { libyang, context };
}

/** Copies `filler` until that is refused. What it gives frees the copies. */
function fill(filler: DataTree): () => void {
  const copies: DataTree[] = [];
  const copy = (): void => {
    for (;;) copies.push(filler.duplicate());
  };
  expect(copy).toThrow(EMEM);
  const free = (): void => {
    for (const one of copies.splice(0)) one.dispose();
  };
  onTestFinished(free);
  return free;
}

function node(data: DataTree, path: string): DataNode {
  const found = data.findPath(path);
  if (found === undefined) throw new Error(`no ${path}`);
  return found;
}

describe("parsing", () => {
  const large = trees(60_000);

  test("is refused when there is no room for the data, leaves nothing of it, and works with less", () => {
    const { libyang, context } = limited();
    using before = context.parseData(orchard(field("north")));
    const live = libyang.liveAllocations;
    for (let round = 0; round < 3; round++) {
      expect(() => context.parseData(large)).toThrow(EMEM);
      expect(() => context.parseRpc(editConfig(large))).toThrow(EMEM);
      expect(libyang.liveAllocations).toBe(live);
    }
    expect(libyang.memoryBytes).toBeLessThanOrEqual(LIMIT);
    using after = context.parseData(trees(1_000));
    context.validate(after);
    expect(before.print()).toBe(printed(field("north")));
  });

  test("is refused of a text longer than the memory", () => {
    const { libyang, context } = limited();
    const long = orchard(`<best>${"x".repeat(LIMIT)}</best>`);
    expect(() => context.parseData(long)).toThrow(EMEM);
    expect(libyang.isDead).toBe(false);
    // It is no reason for another call to fail.
    expect(() => context.parseData(orchard("<goat/>"))).toThrow(expect.objectContaining({ code: "EVALID" }));
  });

  test("is refused before copying is", () => {
    const { context } = limited();
    using filler = context.parseData(trees(100));
    const copies: DataTree[] = [];
    const parse = (): void => {
      for (;;) {
        copies.push(filler.duplicate());
        context.parseData(orchard(field("north"))).dispose();
      }
    };
    expect(parse).toThrow(EMEM);
    copies.push(filler.duplicate());
    for (const copy of copies) copy.dispose();
  });
});

describe("with memory low", () => {
  /** All that a call may need, made before memory gets low. */
  function prepare() {
    const { libyang, context } = limited();
    const another = createContext(libyang);
    const data = context.parseData(trees(3));
    context.validate(data);
    const other = context.parseData(
      orchard(`${field("north")}${field("south")}${tree(1, "<height>2</height>")}<open>false</open>`),
    );
    const diff = data.diff(other);
    const request = context.parseRpc(rpc(`<harvest xmlns="${ORCHARD}"><nickname>Ida</nickname></harvest>`));
    const filler = context.parseData(trees(100));
    const env = { libyang, context, another, data, other, diff, request, filler, schema: schemaOf(context) };
    onTestFinished(() => {
      for (const owner of [data, other, diff, request, filler]) owner.dispose();
    });
    return env;
  }
  type Prepared = ReturnType<typeof prepare>;

  const schemaOf = (context: Context) => {
    const at = (path: string) => {
      const [found] = context.findSchema(path);
      if (found === undefined) throw new Error(`no ${path}`);
      return found;
    };
    return { tree: at(`${ROOT}/tree`), height: at(`${ROOT}/tree/height`) };
  };

  const north = (data: DataTree): DataNode => node(data, `${ROOT}/field[name='north']`);
  const refused: Readonly<Record<string, (env: Prepared) => unknown>> = {
    "another context": ({ libyang }) => libyang.createContext(),
    "loading a module": ({ another }) => another.loadModule("orchard"),
    "a module as text": ({ another }) => another.parseModule("module m { namespace u; prefix m; }"),
    "the YANG library": ({ context }) => context.yangLibrary("1"),
    "parsing data": ({ context }) => context.parseData(orchard("")),
    "parsing an rpc": ({ context }) => context.parseRpc(editConfig(orchard(""))),
    "parsing a reply": ({ context, request }) =>
      context.parseReply(`<rpc-reply xmlns="${NETCONF}" message-id="1"><ok/></rpc-reply>`, request.operation),
    "parsing a notification": ({ context }) => context.parseNotification("<notification/>"),
    "copying a tree": ({ data }) => data.duplicate(),
    "copying a node": ({ data }) => data.first()?.duplicate(),
    "inserting a copy": ({ data, other }) => data.first()?.insertCopy(node(other, `${ROOT}/field[name='south']`)),
    "inserting a copy at the top": ({ data, other }) => data.insertTopCopy(other.first() as DataNode),
    "setting a path": ({ data }) => data.setPath(`${ROOT}/best`, "Ida"),
    metadata: ({ data }) => data.first()?.addMetadata("ietf-netconf", "operation", "merge"),
    merging: ({ data, other }) => data.merge(other),
    "merging what is used up": ({ data, other }) => data.merge(other, { consume: true }),
    "a diff": ({ data, other }) => data.diff(other),
    "applying a diff": ({ data, diff }) => data.applyDiff(diff),
    "reversing a diff": ({ diff }) => diff.reverseDiff(),
    "merging diffs": ({ diff }) => diff.mergeDiff(diff),
    "finding by XPath": ({ data }) => data.find("//*"),
    "finding by XPath from a node": ({ data }) => data.first()?.find("*"),
    "testing an XPath": ({ data }) => data.test("count(//*) > 1"),
    validation: ({ context, other }) => context.validate(other, { collectChanges: true }),
    "validation of an rpc": ({ context, request, data }) => context.validateRpc(request, data),
    "a validation pass": ({ data }) => new ValidationPass(data),
    "the differences of two trees": ({ context, data, other }) => {
      using set = context.emptyInstanceSet();
      set.addDifferences(data, other);
    },
  };

  test.each(Object.entries(refused))("%s is refused, and nothing changed", (_, call) => {
    const env = prepare();
    const contents = (): string[] =>
      [env.data, env.other, env.diff].map((data) => data.print({ withDefaults: "report-all" }));
    const before = contents();
    const free = fill(env.filler);
    // What remembers handles is not freed with them: the first call gives them out.
    expect(() => call(env)).toThrow(EMEM);
    const live = env.libyang.liveAllocations;
    expect(() => call(env)).toThrow(EMEM);
    expect(env.libyang.liveAllocations).toBe(live);
    expect(contents()).toEqual(before);
    expect(env.libyang.isDead).toBe(false);
    free();
    expect(failureCode(() => call(env))).not.toBe("EMEM");
  });

  /** Whatever it gives is disposed. */
  function failureCode(call: () => unknown): string | undefined {
    try {
      const result = call();
      if (typeof result === "object" && result !== null && "dispose" in result) (result as DataTree).dispose();
      return undefined;
    } catch (error) {
      if (error instanceof YangError) return error.code;
      throw error;
    }
  }

  test("data can be looked at, printed, moved, changed and removed, and what was begun can be finished", () => {
    const env = prepare();
    const { context, data, other, schema } = env;
    using writer = context.xmlWriter();
    using pass = new ValidationPass(data);
    using set = context.emptyInstanceSet();
    fill(env.filler);

    const top = data.first() as DataNode;
    expect(data.printBytes({ format: "json" }).length).toBeGreaterThan(100);
    writer.write(top);
    expect(new TextDecoder().decode(writer.take())).toBe(data.print());
    expect(data.findPath(`${ROOT}/tree[field='north'][number='2']/height`)?.value).toBe("1.0");
    expect(top.findEntry(schema.tree, ["north", "1"])?.keyValues()).toEqual(["north", "1"]);
    expect(data.counterpart(node(other, `${ROOT}/field[name='south']`))).toBeUndefined();
    expect(data.isEqual(other)).toBe(false);
    expect(uniqueTuples(top, schema.tree, 0, 1).numbers).toEqual([]);

    const height = node(data, `${ROOT}/tree[field='north'][number='0']/height`);
    set.add(height);
    height.changeValue("3");
    pass.completeNode(height);
    pass.evaluateWhens();
    expect(pass.resolveTypes(10)).toBe(true);
    pass.checkMusts(height, schema.height);
    pass.finish();
    const entry = node(data, `${ROOT}/tree[field='north'][number='1']`);
    set.add(entry);
    top.insertChild(entry.unlink());
    node(data, `${ROOT}/tree[field='north'][number='2']`).remove();
    set.settle(other, data, 10);
    expect(set.isEmpty).toBe(true);
    expect(data.print()).toBe(printed(`${field("north")}${tree(1, "<height>2.0</height>")}`));
    data.insertTop((data.first() as DataNode).unlink());
    context.addDefaults(data);
    expect(north(data).parent?.findPath("open")?.value).toBe("true");
  });
});

test("settling stops when memory gets low, keeps what it did, and goes on when there is some", () => {
  const { context } = limited();
  // Copies take more than the places of the set, which go.
  const content = `${HEIGHT}<fruit>pear</fruit><crop>1</crop><age>2</age><picker>a</picker><picker>b</picker>`;
  using from = context.parseData(trees(5_000, content));
  using filler = context.parseData(trees(100));
  using to = context.emptyTree();
  using set = context.emptyInstanceSet();
  set.addDifferences(from, to);
  const free = fill(filler);
  const settle = (): void => {
    while (!set.isEmpty) set.settle(from, to, 500);
  };
  expect(settle).toThrow(EMEM);
  const [count, rest] = [to.print().split("<tree>").length, [...set.members()].length];
  expect(count).toBeGreaterThan(1);
  expect(rest).toBeGreaterThan(1);
  expect(settle).toThrow(EMEM);
  expect(to.print().split("<tree>").length).toBe(count);
  expect([...set.members()].length).toBe(rest);
  free();
  settle();
  expect(to.isEqual(from)).toBe(true);
});

test("settling what only goes needs no memory", () => {
  const { context } = limited();
  using from = context.parseData(orchard(field("north")));
  using to = context.parseData(trees(4_000));
  using filler = context.parseData(trees(100));
  using set = context.emptyInstanceSet();
  set.addDifferences(from, to);
  fill(filler);
  // Past what is refused, with copies of their own of the places.
  using more = context.emptyInstanceSet();
  more.addAll(set);
  while (!set.isEmpty) set.settle(from, to, 500);
  expect(to.print()).toBe(from.print());
});

test("differences that there is no room for leave a set as it was", () => {
  const { libyang, context } = limited();
  using from = context.parseData(trees(6_000));
  using to = context.parseData(orchard(field("north")));
  using filler = context.parseData(trees(100));
  using set = context.emptyInstanceSet();
  set.add(node(to, `${ROOT}/field[name='north']`));
  const copies: DataTree[] = [];
  const add = (): void => {
    for (;;) {
      using other = context.emptyInstanceSet();
      other.addDifferences(from, to);
      copies.push(filler.duplicate());
    }
  };
  expect(add).toThrow(EMEM);
  const live = libyang.liveAllocations;
  expect(() => set.addDifferences(from, to)).toThrow(EMEM);
  expect(libyang.liveAllocations).toBe(live);
  expect([...set.members()].map(({ path }) => path)).toEqual([`${ROOT}/field[name='north']`]);
  for (const copy of copies) copy.dispose();
  set.addDifferences(from, to);
  expect([...set.members()].length).toBe(6_001);
});

test("printing that there is no room for is refused", () => {
  const { libyang, context } = limited();
  using data = context.parseData(orchard(`<notes>${`<best xmlns="">${"x".repeat(900_000)}</best>`.repeat(4)}</notes>`));
  using filler = context.parseData(trees(100));
  const free = fill(filler);
  for (const format of ["xml", "json"] as const) {
    const live = libyang.liveAllocations;
    expect(() => data.print({ format })).toThrow(EMEM);
    expect(libyang.liveAllocations).toBe(live);
  }
  free();
  expect(data.print().length).toBeGreaterThan(3_600_000);
});

describe("what runs out of memory under way ends the instance:", () => {
  /** Calls that need more than what is left when copies are refused. */
  const outgrow: Readonly<Record<string, (data: DataTree, context: Context) => unknown>> = {
    "copying a tree": (data) => data.duplicate(),
    "merging into an empty tree": (data, context) => context.emptyTree().merge(data),
    "a diff": (data, context) => context.emptyTree().diff(data),
    validation: (data, context) => context.validate(data),
    "inserting a copy": (data, context) => context.emptyTree().insertTopCopy(data.first() as DataNode),
    "sets that grow": (data, context) => {
      const all = data.first()?.children() ?? [];
      for (;;) {
        const set = context.emptyInstanceSet();
        for (const child of all) set.add(child);
      }
    },
  };

  test.each(Object.entries(outgrow))("%s", (_, call) => {
    const { libyang, context } = limited();
    const data = context.parseData(trees(12_000));
    const detached = data.first()?.firstChild?.duplicate();
    const handle = data.first();
    const filler = context.parseData(trees(20));
    // All but what the call starts with.
    const last = filler.duplicate();
    fill(filler);
    last.dispose();
    filler.dispose();
    let trap: unknown;
    try {
      call(data, context);
    } catch (error) {
      trap = error;
    }
    expect(trap).toBeInstanceOf(LibyangTrap);
    expect(trap).toMatchObject({ message: "libyang ended and has to be instantiated anew: out of memory" });
    expect(libyang.isDead).toBe(true);
    expect(libyang.memoryBytes).toBeLessThanOrEqual(LIMIT);
    for (const use of [
      () => data.print(),
      () => data.first(),
      () => handle?.path,
      () => handle?.children(),
      () => detached?.node.value,
      () => context.parseData(orchard("")),
      () => libyang.createContext(),
    ]) {
      expect(use).toThrow(trap as LibyangTrap);
    }
    expect(handle?.isAlive).toBe(false);
    detached?.dispose();
    data.dispose();
    context.dispose();

    const again = limited();
    using data2 = again.context.parseData(trees(1_000));
    again.context.validate(data2);
    expect(data2.isEmpty).toBe(false);
  });
});

describe("each call is done, refused without effect, or the last one", () => {
  const calls: readonly ((context: Context, data: DataTree, kept: DataTree[]) => unknown)[] = [
    (_, data, kept) => kept.push(data.duplicate()),
    (context, data) => context.validate(data),
    (context, data) => context.parseData(data.print()).dispose(),
    (context, data, kept) => {
      using nothing = context.emptyTree();
      kept.push(nothing.diff(data, { defaults: true }));
    },
    (_, data) => {
      // An edit taken back: only the copy may be refused.
      const entry = node(data, `${ROOT}/tree[field='north'][number='7']`);
      using copy = entry.duplicate();
      entry.remove();
      data.first()?.insertChild(copy);
    },
    (context, data) => {
      using to = context.emptyTree();
      using set = context.emptyInstanceSet();
      set.addDifferences(data, to);
      while (!set.isEmpty) set.settle(data, to, 20);
      expect(to.isEqual(data)).toBe(true);
    },
    (_, data) => data.find("//*[. = 'x']"),
    (context, data) => {
      using pass = new ValidationPass(data);
      pass.completeSubtree(data.first() as DataNode);
      pass.checkSubtree(data.first() as DataNode);
      using set = context.emptyInstanceSet();
      for (const child of data.first()?.children() ?? []) set.add(child);
    },
  ];

  const limits = Array.from({ length: 16 }, (_, index) => LIMIT - index * 7 * 65_536);
  test.each(limits)("in %d bytes", (limit) => {
    const { libyang, context } = limited(limit);
    const data = context.parseData(trees(200, `${HEIGHT}<fruit>pear</fruit><picker>a</picker>`));
    context.validate(data);
    const kept = [data.duplicate()];
    const grow = (): void => {
      for (const call of calls) {
        try {
          call(context, data, kept);
        } catch (error) {
          if (!(error instanceof YangError) || error.code !== "EMEM") throw error;
          expect(data.isEqual(kept[0] as DataTree)).toBe(true);
        }
      }
      // What is never refused goes on until there is nothing left.
      const set = context.emptyInstanceSet();
      for (const child of data.first()?.children() ?? []) set.add(child);
    };
    const run = (): void => {
      for (;;) grow();
    };
    expect(run).toThrow(LibyangTrap);
    expect(libyang.isDead).toBe(true);
    expect(run).toThrow(LibyangTrap);
    for (const tree of kept) tree.dispose();
  });
});
