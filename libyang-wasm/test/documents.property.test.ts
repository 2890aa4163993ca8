import fc from "fast-check";
import { expect, test } from "vitest";
import { type DataNode, type DataTree, ValidationPass, YangError } from "../src/index.ts";
import { documents } from "./documents.ts";
import { field, NETCONF, ORCHARD, orchard, orchardContext, rpc, tree, valid } from "./orchard.ts";

/**
 * Whatever the input, a parser accepts or refuses it; what it accepts can be printed, read, validated, merged and compared.
 * The instance lives on, and when everything is disposed nothing is left.
 */
const { libyang, context } = orchardContext("ietf-netconf", "ietf-netconf-with-defaults");
const harvest = context.parseRpc(rpc(`<harvest xmlns="${ORCHARD}"><nickname>Ida</nickname></harvest>`));
const datastore = valid(context, orchard(`${field("north")}${tree(1, "<nickname>Ida</nickname><height>1</height>")}`));
const before = datastore.print({ withDefaults: "report-all" });

/** Runs a call that may refuse; anything else than a refusal is a failure of the test. */
function attempt(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!(error instanceof YangError || error instanceof TypeError)) throw error;
    expect(error).not.toHaveProperty("code", "EINT");
  }
}

function readAll(node: DataNode): void {
  void [node.path, node.value, node.metadata(), node.attributes(), node.opaqueError(), node.keyValues()];
  for (const below of [...node.children(), ...node.anyChildren()]) readAll(below);
}

function use(data: DataTree): void {
  for (const node of data.roots()) readAll(node);
  data.print({ withDefaults: "report-all-tagged" });
  const json = data.print({ format: "json", withDefaults: "report-all" });
  if (json !== "") expect(() => JSON.parse(json)).not.toThrow();
  using copy = data.duplicate();
  expect(copy.print()).toBe(data.print());
  attempt(() => data.diff(copy).dispose());
  attempt(() => void data.find("//*"));
}

function merge(data: DataTree): void {
  using merged = datastore.duplicate();
  attempt(() => {
    merged.merge(data);
    using diff = datastore.diff(merged, { defaults: true });
    using reverse = diff.reverseDiff();
    using again = datastore.duplicate();
    again.applyDiff(diff);
    again.applyDiff(reverse);
    expect(again.isEqual(datastore)).toBe(true);
  });
}

function validateInParts(data: DataTree, node: DataNode): void {
  using pass = new ValidationPass(data);
  pass.completeSubtree(node);
  pass.evaluateWhens();
  while (!pass.resolveTypes(10));
  if (node.isAlive) pass.checkSubtree(node);
  pass.takeChanges().dispose();
  pass.finish();
}

const uses = {
  data: (text: string, unknown: "reject" | "keep-opaque" | "drop"): void => {
    using data = context.parseData(text, { unknown });
    use(data);
    merge(data);
    attempt(() => context.validate(data, { collectChanges: true })?.dispose());
    use(data);
    for (const node of data.roots()) attempt(() => validateInParts(data, node));
  },
  rpc: (text: string): void => {
    using parsed = context.parseRpc(text);
    use(parsed.envelope);
    attempt(() => context.validateRpc(parsed, datastore));
    use(parsed.operationTree);
  },
  notification: (text: string): void => {
    using parsed = context.parseNotification(text);
    attempt(() => context.validateNotification(parsed, datastore));
    use(parsed.notificationTree);
  },
  reply: (text: string): void => {
    using parsed = context.parseReply(text, harvest.operation);
    use(parsed.envelope);
    attempt(() => context.validateReply(parsed, datastore));
    use(parsed.operationTree);
  },
};

test("no document ends the instance, leaks, or comes out as something else than it is", () => {
  fc.assert(
    fc.property(documents, fc.constantFrom("reject", "keep-opaque", "drop"), ({ kind, text }, unknown) => {
      const work = (): void => attempt(() => uses[kind](text, unknown));
      // The first time tables may grow, and stay.
      work();
      const live = libyang.liveAllocations;
      work();
      expect(libyang.liveAllocations).toBe(live);
    }),
    { numRuns: 1_000 },
  );
  expect(datastore.print({ withDefaults: "report-all" })).toBe(before);
  using still = context.parseRpc(`<rpc xmlns="${NETCONF}"><close-session/></rpc>`);
  expect(still.operation.name).toBe("close-session");
});
