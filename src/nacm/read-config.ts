import { builtInRuleLists } from "./built-in-rules.ts";
import type { AccessOperation, Action, NacmConfig, Rule, RuleList, RuleTarget } from "./config.ts";
import { parseRulePath } from "./rule-path.ts";

/** Configuration as plain data: leafs are canonical text, leaf-lists arrays of it, lists arrays of objects. */
export interface PlainConfig {
  readonly [name: string]: string | readonly string[] | PlainConfig | readonly PlainConfig[];
}

/** A rule has a path that rules cannot be matched by. */
export class RulePathError extends Error {
  constructor(rule: string, path: string) {
    super(`Rule "${rule}": the path ${path} names entries by something else than keys. Name them by keys, or all.`);
    this.name = "RulePathError";
  }
}

/**
 * What /nacm says, completed by the built-in rules, which come last. `nacm`: the container with its rule lists,
 * undefined where nothing is configured; `groups`: the entries of /nacm/groups/group. Throws `RulePathError`.
 */
export function readNacmConfig(nacm: PlainConfig = {}, groups: readonly PlainConfig[] = []): NacmConfig {
  return {
    isEnabled: nacm["enable-nacm"] !== "false",
    readDefault: action(nacm["read-default"] ?? "permit"),
    writeDefault: action(nacm["write-default"] ?? "deny"),
    execDefault: action(nacm["exec-default"] ?? "permit"),
    hasExternalGroups: nacm["enable-external-groups"] !== "false",
    groups: groups.map((group) => ({ name: text(group["name"]), users: texts(group["user-name"]) })),
    ruleLists: [...entries(nacm["rule-list"]).map(readRuleList), ...builtInRuleLists],
  };
}

function readRuleList(list: PlainConfig): RuleList {
  const name = text(list["name"]);
  return {
    name,
    groups: texts(list["group"]),
    rules: entries(list["rule"]).map((rule) => readRule(name, rule)),
  };
}

function readRule(list: string, rule: PlainConfig): Rule {
  const operations = text(rule["access-operations"] ?? "*");
  return {
    name: text(rule["name"]),
    module: text(rule["module-name"] ?? "*"),
    target: readTarget(list, rule),
    operations: operations === "*" ? "*" : (operations.split(" ") as AccessOperation[]),
    action: action(rule["action"]),
  };
}

function readTarget(list: string, rule: PlainConfig): RuleTarget {
  const { "rpc-name": operation, "notification-name": notification, path } = rule;
  if (operation !== undefined) return { kind: "operation", name: text(operation) };
  if (notification !== undefined) return { kind: "notification", name: text(notification) };
  if (path === undefined) return { kind: "any" };
  const parsed = parseRulePath(text(path));
  if (parsed === undefined) throw new RulePathError(`${list}/${text(rule["name"])}`, text(path));
  return { kind: "data", path: parsed };
}

type Field = PlainConfig[string] | undefined;
const text = (field: Field): string => (typeof field === "string" ? field : "");
const texts = (field: Field): readonly string[] => (Array.isArray(field) ? (field as readonly string[]) : []);
const entries = (field: Field): readonly PlainConfig[] => (Array.isArray(field) ? (field as PlainConfig[]) : []);
/** What is not "permit" does not permit. */
const action = (field: Field): Action => (field === "permit" ? "permit" : "deny");
