import type { AccessOperation, AccessUser, Action, NacmConfig, Rule } from "./config.ts";

/** Whether something is permitted, and what has decided it, for the one who is refused. */
export interface Decision {
  readonly isPermitted: boolean;
  /** Such as `rule "staff/no-commit" denies it`. */
  readonly reason: string;
}

/** A rule that concerns the user, and where it comes from. */
export interface UserRule extends Rule {
  /** As in messages: rule list and rule. */
  readonly label: string;
}

/** An operation or notification as the rules see it. */
export interface NamedTarget {
  /** The YANG module that defines it. */
  readonly module: string;
  readonly name: string;
  /** Whether its statement has `nacm:default-deny-all`. */
  readonly isDenyAll?: boolean;
}

/** What the extensions say of a data node, or of a node it is in. */
export interface NodeMarks {
  readonly isDenyAll: boolean;
  readonly isDenyWrite: boolean;
}

const NETCONF = "ietf-netconf";
/** RFC 8341 section 3.4.4 step 11: `exec-default` is not for these. */
const DENIED_BY_DEFAULT: readonly string[] = ["kill-session", "delete-config"];
/** RFC 8341 section 3.4.6 step 4: RFC 5277's own. */
const ALWAYS_SENT: readonly string[] = ["replayComplete", "notificationComplete"];

/**
 * The rules of a configuration that concern one user, in the order in which they are looked at (RFC 8341 section 3.4).
 * Made once for a user and configuration.
 */
export class UserRules {
  /** Nothing is asked of this user: access control is off, or it is a recovery session. */
  readonly isUnrestricted: boolean;
  readonly user: AccessUser;
  readonly rules: readonly UserRule[];
  readonly #config: NacmConfig;
  /** Why a default decides, for the one who is refused. */
  readonly #noRule: string;

  constructor(config: NacmConfig, user: AccessUser) {
    const groups = groupsOf(config, user);
    this.#config = config;
    this.user = user;
    this.isUnrestricted = !config.isEnabled || user.isRecovery;
    this.rules = rulesFor(config, groups);
    this.#noRule = groups.size === 0 ? inNoGroup(user) : "no rule is about it";
  }

  /** RFC 8341 section 3.4.4. */
  operation({ module, name, isDenyAll }: NamedTarget): Decision {
    if (this.isUnrestricted || (module === NETCONF && name === "close-session")) return PERMITTED;
    const rule = this.rules.find(
      (candidate) => isAbout(candidate, "operation", { module, name }) && covers(candidate, "exec"),
    );
    if (rule !== undefined) return byRule(rule);
    if (isDenyAll === true) return this.#byExtension("default-deny-all");
    if (module === NETCONF && DENIED_BY_DEFAULT.includes(name)) {
      return { isPermitted: false, reason: `${this.#noRule}, and this operation needs a rule that permits it` };
    }
    return this.#byDefault("exec-default", this.#config.execDefault);
  }

  /** RFC 8341 section 3.4.6; of a notification at the top of its module: others are read as data nodes. */
  notification({ module, name, isDenyAll }: NamedTarget): Decision {
    if (this.isUnrestricted) return PERMITTED;
    if ((module === "nc-notifications" || module === "notifications") && ALWAYS_SENT.includes(name)) return PERMITTED;
    const rule = this.rules.find(
      (candidate) => isAbout(candidate, "notification", { module, name }) && covers(candidate, "read"),
    );
    if (rule !== undefined) return byRule(rule);
    if (isDenyAll === true) return this.#byExtension("default-deny-all");
    return this.#byDefault("read-default", this.#config.readDefault);
  }

  /** RFC 8341 section 3.4.5 from step 9 on: of a data node, or an action in one, that no rule is about. */
  dataDefault(operation: AccessOperation, { isDenyAll, isDenyWrite }: NodeMarks): Decision {
    if (isDenyAll) return this.#byExtension("default-deny-all");
    if (operation === "read") return this.#byDefault("read-default", this.#config.readDefault);
    if (operation === "exec") return this.#byDefault("exec-default", this.#config.execDefault);
    if (isDenyWrite) return this.#byExtension("default-deny-write");
    return this.#byDefault("write-default", this.#config.writeDefault);
  }

  #byDefault(leaf: string, action: Action): Decision {
    return { isPermitted: action === "permit", reason: `${this.#noRule}, and ${leaf} is "${action}"` };
  }

  #byExtension(name: string): Decision {
    return { isPermitted: false, reason: `${this.#noRule}, and the YANG module marks it as ${name}` };
  }
}

export const PERMITTED: Decision = { isPermitted: true, reason: "nothing denies it" };

export const byRule = ({ label, action }: UserRule): Decision => ({
  isPermitted: action === "permit",
  reason: `rule "${label}" ${action === "permit" ? "permits" : "denies"} it`,
});

export const covers = ({ operations }: Rule, operation: AccessOperation): boolean =>
  operations === "*" || operations.includes(operation);

function isAbout(rule: Rule, kind: "operation" | "notification", { module, name }: NamedTarget): boolean {
  if (rule.module !== "*" && rule.module !== module) return false;
  const { target } = rule;
  return target.kind === "any" || (target.kind === kind && (target.name === "*" || target.name === name));
}

function groupsOf({ groups, hasExternalGroups }: NacmConfig, { name, externalGroups }: AccessUser): Set<string> {
  const own = groups.filter(({ users }) => users.includes(name)).map((group) => group.name);
  return new Set(hasExternalGroups ? [...own, ...externalGroups] : own);
}

/** One with external groups has none because they do not count. */
const inNoGroup = ({ externalGroups }: AccessUser): string =>
  `the user is in no group of /nacm/groups${externalGroups.length === 0 ? "" : ', enable-external-groups is "false"'}`;

/** A user in no group is concerned by no rule, not even by those for all groups (section 3.4.5 step 4). */
function rulesFor({ ruleLists }: NacmConfig, groups: ReadonlySet<string>): UserRule[] {
  if (groups.size === 0) return [];
  return ruleLists
    .filter((list) => list.groups.some((group) => group === "*" || groups.has(group)))
    .flatMap((list) => list.rules.map((rule) => ({ ...rule, label: `${list.name}/${rule.name}` })));
}
