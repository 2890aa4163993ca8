import type { AccessOperation } from "./config.ts";
import { type KeyCondition, type RuleStep, USER } from "./rule-path.ts";
import {
  byRule,
  covers,
  type Decision,
  type NodeMarks,
  PERMITTED,
  type UserRule,
  type UserRules,
} from "./user-rules.ts";

/** The data nodes of a schema, and the actions in them, as the rules see them; `Node` is compared by identity. */
export interface SchemaView<Node> {
  readonly nameOf: (node: Node) => { readonly module: string; readonly name: string };
  /** The data node it is in; undefined at the top. */
  readonly parentOf: (node: Node) => Node | undefined;
  readonly childrenOf: (node: Node) => Iterable<Node>;
  readonly marksOf: (node: Node) => NodeMarks;
}

/**
 * An instance of a schema node: the value of a key of the node at `depth` on the way to it (1 = at the top), "." for
 * the value of a leaf-list's entry; undefined where there is none.
 */
export type KeyLookup = (depth: number, key: string) => string | undefined;

/** What is permitted of a node and all below it: the same everywhere, or not. */
export type Extent = "permitted" | "denied" | "mixed";

interface BoundCondition {
  readonly depth: number;
  readonly key: string;
  readonly value: string;
}

/** A rule whose path leads to a node, or to one it is in. */
interface PlacedRule {
  readonly rule: UserRule;
  readonly steps: readonly RuleStep[];
  /** What the instances on the way must have. */
  readonly conditions: readonly BoundCondition[];
}

/** For one operation: rules that hold for some instances, the first that fits decides; then what else holds. */
interface Verdict {
  readonly conditional: readonly { readonly conditions: readonly BoundCondition[]; readonly decision: Decision }[];
  readonly otherwise: Decision;
}

interface NodeAccess {
  readonly depth: number;
  readonly marks: NodeMarks;
  /** In order: those that cover the node, and those that may cover something in it. */
  readonly rules: readonly PlacedRule[];
  readonly verdicts: Map<AccessOperation, Verdict>;
  readonly extents: Map<AccessOperation, Extent>;
}

/**
 * What one user may do with data, and with the actions in them (RFC 8341 section 3.4.5). What can be known from the
 * schema is found out once for each schema node: a decision then costs the rules with keys that are about the node,
 * however many rules and nodes there are.
 */
export class DataAccess<Node> {
  readonly rules: UserRules;
  readonly #schema: SchemaView<Node>;
  readonly #nodes = new Map<Node, NodeAccess>();
  readonly #top: readonly PlacedRule[];

  constructor(rules: UserRules, schema: SchemaView<Node>) {
    this.rules = rules;
    this.#schema = schema;
    this.#top = rules.rules.flatMap((rule) => {
      if (rule.target.kind === "any") return { rule, steps: [], conditions: [] };
      return rule.target.kind === "data" ? { rule, steps: rule.target.path, conditions: [] } : [];
    });
  }

  /** Whether the operation is permitted on an instance of the node. */
  decide(node: Node, operation: AccessOperation, keys: KeyLookup): Decision {
    if (this.rules.isUnrestricted) return PERMITTED;
    const { conditional, otherwise } = this.#verdict(node, operation);
    return (
      conditional.find(({ conditions }) => conditions.every((condition) => isMet(condition, keys)))?.decision ??
      otherwise
    );
  }

  /** Whether it is permitted on each instance of the node, whatever its keys, on none, or on some. */
  extentOf(node: Node, operation: AccessOperation): Extent {
    if (this.rules.isUnrestricted) return "permitted";
    const { conditional, otherwise } = this.#verdict(node, operation);
    const isUniform = conditional.every(({ decision }) => decision.isPermitted === otherwise.isPermitted);
    return isUniform ? extent(otherwise) : "mixed";
  }

  /** The same of the node and all that can be below it. */
  extentBelow(node: Node, operation: AccessOperation): Extent {
    if (this.rules.isUnrestricted) return "permitted";
    const access = this.#of(node);
    const known = access.extents.get(operation);
    if (known !== undefined) return known;
    let found = this.extentOf(node, operation);
    for (const child of this.#schema.childrenOf(node)) {
      if (found === "mixed") break;
      if (this.extentBelow(child, operation) !== found) found = "mixed";
    }
    access.extents.set(operation, found);
    return found;
  }

  #verdict(node: Node, operation: AccessOperation): Verdict {
    const access = this.#of(node);
    const known = access.verdicts.get(operation);
    if (known !== undefined) return known;
    const verdict = this.#makeVerdict(node, operation, access);
    access.verdicts.set(operation, verdict);
    return verdict;
  }

  #makeVerdict(node: Node, operation: AccessOperation, { depth, marks, rules }: NodeAccess): Verdict {
    const { module } = this.#schema.nameOf(node);
    const conditional: { conditions: readonly BoundCondition[]; decision: Decision }[] = [];
    for (const { rule, steps, conditions } of rules) {
      if (steps.length > depth || !covers(rule, operation)) continue;
      if (rule.module !== "*" && rule.module !== module) continue;
      if (conditions.length === 0) return { conditional, otherwise: byRule(rule) };
      conditional.push({ conditions, decision: byRule(rule) });
    }
    return { conditional, otherwise: this.rules.dataDefault(operation, marks) };
  }

  #of(node: Node): NodeAccess {
    const known = this.#nodes.get(node);
    if (known !== undefined) return known;
    const parentNode = this.#schema.parentOf(node);
    const parent = parentNode === undefined ? undefined : this.#of(parentNode);
    const depth = (parent?.depth ?? 0) + 1;
    const own = this.#schema.marksOf(node);
    const access: NodeAccess = {
      depth,
      marks: {
        isDenyAll: own.isDenyAll || parent?.marks.isDenyAll === true,
        isDenyWrite: own.isDenyWrite || parent?.marks.isDenyWrite === true,
      },
      rules: (parent?.rules ?? this.#top).flatMap((placed) => this.#placeIn(placed, node, depth) ?? []),
      verdicts: new Map(),
      extents: new Map(),
    };
    this.#nodes.set(node, access);
    return access;
  }

  /** The rule as it is about the node; undefined when its path leads elsewhere. */
  #placeIn(placed: PlacedRule, node: Node, depth: number): PlacedRule | undefined {
    const step = placed.steps[depth - 1];
    if (step === undefined) return placed;
    const { module, name } = this.#schema.nameOf(node);
    if (step.module !== module || step.name !== name) return undefined;
    if (step.keys.length === 0) return placed;
    const bound = step.keys.map((condition) => this.#bind(condition, depth));
    return { ...placed, conditions: [...placed.conditions, ...bound] };
  }

  #bind({ key, value }: KeyCondition, depth: number): BoundCondition {
    return { depth, key, value: value === USER ? this.rules.user.name : value };
  }
}

const isMet = ({ depth, key, value }: BoundCondition, keys: KeyLookup): boolean => keys(depth, key) === value;
const extent = ({ isPermitted }: Decision): Extent => (isPermitted ? "permitted" : "denied");
