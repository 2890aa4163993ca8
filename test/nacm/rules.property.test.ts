import fc from "fast-check";
import { expect, test } from "vitest";
import type { AccessOperation, AccessUser, NacmConfig, Rule, RuleTarget } from "../../src/nacm/config.ts";
import { DataAccess } from "../../src/nacm/data-access.ts";
import { type KeyCondition, type RuleStep, USER } from "../../src/nacm/rule-path.ts";
import { UserRules } from "../../src/nacm/user-rules.ts";
import { type InstanceStep, isPermitted } from "./section-3-4.ts";
import { chainOf, nodesBelow, type SmallNode, schemaView } from "./small-schema.ts";

const OPERATIONS = ["create", "read", "update", "delete", "exec"] as const;
const VALUES = ["1", "2", "ann"];
const NAMES = ["get", "commit", "kill-session", "close-session", "delete-config", "flood", "replayComplete"];
const MODULES = ["ietf-netconf", "nc-notifications", "house", "garden"];
const GROUPS = ["staff", "guests", "*"];
const nodes = [...nodesBelow()];

const action = fc.constantFrom("permit" as const, "deny" as const);
const someNode = fc.constantFrom(...nodes);
const named = (kind: "operation" | "notification") =>
  fc.constantFrom("*", ...NAMES).map((name): RuleTarget => ({ kind, name }));

const path = someNode.chain((node) =>
  fc.tuple(...chainOf(node).map(stepFor)).map((steps): RuleTarget => ({ kind: "data", path: steps })),
);

function stepFor({ module, name, keys }: SmallNode): fc.Arbitrary<RuleStep> {
  const values = fc.constantFrom<KeyCondition["value"]>(...VALUES, USER);
  return fc
    .subarray([...keys])
    .chain((some) => fc.tuple(...some.map((key) => values.map((value): KeyCondition => ({ key, value })))))
    .map((conditions): RuleStep => ({ module, name, keys: conditions }));
}

const rule: fc.Arbitrary<Rule> = fc.record({
  name: fc.constantFrom("a", "b"),
  module: fc.constantFrom("*", "*", ...MODULES),
  target: fc.oneof(
    { weight: 4, arbitrary: path },
    fc.constant<RuleTarget>({ kind: "any" }),
    fc.constant<RuleTarget>({ kind: "data", path: [] }),
    named("operation"),
    named("notification"),
  ),
  operations: fc.oneof(fc.constant("*" as const), fc.subarray([...OPERATIONS])),
  action,
});

const config: fc.Arbitrary<NacmConfig> = fc.record({
  isEnabled: fc.integer({ min: 0, max: 9 }).map((number) => number > 0),
  readDefault: action,
  writeDefault: action,
  execDefault: action,
  hasExternalGroups: fc.boolean(),
  groups: fc.array(fc.record({ name: fc.constantFrom("staff", "guests"), users: fc.subarray(["ann", "bob"]) }), {
    maxLength: 2,
  }),
  ruleLists: fc.array(
    fc.record({
      name: fc.constantFrom("x", "y"),
      groups: fc.subarray(GROUPS),
      rules: fc.array(rule, { maxLength: 6 }),
    }),
    { maxLength: 4 },
  ),
});

const user: fc.Arbitrary<AccessUser> = fc.record({
  name: fc.constantFrom("ann", "bob"),
  externalGroups: fc.subarray(["staff", "guests"]),
  isRecovery: fc.integer({ min: 0, max: 9 }).map((number) => number === 0),
});

const instance = someNode.chain((node) =>
  fc
    .tuple(...chainOf(node).map(valuesFor))
    .map((steps): { node: SmallNode; steps: readonly InstanceStep[] } => ({ node, steps })),
);

function valuesFor({ module, name, keys }: SmallNode) {
  return fc
    .tuple(...keys.map((key) => fc.constantFrom(...VALUES).map((value): [string, string] => [key, value])))
    .map((entries): InstanceStep => ({ module, name, keys: Object.fromEntries(entries) }));
}

const operation = fc.constantFrom<AccessOperation>(...OPERATIONS);
const marksOf = (node: SmallNode) => chainOf(node).flatMap(({ mark }) => mark ?? []);
const accessOf = (rules: NacmConfig, who: AccessUser) => new DataAccess(new UserRules(rules, who), schemaView);

test("what the steps of RFC 8341 section 3.4.5 say of data is what is decided", () => {
  fc.assert(
    fc.property(
      config,
      user,
      fc.array(fc.tuple(instance, operation), { minLength: 1, maxLength: 8 }),
      (rules, who, requests) => {
        const access = accessOf(rules, who);
        for (const [{ node, steps }, wanted] of requests) {
          const decided = access.decide(node, wanted, (depth, key) => steps[depth - 1]?.keys[key]);
          const request = { operation: wanted, instance: steps, marks: marksOf(node) };
          expect(decided.isPermitted).toBe(isPermitted(rules, who, request));
        }
      },
    ),
    { numRuns: 3000 },
  );
});

test("what is said of all instances, and of all that is below, is true of each", () => {
  fc.assert(
    fc.property(config, user, instance, operation, (rules, who, { node, steps }, wanted) => {
      const access = accessOf(rules, who);
      const request = { operation: wanted, instance: steps, marks: marksOf(node) };
      for (const upper of chainOf(node)) {
        const said = access.extentBelow(upper, wanted);
        if (said !== "mixed") expect(said === "permitted").toBe(isPermitted(rules, who, request));
      }
      const said = access.extentOf(node, wanted);
      if (said !== "mixed") expect(said === "permitted").toBe(isPermitted(rules, who, request));
    }),
    { numRuns: 3000 },
  );
});

test("the same of operations (section 3.4.4) and notifications (section 3.4.6)", () => {
  const target = fc.record({
    module: fc.constantFrom(...MODULES),
    name: fc.constantFrom(...NAMES),
    isDenyAll: fc.boolean(),
  });
  fc.assert(
    fc.property(
      config,
      user,
      target,
      fc.constantFrom("operation" as const, "notification" as const),
      (rules, who, to, kind) => {
        const decided = new UserRules(rules, who)[kind](to);
        expect(decided.isPermitted).toBe(isPermitted(rules, who, { kind, ...to }));
      },
    ),
    { numRuns: 5000 },
  );
});
