import type { AccessOperation, AccessUser, NacmConfig, Rule } from "../../src/nacm/config.ts";
import { type RulePath, USER } from "../../src/nacm/rule-path.ts";

/** One step of an instance identifier, with all keys. */
export interface InstanceStep {
  readonly module: string;
  readonly name: string;
  readonly keys: Readonly<Record<string, string>>;
}

export interface DataRequest {
  readonly operation: AccessOperation;
  readonly instance: readonly InstanceStep[];
  /** Of the node or one it is in. */
  readonly marks: readonly ("default-deny-all" | "default-deny-write")[];
}

export interface NamedRequest {
  readonly kind: "operation" | "notification";
  readonly module: string;
  readonly name: string;
  readonly isDenyAll: boolean;
}

/** RFC 8341 sections 3.4.4 to 3.4.6, step by step, for each request anew. */
export function isPermitted(config: NacmConfig, user: AccessUser, request: DataRequest | NamedRequest): boolean {
  // Step 1.
  if (!config.isEnabled) return true;
  // Step 2.
  if (user.isRecovery) return true;
  // Section 3.4.4 step 3, section 3.4.6 step 4.
  if ("kind" in request && isAlwaysPermitted(request)) return true;
  // Check all the "group" entries; add those of the transport layer.
  const groups: string[] = [];
  for (const group of config.groups) if (group.users.includes(user.name)) groups.push(group.name);
  if (config.hasExternalGroups) groups.push(...user.externalGroups);
  // If no groups are found, none of the rules is looked at.
  if (groups.length > 0) {
    for (const list of config.ruleLists) {
      if (!list.groups.includes("*") && !list.groups.some((group) => groups.includes(group))) continue;
      for (const rule of list.rules) if (matches(rule, user, request)) return rule.action === "permit";
    }
  }
  return "kind" in request ? namedDefault(config, request) : dataDefault(config, request);
}

function isAlwaysPermitted({ kind, module, name }: NamedRequest): boolean {
  if (kind === "operation") return module === "ietf-netconf" && name === "close-session";
  return ["replayComplete", "notificationComplete"].includes(name) && module === "nc-notifications";
}

function namedDefault(config: NacmConfig, { kind, module, name, isDenyAll }: NamedRequest): boolean {
  if (isDenyAll) return false;
  if (kind === "notification") return config.readDefault === "permit";
  if (module === "ietf-netconf" && (name === "kill-session" || name === "delete-config")) return false;
  return config.execDefault === "permit";
}

function dataDefault(config: NacmConfig, { operation, marks }: DataRequest): boolean {
  if (operation === "read") return !marks.includes("default-deny-all") && config.readDefault === "permit";
  // Section 9: the extension is about "read, write, or execute access"; step 15.
  if (operation === "exec") return !marks.includes("default-deny-all") && config.execDefault === "permit";
  return marks.length === 0 && config.writeDefault === "permit";
}

function matches(rule: Rule, user: AccessUser, request: DataRequest | NamedRequest): boolean {
  const operation = "kind" in request ? (request.kind === "operation" ? "exec" : "read") : request.operation;
  if (rule.operations !== "*" && !rule.operations.includes(operation)) return false;
  const module = "kind" in request ? request.module : request.instance.at(-1)?.module;
  if (rule.module !== "*" && rule.module !== module) return false;
  const { target } = rule;
  if (target.kind === "any") return true;
  if ("kind" in request) {
    return target.kind === request.kind && (target.name === "*" || target.name === request.name);
  }
  return target.kind === "data" && leadsTo(target.path, user, request.instance);
}

/** The requested node is the node specified by the path or is a descendant node of the path. */
function leadsTo(path: RulePath, user: AccessUser, instance: readonly InstanceStep[]): boolean {
  return path.every((step, index) => {
    const other = instance[index];
    if (other === undefined || other.module !== step.module || other.name !== step.name) return false;
    return step.keys.every(({ key, value }) => other.keys[key] === (value === USER ? user.name : value));
  });
}
