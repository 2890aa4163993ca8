import type { CommitSubscriber, ConfigChange, PreparedChange, StateProvider } from "../datastore/subscriber.ts";
import { invalidValue } from "../errors/constructors.ts";
import type { AccessUser, NacmConfig } from "../nacm/config.ts";
import { DataAccess, type KeyLookup, type SchemaView } from "../nacm/data-access.ts";
import { NacmUnits, nacmPaths } from "../nacm/nacm-units.ts";
import { PerUser } from "../nacm/per-user.ts";
import { RulePathError } from "../nacm/read-config.ts";
import { type Decision, type NamedTarget, UserRules } from "../nacm/user-rules.ts";
import { counter32 } from "../yang/counter32.ts";
import type { NotificationNode } from "../yang/notification-nodes.ts";
import { type SubtreeFilter, selectsTop } from "../yang/subtree-filter.ts";

const NAMESPACE = "urn:ietf:params:xml:ns:yang:ietf-netconf-acm";

/** A notification, with the entries it is in. */
export interface NotificationTarget {
  readonly node: NotificationNode;
  readonly keys: KeyLookup;
}

/**
 * Who may use which operation and get which notification (RFC 8341). It owns /nacm: a committed change counts for all
 * open sessions at once. What may be done with data is decided where the data are, by the same rules.
 */
export class AccessControl implements CommitSubscriber, StateProvider {
  readonly paths = Object.values(nacmPaths);
  #units = NacmUnits.none;
  #users = rulesOf(this.#units.config());
  #deniedOperations = 0;
  #deniedWrites = 0;
  #deniedNotifications = 0;

  /** Whether a user may use an operation, for one who does not ask to do it now: counts nothing. */
  permits(user: AccessUser, operation: NamedTarget): boolean {
    return this.#users.of(user).rules.operation(operation).isPermitted;
  }

  /** Counts what is denied. */
  operation(user: AccessUser, operation: NamedTarget): Decision {
    const decision = this.#users.of(user).rules.operation(operation);
    if (!decision.isPermitted) this.#deniedOperations++;
    return decision;
  }

  /** Whether a notification is for this user; asked once for each subscription and notification. Counts what is not. */
  notification(user: AccessUser, { node, keys }: NotificationTarget): Decision {
    const access = this.#users.of(user);
    const decision = node.parent === undefined ? access.rules.notification(node) : mayReadAll(access, node, keys);
    if (!decision.isPermitted) this.#deniedNotifications++;
    return decision;
  }

  /** An action could not be invoked for lack of permission. */
  operationDenied(): void {
    this.#deniedOperations++;
  }

  /** Data could not be written for lack of permission. */
  writeDenied(): void {
    this.#deniedWrites++;
  }

  /** Throws `RulePathError`. */
  adopt(change: ConfigChange): void {
    this.#units = this.#units.with(change);
    this.#users = rulesOf(this.#units.config());
  }

  async prepare(change: ConfigChange): Promise<PreparedChange> {
    const units = this.#units.with(change);
    const users = rulesOf(configOf(units));
    const apply = () => {
      this.#units = units;
      this.#users = users;
    };
    return { apply, abort: () => {} };
  }

  async state(filter?: SubtreeFilter): Promise<readonly string[]> {
    if (!selectsTop(filter, "nacm", NAMESPACE)) return [];
    const counters = {
      "denied-operations": counter32(this.#deniedOperations),
      "denied-data-writes": counter32(this.#deniedWrites),
      "denied-notifications": counter32(this.#deniedNotifications),
    };
    return [JSON.stringify({ "ietf-netconf-acm:nacm": counters })];
  }
}

type EventAccess = DataAccess<NotificationNode>;

const view: SchemaView<NotificationNode> = {
  nameOf: (node) => node,
  parentOf: ({ parent }) => parent,
  childrenOf: ({ children }) => children,
  marksOf: ({ isDenyAll }) => ({ isDenyAll, isDenyWrite: false }),
};

const rulesOf = (config: NacmConfig): PerUser<EventAccess> =>
  new PerUser((user) => new DataAccess(new UserRules(config, user), view));

/**
 * RFC 8341 section 3.4.6: a notification that is tied to a data node is read as one (section 3.4.5), and so is all that
 * it is in.
 */
function mayReadAll(access: EventAccess, node: NotificationNode, keys: KeyLookup): Decision {
  const decision = access.decide(node, "read", keys);
  if (!decision.isPermitted || node.parent === undefined) return decision;
  return mayReadAll(access, node.parent, keys);
}

function configOf(units: NacmUnits): NacmConfig {
  try {
    return units.config();
  } catch (error) {
    throw error instanceof RulePathError ? invalidValue(error.message, { type: "application" }) : error;
  }
}
