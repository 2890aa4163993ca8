import fc from "fast-check";
import { expect, test } from "vitest";
import { type DataNode, type DataTree, StaleHandleError, YangError } from "../src/index.ts";
import { field, orchard, orchardContext, tree } from "./orchard.ts";

/**
 * Random edits of two trees, with handles held all along. Whatever happens, a handle either throws StaleHandleError or
 * names the node its own path leads to; trees know their first node; nothing leaks.
 */
const { context, libyang } = orchardContext("gate", "meadow");

const PATHS: readonly (readonly [path: string, value?: string])[] = [
  ["/orchard:orchard/open", "false"],
  ["/orchard:orchard/field[name='south']"],
  ["/orchard:orchard/tree[field='north'][number='2']/height", "2"],
  ["/orchard:orchard/tree[field='south'][number='9']/state-of-life", "dead"],
  ["/orchard:orchard/ladder[id='4']/length", "3"],
  ["/orchard:orchard/shop/shelf[id='1']"],
  ["/orchard:orchard/meadow:pond/depth", "3"],
  ["/orchard:orchard/meadow:pond/bank/side", "left"],
  ["/meadow:meadow/flock[name='a']/colour", "white"],
  ["/gate:code", "7"],
  ["/gate:colour", "red"],
];

const pathAt = (pick: number): readonly [path: string, value?: string] => {
  const path = PATHS[pick % PATHS.length];
  if (path === undefined) throw new Error("unreachable");
  return path;
};

const edit = fc.record({
  action: fc.constantFrom("set", "remove", "move", "copy", "validate", "merge", "apply", "change", "replace"),
  side: fc.integer({ min: 0, max: 1 }),
  pick: fc.nat(1_000),
});

/** Runs a call that may refuse; a refusal is as good as success here, a trap or anything else is not. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof YangError || error instanceof StaleHandleError)) throw error;
  }
}

/** Inserts beside or below a node of the other tree, wherever the model allows it. */
function insertSomewhere(node: DataNode, target: DataTree, unlink: boolean): void {
  const parent = node.parent;
  const home = parent === undefined ? undefined : target.findPath(parent.path);
  const detached = unlink ? node.unlink() : node.duplicate();
  try {
    if (home === undefined) target.insertTop(detached);
    else home.insertChild(detached);
  } finally {
    detached.dispose();
  }
}

function checkTree(data: DataTree): void {
  const first = data.first();
  expect(first?.previousSibling).toBeUndefined();
  expect(first?.parent).toBeUndefined();
  expect([...data.roots()]).toHaveLength(data.find("/*").length);
}

function checkHandle(node: DataNode, trees: readonly DataTree[]): void {
  if (!node.isAlive) {
    expect(() => node.path).toThrow(StaleHandleError);
    return;
  }
  const path = node.path;
  const found = trees.flatMap((data) => data.find(path));
  expect(found.some((candidate) => candidate.isSame(node))).toBe(true);
}

test("handles and trees stay right under any edits", () => {
  const sample = orchard(
    `${field("north")}${tree(1, "<height>1</height>")}<ladder><id>1</id></ladder><ladder><id>2</id></ladder>`,
  );
  const run = (edits: readonly { action: string; side: number; pick: number }[]): void => {
    const trees: [DataTree, DataTree] = [context.parseData(sample), context.parseData(sample)] as const;
    const held: DataNode[] = [];
    for (const { action, side, pick } of edits) {
      const data = trees[side === 0 ? 0 : 1];
      const other = trees[side === 0 ? 1 : 0];
      const nodes = data.find("//*");
      const node = nodes[pick % Math.max(nodes.length, 1)];
      if (node !== undefined) held.push(node);
      attempt(() => {
        if (action === "set") data.setPath(...pathAt(pick));
        else if (action === "remove") node?.remove();
        else if (action === "move" && node !== undefined) insertSomewhere(node, other, true);
        else if (action === "copy" && node !== undefined) insertSomewhere(node, other, false);
        else if (action === "change") node?.changeValue(String(pick % 5));
        else if (action === "validate") context.validate(data);
        else if (action === "merge") {
          using source = other.duplicate();
          held.push(...source.find("//*").slice(0, 2));
          data.merge(source, { consume: pick % 2 === 0 });
        } else if (action === "apply") {
          using diff = data.diff(other);
          data.applyDiff(diff);
        } else if (action === "replace") {
          data.dispose();
          trees[side === 0 ? 0 : 1] = context.parseData(sample);
        }
      });
      for (const each of trees) checkTree(each);
      for (const handle of held) checkHandle(handle, trees);
    }
    for (const each of trees) each.dispose();
    for (const handle of held) expect(() => handle.name).toThrow(StaleHandleError);
  };
  const everything = PATHS.flatMap((_, pick) =>
    ["set", "remove", "move", "copy", "validate", "merge", "apply", "replace"].map((action) => ({
      action,
      side: pick % 2,
      pick,
    })),
  );
  run(everything);
  const before = libyang.liveAllocations;
  fc.assert(fc.property(fc.array(edit, { maxLength: 25 }), run), { numRuns: 300 });
  expect(libyang.liveAllocations).toBeLessThanOrEqual(before);
});
