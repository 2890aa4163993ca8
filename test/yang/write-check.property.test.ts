import { fileURLToPath } from "node:url";
import fc from "fast-check";
import type { DataNode, DataTree } from "libyang-wasm";
import { beforeAll, expect, test } from "vitest";
import { RpcError } from "../../src/errors/rpc-error.ts";
import { finishJob } from "../../src/job.ts";
import type { NacmConfig, WriteOperation } from "../../src/nacm/config.ts";
import { UserRules } from "../../src/nacm/user-rules.ts";
import { schemaAccess } from "../../src/yang/data-access.ts";
import { type ConfigEdit, editTree } from "../../src/yang/edit-config.ts";
import type { Schema } from "../../src/yang/schema.ts";
import { checkWrites, differences } from "../../src/yang/write-check.ts";
import { schemaFixture } from "../datastore/engine-fixture.ts";
import { ann, rulesAbout } from "../nacm/random-rules.ts";
import { isPermitted } from "../nacm/section-3-4.ts";
import { stepsTo } from "../nacm/steps-to.ts";

let schema: Schema;
beforeAll(async () => {
  schema = await schemaFixture([fileURLToPath(new URL("modules/garden.yang", import.meta.url))]);
});

const NETCONF = "urn:ietf:params:xml:ns:netconf:base:1.0";

/** What is there at first, and what edits are made of: plants come in one order, so that none is moved. */
const leafs = (operation: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.subarray(["note", "crop", "soil"]),
      fc.constantFrom("a", "b"),
      fc.constantFrom("clay", "loam"),
      fc.array(operation, { minLength: 3, maxLength: 3 }),
    )
    .map(([some, value, soil, [first = "", second = "", third = ""]]) =>
      [
        some.includes("note") ? `<note${first}>${value}</note>` : "",
        some.includes("crop") ? `<crop${second}>${value}</crop>` : "",
        some.includes("soil") ? (soil === "clay" ? `<clay${third}/>` : `<loam${third}><ph>3</ph></loam>`) : "",
      ].join(""),
    );

const bed = (operation: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.constantFrom("1", "2"),
      operation,
      leafs(operation),
      fc.subarray(["p", "q", "r"]),
      fc.array(operation, { minLength: 3, maxLength: 3 }),
      fc.constantFrom("", "<size>4</size>"),
    )
    .map(([row, own, content, plants, operations, size]) => ({
      row,
      xml: `<bed${own}><row>${row}</row><column>a</column>${content}${plants
        .map((name, index) => `<plant${operations[index]}><name>${name}</name>${size}</plant>`)
        .join("")}</bed>`,
    }));

const garden = (operation: fc.Arbitrary<string>) =>
  fc
    .tuple(
      fc.uniqueArray(bed(operation), { selector: ({ row }) => row, maxLength: 2 }),
      fc.subarray(["<title>t</title>", "<shed><lock>k</lock></shed>", "<papers><x xmlns='urn:x'>1</x></papers>"]),
      operation,
    )
    .map(
      ([beds, others, own]) =>
        `<garden xmlns="urn:garden"${own}>${others.join("")}${beds.map(({ xml }) => xml).join("")}</garden>`,
    );

const nothing = fc.constant("");
const someOperation = fc
  .constantFrom("", "", "", "", "replace", "delete", "remove", "create", "merge")
  .map((name) => (name === "" ? "" : ` nc:operation="${name}"`));

const edit: fc.Arbitrary<ConfigEdit> = fc.record({
  config: garden(someOperation).map((xml) => `<config xmlns="${NETCONF}" xmlns:nc="${NETCONF}">${xml}</config>`),
  defaultOperation: fc.constantFrom("merge" as const, "merge" as const, "replace" as const, "none" as const),
});

const rules = rulesAbout(
  [
    "/",
    "/garden:garden",
    "/garden:garden/title",
    "/garden:garden/papers",
    "/garden:garden/shed",
    "/garden:garden/bed",
    "/garden:garden/bed[row='1'][column='a']",
    "/garden:garden/bed/note",
    "/garden:garden/bed/crop",
    "/garden:garden/bed/crop[.='a']",
    "/garden:garden/bed/clay",
    "/garden:garden/bed/loam",
    "/garden:garden/bed/plant",
    "/garden:garden/bed/plant/size",
    "/garden:garden/bed[row='2'][column='a']/plant[name='q']",
  ],
  ["create", "update", "delete"],
);

