import type { RulePath } from "./rule-path.ts";

/** RFC 8341 section 3.4.5 and the typedef `access-operations-type`. */
export type AccessOperation = "create" | "read" | "update" | "delete" | "exec";
export type WriteOperation = "create" | "update" | "delete";

export type Action = "permit" | "deny";

/** What a rule is about: the choice `rule-type`; "any" = no leaf of it is there. `"*"` names all. */
export type RuleTarget =
  | { readonly kind: "any" }
  | { readonly kind: "operation"; readonly name: string }
  | { readonly kind: "notification"; readonly name: string }
  | { readonly kind: "data"; readonly path: RulePath };

/** An entry of /nacm/rule-list/rule. */
export interface Rule {
  readonly name: string;
  /** `"*"` = any. */
  readonly module: string;
  readonly target: RuleTarget;
  readonly operations: "*" | readonly AccessOperation[];
  readonly action: Action;
}

/** An entry of /nacm/rule-list. */
export interface RuleList {
  readonly name: string;
  /** Among them `"*"` = all groups. */
  readonly groups: readonly string[];
  readonly rules: readonly Rule[];
}

/** The content of /nacm. */
export interface NacmConfig {
  readonly isEnabled: boolean;
  readonly readDefault: Action;
  readonly writeDefault: Action;
  readonly execDefault: Action;
  readonly hasExternalGroups: boolean;
  readonly groups: readonly { readonly name: string; readonly users: readonly string[] }[];
  /** In the order in which they are looked at. */
  readonly ruleLists: readonly RuleList[];
}

/** Who asks. Plain data that crosses threads. */
export interface AccessUser {
  readonly name: string;
  /** The groups that the transport layer reports: here, the user's group in users.json. */
  readonly externalGroups: readonly string[];
  /** RFC 8341 section 3.3.3: a recovery session may do everything. */
  readonly isRecovery: boolean;
}
