import type { Rule, RuleList } from "./config.ts";

/** Operations that leave configuration, locks and other sessions as they are. */
const LOOKING = ["get", "get-config", "get-data", "get-schema", "validate", "create-subscription"];

const anything = (name: string, rule: Pick<Rule, "operations" | "action">): Rule => ({
  name,
  module: "*",
  target: { kind: "any" },
  ...rule,
});

/**
 * What the groups of users.json may do where no configured rule says anything else: they come after all of these.
 * `admin` everything; `monitor` look, at what `read-default` and the modules let everybody read.
 */
export const builtInRuleLists: readonly RuleList[] = Object.freeze([
  {
    name: "built-in admin",
    groups: ["admin"],
    rules: [anything("everything", { operations: "*", action: "permit" })],
  },
  {
    name: "built-in monitor",
    groups: ["monitor"],
    rules: [
      ...LOOKING.map(
        (name): Rule => ({
          name,
          module: "*",
          target: { kind: "operation", name },
          operations: ["exec"],
          action: "permit",
        }),
      ),
      anything("nothing-else", { operations: ["create", "update", "delete", "exec"], action: "deny" }),
    ],
  },
]);