/** By path: what somebody has set, but for keys and containers that mean nothing. */
function contentOf(tree: DataTree): Map<string, DataNode> {
  const found = tree.isEmpty ? [] : tree.find("//*");
  const counts = found.filter(
    ({ isDefault, kind, schema: own }) =>
      !isDefault && own?.isKey !== true && (kind !== "container" || own?.isPresence === true),
  );
  return new Map(counts.map((node) => [node.path, node]));
}

/** Whether every node that differs may be written: RFC 8341 section 3.2.5, looking at all there is. */
function mayLead(config: NacmConfig, before: DataTree, after: DataTree): boolean {
  const [old, now] = [contentOf(before), contentOf(after)];
  const may = (operation: WriteOperation, node: DataNode) =>
    isPermitted(config, ann, { operation, instance: stepsTo(node), marks: [] });
  for (const [path, node] of now) {
    const known = old.get(path);
    if (known === undefined && !may("create", node)) return false;
    const isSame =
      node.kind === "leaf" ? known?.value === node.value : node.kind !== "anydata" || known?.isEqual(node) === true;
    if (known !== undefined && !isSame && !may("update", node)) return false;
  }
  for (const [path, node] of old) {
    if (!now.has(path) && !givesWay(path, now) && !may("delete", node)) return false;
  }
  return true;
}

/** The choice "soil": clay, or loam with its ph. */
function givesWay(path: string, now: ReadonlyMap<string, DataNode>): boolean {
  const [, around = "", which = ""] = /^(.*)\/(clay|loam\/ph)$/.exec(path) ?? [];
  return which !== "" && now.has(`${around}/${which === "clay" ? "loam/ph" : "clay"}`);
}

test("an edit is refused just when it makes a node what the user may not make of it, and has then changed nothing", () => {
  const seen = { denied: 0, permitted: 0 };
  fc.assert(
    fc.property(garden(nothing), fc.option(garden(nothing)), edit, rules, (start, other, request, config) => {
      using target = schema.context.parseData(start);
      using touched = schema.context.emptyInstanceSet();
      // Others' changes in the target are no concern of this one's.
      if (other !== null)
        finishJob(
          editTree(schema, target, touched, {
            config: `<config xmlns="${NETCONF}">${other}</config>`,
            defaultOperation: "merge",
          }),
        );
      touched.clear();
      using before = target.duplicate();
      using expected = target.duplicate();
      const access = schemaAccess(new UserRules(config, ann));
      const run = (tree: DataTree, limited: boolean) => {
        try {
          finishJob(editTree(schema, tree, touched, request, limited ? access : undefined));
          return undefined;
        } catch (error) {
          if (error instanceof RpcError) return error.entries[0]?.tag;
          throw error;
        }
      };
      const wrong = run(expected, false);
      touched.clear();
      const refused = run(target, true);
      if (wrong !== undefined) expect(refused).toBe(wrong);
      else if (mayLead(config, before, expected)) expect(refused).toBeUndefined();
      else expect(refused).toBe("access-denied");
      expect(target.isEqual(refused === undefined ? expected : before)).toBe(true);
      if (refused !== undefined) expect(touched.isEmpty).toBe(true);
      if (wrong !== undefined) return;
      if (refused === undefined) seen.permitted++;
      else seen.denied++;
    }),
    { numRuns: 2_000 },
  );
  expect(Math.min(seen.denied, seen.permitted)).toBeGreaterThan(200);
}, 60_000);

test("the same of a commit of two configurations' difference", () => {
  fc.assert(
    fc.property(garden(nothing), garden(nothing), rules, (one, other, config) => {
      using before = schema.context.parseData(one);
      using after = schema.context.parseData(other);
      using places = schema.context.emptyInstanceSet();
      places.addDifferences(before, after);
      const access = schemaAccess(new UserRules(config, ann));
      const check = () => finishJob(checkWrites(schema.context, access, differences(before, after, places)));
      if (mayLead(config, before, after)) expect(check).not.toThrow();
      else expect(check).toThrow("access-denied");
    }),
    { numRuns: 1_000 },
  );
}, 60_000);
